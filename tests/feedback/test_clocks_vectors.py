"""Worked examples of deadlines, as clocks of cases: pauses, changed policies, days."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from feedback.actions import cases, clocks, policies, sweeping
from feedback.actions.policies import Terms
from feedback.models import Case, Clock, Pause
from tests.factories import feedback
from tests.factories.policies import goals, hours_from, policy

pytestmark = pytest.mark.django_db
FILE = json.loads((Path(__file__).parents[1] / "data" / "business_time.json").read_text())


def vectors(*kinds: str) -> list:
    return [pytest.param(one, id=one["id"]) for one in FILE["vectors"] if one["type"] in kinds]


def instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def calendar(name: str):
    return hours_from(FILE["calendars"][name], name)


def clock(case: Case) -> Clock:
    return Clock.objects.get(case=case)


@pytest.mark.parametrize("vector", vectors("due_with_pauses"))
def test_only_open_time_outside_of_pauses_counts(vector):
    policy("Pausing", ("resolution", vector["duration_seconds"] // 3600, "hours", ("customer",)),
           calendar=calendar(vector["calendar"]))  # fmt: skip
    case = feedback.case(at=instant(vector["start_utc"]))
    for begins, ends in vector["pauses_utc"]:
        Pause.objects.create(case=case, reason="customer", starts_at=instant(begins), ends_at=instant(ends))
    waiting = any(ends is None for _begins, ends in vector["pauses_utc"])
    Case.objects.filter(pk=case.pk).update(waiting="customer" if waiting else "")
    case = clocks.follow(Case.objects.get(pk=case.pk), at=instant(vector["pauses_utc"][-1][0]))

    found = clock(case)
    assert found.due_at == case.due_at == instant(vector["expected_due_utc"])
    assert found.remaining == vector["expected_remaining_seconds_if_frozen"]
    assert found.state == ("paused" if waiting else "running")


@pytest.mark.parametrize("vector", vectors("policy_change"))
def test_a_changed_policy_counts_from_the_original_start_and_is_broken_after_the_change_at_the_earliest(vector):
    known: dict[str, object] = {}
    promised, case = None, None
    for step in vector["steps"]:
        at, name = instant(step["at_utc"]), step["calendar"]
        hours = known.setdefault(name, None) or calendar(name)
        known[name] = hours
        terms = Terms(goals(("resolution", step["duration_seconds"] // 3600, "hours", ()), calendar=hours))
        if promised is None:
            promised = policies.create("Changing", terms, at=at)
            case = feedback.case(at=instant(vector["start_utc"]))
        else:
            sweeping.sweep(at=at)  # what was broken until now was told of
            policies.change(promised, terms, at=at)
            policies.carry_on(at=at)
        assert clock(case).due_at == instant(step["expected_due_utc"])
        assert max(clock(case).due_at, clock(case).judged_at) == instant(step["expected_breach_at_utc"])

    last = instant(vector["steps"][-1]["expected_breach_at_utc"])
    sweeping.sweep(at=last)
    assert clock(case).breached_at is None  # at the very instant it is still in time
    sweeping.sweep(at=last.replace(microsecond=1))
    assert clock(case).breached_at == last
    told = list(clock(case).events.filter(step__startswith="breached").values_list("due_at", flat=True))
    overdue = [
        instant(one["expected_breach_at_utc"])
        for one, following in zip(vector["steps"], vector["steps"][1:], strict=False)
        if instant(one["expected_breach_at_utc"]) < instant(following["at_utc"])
    ]
    assert told == [*overdue, last]


@pytest.mark.parametrize("vector", vectors("business_days_close", "calendar_days_end"))
def test_days_are_counted_after_the_day_of_receipt_and_never_pause(vector):
    unit = "business_days" if vector["type"] == "business_days_close" else "calendar_days"
    policy("Regulation", ("final_response", vector[unit], unit, ()), calendar=calendar(vector["calendar"]))
    received = instant(vector["received_utc"])
    case = feedback.case(at=received)
    cases.wait(case, on="customer", at=received)

    assert clock(case).due_at == instant(vector["expected_due_utc"])
    assert clock(case).state == "running"
