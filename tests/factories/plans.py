"""Plans for tests: valid, boring, changed by keyword."""

from datetime import date, time
from itertools import count
from typing import Any

from django.utils import timezone

from communications.models import Plan, PlanVersion, Step

numbers = count(1)


def plan(**changes: Any) -> Plan:
    """A sequence that is a draft and says nothing yet."""
    return Plan.objects.create(**{"name": f"Plan {next(numbers)}", "kind": Plan.Kind.SEQUENCE} | changes)


def draft(of: Plan | None = None, **changes: Any) -> PlanVersion:
    """A version that begins with a purchase and is for everybody."""
    wanted: dict[str, Any] = {"number": 1, "anchor": PlanVersion.Anchor.FACT, "anchor_verb": "bought"}
    return PlanVersion.objects.create(plan=of or plan(), **wanted | changes)


def on_a_date(of: Plan | None = None, **changes: Any) -> PlanVersion:
    """A version of a campaign on 10 June 2026, 10:00 customer's time."""
    wanted: dict[str, Any] = {"anchor": "date", "anchor_verb": "", "starts_on": date(2026, 6, 10), "at_time": time(10)}
    return draft(of or plan(kind=Plan.Kind.CAMPAIGN), **wanted | changes)


def step(version: PlanVersion, **changes: Any) -> Step:
    """A letter on the day itself."""
    place = version.steps.count() + 1
    wanted: dict[str, Any] = {
        "key": f"step-{place}",
        "position": place,
        "name": f"Step {place}",
        "kind": Step.Kind.CARD,
        "channel": "post",
    }
    return Step.objects.create(version=version, **wanted | changes)


def published(version: PlanVersion) -> PlanVersion:
    """The version as it is, published, and its plan live."""
    version.published_at, version.digest = timezone.now(), "test"
    version.save()
    plan = version.plan
    plan.status, plan.current, plan.live_since = Plan.Status.LIVE, version, version.published_at
    plan.save()
    return version
