"""What stands on the calendar: steps of campaigns on their days, what sequences bring, tasks, and a layer of days.

A day is the customer's: a campaign of 10 June stands on 10 June for everybody, wherever they live.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import F, Prefetch, Q
from django.utils import timezone

from calendars import queries as calendars
from calendars.models import Day
from communications import timing
from communications.filters import Filters
from communications.models import HumanTask, Plan, PlanVersion, ShopDay, Step, Touchpoint
from communications.schedule import Due
from customers.models import Segment
from people.models import User

NEAR = dt.timedelta(days=400)  # how far from its campaign's day a step may stand
Status = Plan.Status

# By the business's days: a sequence has no day of its own. A step of several versions is one, as the last has it.
BROUGHT = """
SELECT t.plan_id, p.name, p.status, p.owner_id, trim(u.first_name || ' ' || u.last_name), v.segment_id, g.name,
    s.key, s.name, s.kind, s.channel, t.day, t.customers
FROM (
    SELECT plan_id, max(step_id) AS step_id, (due_at AT TIME ZONE %(zone)s)::date AS day, count(*) AS customers
    FROM communications_touchpoint
    WHERE enrolment_id IS NOT NULL AND state IN ('planned', 'queued', 'sent')
        AND due_at >= %(begins)s AND due_at < %(ends)s
    GROUP BY plan_id, step_key, day
) t
JOIN communications_plan p ON p.id = t.plan_id
JOIN communications_step s ON s.id = t.step_id
JOIN communications_planversion v ON v.id = s.version_id
LEFT JOIN people_user u ON u.id = p.owner_id
LEFT JOIN customers_segment g ON g.id = v.segment_id
ORDER BY t.day, p.name, s.position
"""


@dataclass(frozen=True)
class Item:
    """One thing on one day. ``customers`` is counted for what sequences bring."""

    day: dt.date
    plan_id: int
    plan: str
    key: str
    name: str
    kind: str
    channel: str
    status: str
    time: dt.time | None = None
    owner_id: int | None = None
    owner: str = ""
    segment_id: int | None = None
    segment: str = ""
    sequence: bool = False
    customers: int = 0

    @property
    def kind_label(self) -> str:
        return str(Step.Kind(self.kind).label)

    @property
    def status_label(self) -> str:
        return str(Status(self.status).label)

    @property
    def title(self) -> str:
        """The plan where it has one step of its name, else both."""
        return self.plan if self.plan == self.name else f"{self.plan}: {self.name}"


@dataclass
class Layer:
    """What a day is besides: public holidays and occasions."""

    holidays: dict[dt.date, str] = field(default_factory=dict)
    occasions: dict[dt.date, list[ShopDay]] = field(default_factory=lambda: defaultdict(list))


def items(first: dt.date, last: dt.date) -> list[Item]:
    """Everything from the first day to the last, in order."""
    found = [item for item in of_campaigns(first, last) if first <= item.day <= last]
    found += _of_sequences(first, last)
    return sorted(found, key=lambda item: (item.day, item.time or dt.time.max, item.plan, item.name))


def chosen(found: Iterable[Item], filters: Filters) -> list[Item]:
    return [item for item in found if filters.fit(item)]


def of_campaigns(first: dt.date, last: dt.date) -> list[Item]:
    """The steps of campaigns that begin near; two queries, and one more for calendars of business days."""
    rows = versions_near(first, last)
    ready = ready_for(rows)
    return [
        _item(version, step, day)
        for version in rows
        for step in version.steps.all()
        for day in [day_of(version, step, ready)]
        if day is not None
    ]


def versions_near(first: dt.date, last: dt.date) -> list[PlanVersion]:
    """Of each campaign whose steps may stand within these days what holds, or its draft where nothing does yet."""
    near = PlanVersion.objects.filter(
        Q(plan__current=F("pk")) | Q(plan__current=None), anchor=PlanVersion.Anchor.DATE,
        starts_on__gte=first - NEAR, starts_on__lte=last + NEAR,
    )  # fmt: skip
    steps = Prefetch("steps", Step.objects.order_by("position"))
    return list(near.select_related("plan__owner", "segment").prefetch_related(steps).order_by("pk"))


def ready_for(rows: Iterable[PlanVersion]) -> dict[int, calendars.Ready]:
    """The calendars by which steps of these versions count business days."""
    asked = {
        row.calendar_id
        for row in rows
        if row.calendar_id and any(step.unit == Step.Unit.BUSINESS_DAYS for step in row.steps.all())
    }
    return calendars.ready_all(asked) if asked else {}


def day_of(version: PlanVersion, step: Step, ready: dict[int, calendars.Ready]) -> dt.date | None:
    """The customer's day on which a step of a campaign is due; the same in every zone."""
    assert version.starts_on is not None
    hours = ready[version.calendar_id].hours if version.calendar_id in ready else None
    zone = ZoneInfo(settings.BUSINESS_ZONE)
    try:
        spec = timing.specification(version, step, hours)
        outcome = timing.due(timing.date_in(zone.key, version.starts_on, version.at_time), spec, zone.key)
    except (ValueError, OverflowError):
        return version.starts_on  # a draft may say what cannot be
    at = outcome.at if isinstance(outcome, Due) else outcome.wanted
    return at.astimezone(zone).date() if at else None


