"""Steps worked out: by quiet hours, days, leap days, and by the variant that a customer gets."""

import datetime as dt

import pytest

from communications.actions import enrolments, planning
from communications.designs import TestDesign, VariantDesign
from communications.models import Touchpoint
from tests.factories import calendars
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
        pytest.param("Europe/Berlin", "2026-06-10 19:00", {"quiet": NIGHT}, "2026-06-11 06:00", id="Q4"),
        pytest.param("Europe/Berlin", "2026-06-10 06:00", {"quiet": NIGHT}, "2026-06-10 06:00", id="Q5"),
        pytest.param("Pacific/Auckland", "2026-06-05 21:00", {"weekdays": WORKDAYS}, "2026-06-07 21:00", id="Q9"),
        pytest.param(
            "Europe/Berlin", "2026-06-10 21:00", {"quiet": (("22:00", "06:00"),)}, "2026-06-11 04:00", id="Q15 23:00"
        ),
        pytest.param(
            "Europe/Berlin", "2026-06-10 10:00", {"quiet": (("22:00", "06:00"),)}, "2026-06-10 10:00", id="Q15 12:00"
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
    assert plan.current.quiet == [list(one) for one in changes.get("quiet", ())]


TEN = dt.time(10)
BUSINESS_DAYS = {
    ("DE", "Europe/Berlin", TEN): {
        "B1": ("2026-04-02 15:00", 1, "2026-04-07 08:00"),
        "B2": ("2026-04-02 15:00", 3, "2026-04-09 08:00"),
        "B4": ("2026-05-02 09:00", 0, "2026-05-04 08:00"),
        "B5": ("2026-05-02 09:00", 1, "2026-05-04 08:00"),
        "B6": ("2026-04-07 09:00", -1, "2026-04-02 08:00"),
        "B13": ("2026-05-13 09:00", 1, "2026-05-15 08:00"),
    },
    ("KR", "Asia/Seoul", TEN): {"B8": ("2026-09-23 05:00", 1, "2026-09-28 01:00")},
    ("TH", "Asia/Bangkok", dt.time(9, 30)): {"B10": ("2026-04-10 04:00", 2, "2026-04-17 02:30")},
}


@pytest.mark.parametrize(("country", "zone", "wall"), BUSINESS_DAYS)
def test_business_days_skip_the_public_holidays_of_the_plans_calendar(country, zone, wall):
    cases = BUSINESS_DAYS[country, zone, wall]
    own = calendars.calendar(country=country, zone=zone, at=at("2026-01-01 00:00"))
    steps = {
        days: made.call(f"after{days}", amount=days, unit="business_days", time=wall) for _, days, _ in cases.values()
    }

    assert planned(steps, cases, zone, calendar_id=own.pk) == {case: at(due) for case, (_, _, due) in cases.items()}


MONTH, YEAR, NINE = ("months", 1, TEN), ("years", 1, TEN), ("days", 1, dt.time(9))
ON_THE_CALENDAR = {
    "Europe/Berlin": {
        "C1": ("2026-01-31 09:00", MONTH, "2026-02-28 09:00"),
        "C2": ("2028-01-31 09:00", MONTH, "2028-02-29 09:00"),
        "C4": ("2028-02-29 09:00", YEAR, "2029-02-28 09:00"),
        "C14": ("2026-03-20 09:00", ("weeks", 2, None), "2026-04-03 08:00"),
        "C16": ("2026-08-31 08:00", ("months", 6, TEN), "2027-02-28 09:00"),
    },
    "America/New_York": {
        "C5": ("2026-03-07 17:00", ("hours", 24, None), "2026-03-08 17:00"),
        "C6": ("2026-03-07 17:00", ("days", 1, None), "2026-03-08 16:00"),
        "C7": ("2026-10-31 16:00", ("days", 1, None), "2026-11-01 17:00"),
        "C13": ("2026-11-03 15:00", ("days", -3, TEN), "2026-10-31 14:00"),
    },
    "America/Los_Angeles": {"C11": ("2026-03-07 18:00", NINE, "2026-03-08 16:00")},
}


@pytest.mark.parametrize("zone", ON_THE_CALENDAR)
def test_months_days_and_hours_are_counted_on_the_customers_own_calendar(zone):
    cases = ON_THE_CALENDAR[zone]
    steps = {
        how: made.call("-".join(map(str, how[:2])).replace("--", "-before-"), unit=how[0], amount=how[1], time=how[2])
        for _, how, _ in cases.values()
    }

    assert planned(steps, cases, zone) == {case: at(due) for case, (_, _, due) in cases.items()}


def planned(steps: dict, cases: dict, zone: str, **changes) -> dict[str, dt.datetime]:
    """When each case's own step is due in the database, with all the others in the same plan."""
    plan = made.sequence(*steps.values(), at=at("2026-01-01 00:00"), **changes)
    for case, (anchor, _, _) in cases.items():
        kim = made.consenting(zone=zone, number=case)
        enrolments.enrol_many(plan, [enrolments.Entry(kim.pk, case, at(anchor))], at=at(anchor) - dt.timedelta(days=9))
    return {
        case: Touchpoint.objects.get(customer__number=case, step_key=steps[how].key).due_at
        for case, (_, how, _) in cases.items()
    }


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
