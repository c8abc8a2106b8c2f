from advisory.actions.refusals import BoardRefused, WrongState
from advisory.models import Term


def test_a_refusal_says_what_it_is_about():
    assert BoardRefused("Give it a name.", "name_missing", "name").field == "name"
    assert WrongState(Term(state="invited")).messages == ["That is not possible now: it is “invited”."]