def is_over(version: PlanVersion) -> bool:
    """Whether all that a campaign has was due longer ago than its grace, so that it would reach nobody."""
    if version.starts_on is None:
        return False
    ready, window = ready_for([version]), (version.ends_on or version.starts_on) - version.starts_on
    days = [day for step in version.steps.all() for day in [day_of(version, step, ready)] if day]
    last = max(days, default=version.starts_on) + window + dt.timedelta(hours=version.grace_hours)
    return last < timezone.localdate() - dt.timedelta(days=1)


def _item(version: PlanVersion, step: Step, day: dt.date) -> Item:
    plan = version.plan
    return Item(
        day=day,
        plan_id=plan.pk,
        plan=plan.name,
        key=step.key,
        name=step.name,
        kind=step.kind,
        channel=step.channel,
        status=plan.status,
        time=step.time or version.at_time,
        owner_id=plan.owner_id,
        owner=str(plan.owner) if plan.owner else "",
        segment_id=version.segment_id,
        segment=version.segment.name if version.segment else "",
    )


def _of_sequences(first: dt.date, last: dt.date) -> list[Item]:
    zone = ZoneInfo(settings.BUSINESS_ZONE)
    begins, ends = (dt.datetime.combine(day, dt.time(), zone) for day in (first, last + dt.timedelta(days=1)))
    with connection.cursor() as cursor:
        cursor.execute(BROUGHT, {"zone": settings.BUSINESS_ZONE, "begins": begins, "ends": ends})
        rows = cursor.fetchall()
    return [
        Item(
            day=day,
            plan_id=plan_id,
            plan=plan,
            key=key,
            name=name,
            kind=kind,
            channel=channel,
            status=status,
            owner_id=owner_id,
            owner=owner or "",
            segment_id=segment_id,
            segment=segment or "",
            sequence=True,
            customers=customers,
        )
        for plan_id, plan, status, owner_id, owner, segment_id, segment, key, name, kind, channel, day, customers in rows  # noqa: E501
    ]


def layer(first: dt.date, last: dt.date) -> Layer:
    """Public holidays of the main calendar, and occasions; two queries."""
    found = Layer()
    holidays = Day.objects.filter(
        version__calendar__main=True, version__number=F("version__calendar__version"), kind=Day.Kind.HOLIDAY,
        date__gte=first, date__lte=last,
    )  # fmt: skip
    found.holidays = dict(holidays.values_list("date", "name"))
    for occasion in ShopDay.objects.filter(starts_on__lte=last, ends_on__gte=first).order_by("starts_on", "pk"):
        day = max(occasion.starts_on, first)
        while day <= min(occasion.ends_on, last):
            found.occasions[day].append(occasion)
            day += dt.timedelta(days=1)
    return found


def name_of(about: str, pk: str) -> str:
    """What a filter asks for where nothing of it stands on the page; empty where there is no such thing."""
    model: Any = {"segment": Segment, "owner": User, "plan": Plan}[about]
    found = model.objects.filter(pk=int(pk)).first() if pk.isdecimal() and len(pk) < 10 else None
    return str(found or "")


def tasks_of(user: Any, first: dt.datetime, last: dt.datetime) -> list[HumanTask]:
    """Open tasks of somebody's, by when they are due."""
    found = HumanTask.objects.filter(assignee=user, state=HumanTask.State.OPEN, due_at__gte=first, due_at__lt=last)
    return list(found.order_by("due_at", "pk"))


def numbers(plan: Plan, key: str) -> dict[str, int]:
    """How many touchpoints of a step stand in each state."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state, count(*) FROM communications_touchpoint WHERE plan_id = %s AND step_key = %s GROUP BY 1",
            [plan.pk, key],
        )
        found = dict(cursor.fetchall())
    return {str(state.label): found[state] for state in Touchpoint.State if state in found}
