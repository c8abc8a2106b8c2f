"""Steps worked out: by quiet hours, days, leap days, and by the variant that a customer gets."""

import datetime as dt

import pytest

from communications.actions import enrolments, planning
from communications.designs import TestDesign, VariantDesign
from communications.models import Touchpoint
from tests.factories import plans as made

pytestmark = pytest.mark.django_db


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


NIGHT = (("21:00", "08:00"),)
WORKDAYS = (0, 1, 2, 3, 4)


@pytest.mark.parametrize(
    ("zone", "anchor", "changes", "due"),
    [
        pytest.param("Europe/Berlin", "2026-06-10 20:30", {"quiet": NIGHT}, "2026-06-11 06:00", id="Q1"),
        pytest.param("America/New_York", "2026-06-10 20:30", {"quiet": NIGHT}, "2026-06-10 20:30", id="Q2"),
        pytest.param("Asia/Seoul", "2026-06-10 20:30", {"quiet": NIGHT}, "2026-06-10 23:00", id="Q3"),
        pytest.param(
            "Europe/Berlin", "2026-06-12 20:00", {"quiet": NIGHT, "weekdays": WORKDAYS}, "2026-06-15 06:00", id="Q8"
        ),
        pytest.param(
            "Europe/Berlin",
            "2026-06-12 20:00",
            {"quiet": NIGHT, "weekdays": WORKDAYS, "expiry_hours": 48},
            "expired",
            id="Q14",
        ),
        pytest.param(
            "Europe/Berlin", "2026-06-10 10:30", {"quiet": (("12:00", "14:00"),)}, "2026-06-10 12:00", id="Q11"
        ),
        pytest.param("Mars/Phobos", "2026-06-10 20:30", {"quiet": NIGHT}, "2026-06-11 06:00", id="C18"),
        pytest.param("Europe/Berlin", "2026-06-10 08:00", {"blackout": ("2026-06-10",)}, "2026-06-11 08:00", id="day"),
    ],
)
def test_quiet_hours_and_days_of_a_plan_hold_for_each_customer(zone, anchor, changes, due):
    plan = made.sequence(at=at(anchor), **changes)
    kim = made.consenting(zone=zone)
    enrolments.enrol_many(plan, [enrolments.Entry(kim.pk, "x", at(anchor))], at=at(anchor))

    found = [one.due_at for one in Touchpoint.objects.filter(customer=kim)]

    assert found == ([] if due == "expired" else [at(due)])


def test_each_customer_has_one_variant_for_ever_until_the_test_is_over():
    variants = (VariantDesign("a", 50), VariantDesign("b", 50, time=dt.time(18)))
    test = TestDesign("hour", "hours-1", "bought", 500, dt.date(2026, 6, 30), variants)
    plan = made.sequence(made.letter(amount=1, time=dt.time(10), test=test), at=at("2026-06-01 09:00"))
    recipe = planning.recipe(plan.current)
    (step,) = recipe.steps

    drawn = {number: recipe.variant_of(step, number, at("2026-06-01 09:00")) for number in map(str, range(1000))}

    assert drawn["1"] == recipe.variant_of(step, "1", at("2026-06-29 09:00"))
    assert 450 < list(drawn.values()).count("a") < 550
    assert recipe.variant_of(step, "1", at("2026-07-01 09:00")) == ""
    in_b = made.consenting(number=next(number for number, key in drawn.items() if key == "b"))
    enrolments.enrol(plan, in_b, anchor=at("2026-06-01 09:00"), at=at("2026-06-01 09:00"))
    touchpoint = Touchpoint.objects.get()
    assert (touchpoint.variant, touchpoint.due_at) == ("b", at("2026-06-02 16:00"))
