from loyalty.actions.statements import compact


def test_comments_and_spaces_are_left_out():
    assert compact("SELECT 1, -- one\n    2\n") == "SELECT 1, 2"
