from loyalty.actions import statements
from loyalty.actions.statements import compact


def test_comments_and_spaces_are_left_out():
    assert compact("SELECT 1, -- one\n    2\n") == "SELECT 1, 2"


def test_one_and_many_write_the_same():
    one, many = statements.ISSUE_ONE, statements.ISSUE_MANY

    assert "INSERT" in one.split("posted AS", 1)[1]
    assert one.split("posted AS", 1)[1] == many.split("posted AS", 1)[1]
