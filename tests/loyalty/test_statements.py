from loyalty.actions import statements
from loyalty.actions.statements import compact


def test_comments_and_spaces_are_left_out():
    assert compact("SELECT 1, -- one\n    2\n") == "SELECT 1, 2"


def test_one_and_many_differ_only_in_how_the_wishes_are_written():
    one, many = statements.ISSUE_ONE, statements.ISSUE_MANY

    assert one.split("checked AS", 1)[1] == many.split("checked AS", 1)[1]
