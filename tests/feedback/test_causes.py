"""Themes and root causes with their figures."""

from datetime import timedelta

import pytest
from django.utils import timezone

from feedback.actions import complaints, corrective
from feedback.models import RootCause, Theme
from feedback.queries import causes
from tests.factories import feedback

pytestmark = pytest.mark.django_db


def span():
    return {"since": timezone.now() - timedelta(days=30), "until": timezone.now() + timedelta(days=1)}


def test_a_branch_counts_what_is_below_it(agent, django_assert_num_queries):
    delivery = feedback.theme("Delivery")
    late = feedback.theme("Late", parent=delivery)
    feedback.theme("Broken", parent=delivery)
    feedback.case(theme=delivery, severity=1)
    case = feedback.case(theme=late, severity=4)
    feedback.case("question", theme=late, severity=4)
    feedback.case(theme=late, at=timezone.now() - timedelta(days=31))
    complaints.decide(case, outcome="partly", reason="So.", by=agent)

    with django_assert_num_queries(2):
        branches = causes.tree(Theme, **span())
    figures = [(one.name, one.depth, one.cases, one.open, one.upheld, one.decided) for one in branches]
    assert figures == [("Delivery", 0, 3, 3, 1, 1), ("Broken", 1, 0, 0, 0, 0), ("Late", 1, 2, 2, 1, 1)]
    assert branches[0].severity == pytest.approx(3.0)
    assert (branches[0].upheld_percent, branches[1].upheld_percent) == (100, None)


def test_a_root_cause_counts_what_is_done_about_it(agent):
    carrier = feedback.root_cause("Carrier")
    below = feedback.root_cause("Strike", parent=carrier)
    done = [corrective.plan("x", owner=agent, due_on=timezone.localdate(), root_cause=below, by=agent) for _ in "ab"]
    corrective.finish(done[0], result="Done.", by=agent)

    assert [(one.name, one.actions) for one in causes.tree(RootCause, **span())] == [("Carrier", 1), ("Strike", 1)]
