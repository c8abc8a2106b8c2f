"""What the invented company promises."""

from datetime import date

import pytest

from feedback import demo_promises
from feedback.models import Clock, Policy
from tests.factories import calendars, feedback

pytestmark = pytest.mark.django_db


def test_three_policies_are_there_once_and_cases_are_judged_by_them():
    calendars.calendar("Support desk", code="support-desk")
    told: list[str] = []
    for _ in range(2):
        demo_promises.fill(10, today=date(2026, 11, 23), tell=told.append)

    assert told == ["three policies with a ladder each"]
    assert list(Policy.objects.order_by("order").values_list("name", flat=True)) == [
        "Best customers", "Complaints", "Everything else",
    ]  # fmt: skip
    complaint, question = feedback.case(), feedback.case("question")
    metrics = {
        case: set(Clock.objects.filter(case=case).values_list("metric", flat=True)) for case in (complaint, question)
    }
    assert metrics[complaint] == {"acknowledge", "first_response", "resolution", "final_response"}
    assert metrics[question] == {"first_response", "resolution"}
