"""From when to when a case stood still."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from feedback.actions import cases, complaints, reopenings
from feedback.models import Pause
from tests.factories import feedback

pytestmark = pytest.mark.django_db


def test_what_a_case_waited_for_is_kept_as_rows_and_closing_ends_the_waiting(agent):
    start = timezone.now() - timedelta(days=3)
    case = feedback.case("question", at=start)
    hours = [start + timedelta(hours=n) for n in range(6)]
    cases.wait(case, on="customer", by=agent, at=hours[1])
    cases.wait(case, on="third", by=agent, at=hours[2])
    complaints.close(case, by=agent, at=hours[3])
    reopenings.reopen(case, by=agent, at=hours[5])

    rows = Pause.objects.filter(case=case).order_by("starts_at").values_list("reason", "starts_at", "ends_at", "by")
    assert list(rows) == [
        ("customer", hours[1], hours[2], agent.pk),
        ("third", hours[2], hours[3], agent.pk),
        ("closed", hours[3], hours[5], agent.pk),
    ]


def test_a_case_waits_for_one_thing_at_a_time_and_not_backwards(agent):
    case = cases.wait(feedback.case(), on="customer", by=agent)
    now = timezone.now()
    for match, times in {
        "one_thing_at_a_time": {"starts_at": now},
        "ends_after_it_starts": {"starts_at": now, "ends_at": now - timedelta(1)},
    }.items():
        with pytest.raises(IntegrityError, match=match), transaction.atomic():
            Pause.objects.create(case=case, reason="third", **times)
