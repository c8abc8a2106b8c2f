"""Which step leads where."""

import doctest

from feedback import stages
from feedback.models import Case


def test_the_examples_in_the_table_hold():
    assert doctest.testmod(stages).failed == 0


def test_the_table_knows_the_stages_of_a_case_and_no_others():
    named = {
        stage for kind in Case.Kind for table in stages.steps(kind).values() for stage in [*table, *table.values()]
    }

    assert named == {str(stage) for stage in Case.Stage} == {*stages.OPEN, *stages.SETTLED}


def test_a_complaint_can_be_closed_from_everywhere_and_a_settled_case_only_reopened():
    for kind in Case.Kind:
        reached, waiting = set(), ["received"]
        while waiting:
            stage = waiting.pop()
            reached.add(stage)
            after = {stages.after(kind, stage, step) for step in stages.possible(kind, stage)}
            waiting += after - reached
        assert "closed" in reached
        assert stages.possible(kind, "closed") == (["refer", "reopen"] if kind == "complaint" else ["reopen"])


def test_what_is_suggested_is_possible():
    for kind in Case.Kind:
        for stage in Case.Stage:
            for redress in (True, False):
                step = stages.suggested(kind, stage, redress=redress)
                assert step is None or stages.after(kind, stage, step)
    assert stages.suggested("complaint", "decision", redress=True) == "offer"
    assert stages.suggested("complaint", "offered") is None
