"""Quiet hours, caps, limits and conditions: what does not go now says why, and when it goes."""

import datetime as dt

import pytest

from communications.actions import dispatching
from communications.models import (
    FrequencyCap,
    Message,
    Plan,
    Touchpoint,
)
from tests.factories import communications
from tests.factories import plans as made
from tests.factories.plans import became

AT = dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)


def enrolled(plan: Plan, kim=None, *, anchor=AT) -> Touchpoint:
    return made.enrolled(plan, kim, anchor=anchor)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("heard", "changes", "expected"),
    [
        pytest.param([("sent", "06-01"), ("sent", "06-03")], {}, "frequency_cap 06-08 08:00", id="X1"),
        pytest.param([("sent", "06-01"), ("sent", "06-03")], {"expiry_hours": 48}, "frequency_cap", id="X2"),
        pytest.param([("sent", "06-01"), ("sent", "06-03")], {"purpose": ""}, "queued", id="X5"),
        pytest.param([("sent", "06-01"), ("uncertain", "06-03")], {}, "frequency_cap 06-08 08:00", id="X6"),
        pytest.param([("sent", "06-01"), ("failed", "06-03")], {}, "queued", id="X7"),
    ],
)
def test_a_cap_puts_off_with_its_reason(heard, changes, expected):
    FrequencyCap.objects.create(channel="email", most=2, hours=168)
    kim, due = made.consenting(), dt.datetime(2026, 6, 5, 8, tzinfo=dt.UTC)
    for state, day in heard:
        when = dt.datetime.fromisoformat(f"2026-{day} 08:00+00:00")
        message = communications.message(customer=kim, kind="marketing", purpose="offers")
        ended = {"sent_at": when} if state == "sent" else {"ended_at": when, "reason": "refused"}
        Message.objects.filter(pk=message.pk).update(state=state, handed_at=when, attempts=1, **ended)
    letter = made.letter(purpose=changes.get("purpose", "offers"))
    touchpoint = enrolled(made.sequence(letter, at=due, **changes), kim, anchor=due)

    dispatching.dispatch(at=due)

    assert became(touchpoint) == expected


@pytest.mark.django_db
def test_of_equal_priority_what_was_due_earlier_goes_first_and_a_higher_one_before_all():
    FrequencyCap.objects.create(channel="", most=1, hours=24)
    kim = made.consenting()
    early = enrolled(made.sequence(at=AT), kim, anchor=AT)
    late = enrolled(made.sequence(at=AT), kim, anchor=AT + HOUR)
    urgent = enrolled(made.sequence(at=AT, priority=5), kim, anchor=AT + 2 * HOUR)

    dispatching.dispatch(at=AT + 3 * HOUR)

    later = "frequency_cap 06-02 12:00"
    assert [became(one) for one in (early, late, urgent)] == [later, later, "queued"]
    dispatching.dispatch(at=AT + 3 * HOUR + DAY)
    assert [became(one) for one in (early, late)] == ["queued", "frequency_cap 06-03 12:00"]


@pytest.mark.django_db
def test_quiet_hours_and_limits_of_the_day_put_off_what_was_late():
    plan = made.sequence(at=AT, quiet=(("21:00", "08:00"),), daily_limit=1)
    first, second = enrolled(plan), enrolled(plan)
    night = AT + 11 * HOUR

    dispatching.dispatch(at=night)
    assert [became(one) for one in (first, second)] == ["quiet_hours 06-02 06:00"] * 2
    dispatching.dispatch(at=AT + DAY)
    assert [became(one) for one in (first, second)] == ["queued", "daily_limit 06-03 06:00"]


@pytest.mark.django_db
def test_a_step_whose_condition_does_not_hold_is_left_out_and_waiting_ends():
    nice = ({"outcome": "call", "in": ["agreed"]},)
    plan = made.sequence(made.call(), made.letter("thanks", waits_for="call", waits_hours=24, only_if=nice), at=AT)
    enrolled(plan)

    dispatching.dispatch(at=AT + DAY)

    assert became(Touchpoint.objects.get(step_key="thanks")) == "branch"
