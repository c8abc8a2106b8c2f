"""One step on many cases."""

import pytest

from feedback.actions import cases
from feedback.actions.bulk import on_each
from feedback.models import Case
from tests.factories import feedback

pytestmark = pytest.mark.django_db


def test_one_that_refuses_keeps_no_other_back(agent):
    found = [feedback.case(), feedback.case(spam=True), feedback.case()]

    outcomes = on_each(reversed(found), lambda case: cases.assign(case, to=agent))

    assert [one.case for one in outcomes] == found
    assert [bool(one.refused) for one in outcomes] == [False, True, False]
    assert Case.objects.filter(assignee=agent).count() == 2
