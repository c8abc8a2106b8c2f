"""What the invented company promises: three policies, the first for its best customers, with a ladder each."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from calendars.models import Calendar
from calendars.targets import Unit
from feedback.actions import policies
from feedback.actions.policies import Goal, Rung, Terms
from feedback.models import Case, Metric, Policy, Step

Waits = tuple[str, ...]
CUSTOMER: Waits = (Case.Waiting.CUSTOMER.value,)
ANYBODY: Waits = (Case.Waiting.CUSTOMER.value, Case.Waiting.THIRD.value)
# Amounts from low to urgent.
USUAL: tuple[tuple[Metric, tuple[int, int, int, int], Unit, Waits], ...] = (
    (Metric.FIRST_RESPONSE, (16, 8, 4, 1), Unit.HOURS, ()),
    (Metric.NEXT_RESPONSE, (24, 12, 8, 2), Unit.HOURS, ()),
    (Metric.RESOLUTION, (80, 40, 24, 8), Unit.HOURS, ANYBODY),
)
BEST: tuple[tuple[Metric, tuple[int, int, int, int], Unit, Waits], ...] = (
    (Metric.FIRST_RESPONSE, (8, 4, 2, 1), Unit.HOURS, ()),
    (Metric.NEXT_RESPONSE, (8, 4, 2, 1), Unit.HOURS, ()),
    (Metric.UPDATE, (3, 2, 1, 1), Unit.BUSINESS_DAYS, CUSTOMER),
    (Metric.RESOLUTION, (40, 24, 16, 6), Unit.HOURS, ANYBODY),
)
COMPLAINTS = (
    (Metric.ACKNOWLEDGE, (2, 2, 1, 1), Unit.BUSINESS_DAYS, ()),
    *USUAL,
    (Metric.UPDATE, (10, 5, 3, 1), Unit.BUSINESS_DAYS, CUSTOMER),
    (Metric.FINAL_RESPONSE, (56, 56, 56, 56), Unit.CALENDAR_DAYS, ()),
)
LADDER = (
    Rung(Step.Basis.AFTER, 0, Step.Action.TELL_AGENT),
    Rung(Step.Basis.AFTER, 60, Step.Action.TELL_MANAGER),
    Rung(Step.Basis.AFTER, 240, Step.Action.RAISE, Metric.RESOLUTION),
)


def fill(count: int, *, today: date, tell: Callable[[str], None]) -> None:
    """Three policies, as if they had stood for two years. ``count`` does not matter."""
    if Policy.objects.exists():
        return
    desk = Calendar.objects.filter(code="support-desk").first()
    at = datetime(today.year - 2, 1, 2, 8, tzinfo=UTC)
    whom: dict[str, dict[str, Any]] = {
        "Best customers": {"tiers": ["gold", "platinum"], "warn_percent": 60},
        "Complaints": {"kinds": [Case.Kind.COMPLAINT.value]},
        "Everything else": {},
    }
    goals = {
        "Best customers": (*BEST, COMPLAINTS[0], COMPLAINTS[-1]),
        "Complaints": COMPLAINTS,
        "Everything else": USUAL,
    }
    for name, conditions in whom.items():
        terms = [
            Goal(metric, priority, amounts[priority - 1], unit, desk, pauses)
            for metric, amounts, unit, pauses in goals[name]
            for priority in Case.Priority.values
        ]
        policies.create(name, Terms(terms, LADDER, **conditions), at=at)
    policies.carry_on()
    tell("three policies with a ladder each")
