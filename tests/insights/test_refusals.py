"""A refusal says why, and what it is about."""

from insights.actions.refusals import InsightRefused


def test_a_refusal_names_its_code_and_its_field():
    refusal = InsightRefused("%(n)s are too many", "too_many", "n", {"n": 3})
    assert (refusal.code, refusal.field, refusal.messages) == ("too_many", "n", ["3 are too many"])
