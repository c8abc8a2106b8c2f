"""Whom several campaigns reach on one day, and who of them would hear more than a cap allows. One statement a day."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from communications.models import PlanVersion, Step
from communications.queries import calendar, pressure
from communications.queries.pressure import Cap
from customers.models import Customer
from customers.queries import segments

MOST_CAMPAIGNS = 8  # on one day; more are not looked at, which is told


@dataclass(frozen=True)
class Clash:
    """``customers`` get several of these plans on the day; ``over`` of them hear more than a cap lets through.

    ``unseen`` are campaigns of the day that were not looked at.
    """

    day: dt.date
    plans: tuple[str, ...]
    customers: int
    over: int
    unseen: int = 0


@dataclass(frozen=True)
class Sending:
    """A marketing step of a campaign on its day."""

    day: dt.date
    version: PlanVersion
    step: Step


def clashes(first: dt.date, last: dt.date) -> list[Clash]:
    """The days on which the audiences of campaigns overlap."""
    caps = pressure.caps()
    window = max((cap.window.days for cap in caps), default=0)
    sendings = _sendings(first - dt.timedelta(days=window), last)
    by_day: dict[dt.date, list[Sending]] = defaultdict(list)
    for one in sendings:
        by_day[one.day].append(one)
    found = []
    for day in sorted(day for day in by_day if first <= day):
        here = by_day[day]
        plans = list(dict.fromkeys(one.version.plan_id for one in here))
        if len(plans) > 1:
            looked_at = [one for one in here if one.version.plan_id in plans[:MOST_CAMPAIGNS]]
            clash = replace(_clash(day, looked_at, sendings, caps), unseen=len(plans[MOST_CAMPAIGNS:]))
            found += [clash] if clash.customers or clash.unseen else []
    return found


def _sendings(first: dt.date, last: dt.date) -> list[Sending]:
    rows = calendar.versions_near(first, last)
    ready = calendar.ready_for(rows)
    found = []
    for version in rows:
        if not version.marketing or version.plan.status == "ended":
            continue
        for step in version.steps.all():
            day = calendar.day_of(version, step, ready)
            if day is not None and first <= day <= last:
                found.append(Sending(day, version, step))
    return found


def _clash(day: dt.date, here: Sequence[Sending], all_: Sequence[Sending], caps: Sequence[Cap]) -> Clash:
    """Of those whom two plans or more reach on the day: how many there are, and who is over a cap by its evening."""
    values: list[Any] = []
    parts = []
    for one in here:
        statement, own = _audience(one)
        parts.append(f"SELECT id, {one.version.plan_id} AS plan FROM ({statement}) a{one.step.pk} (id)")
        values += own
    both = (
        "both_ AS MATERIALIZED (SELECT id FROM (" + " UNION ALL ".join(parts) + ") s "
        "GROUP BY id HAVING count(DISTINCT plan) > 1)"
    )
    tests = []
    for cap in caps:
        statement, more = _heard(day, all_, cap)
        tests.append(f"(SELECT count(*) FROM ({statement}) h WHERE h.id = both_.id) > {cap.most}")
        values += more
    over = f"count(*) FILTER (WHERE {' OR '.join(tests)})" if tests else "0"
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {both} SELECT count(*), {over} FROM both_", values)
        customers, exceeding = cursor.fetchone()
    names = dict.fromkeys(one.version.plan.name for one in here)
    return Clash(day, tuple(names), customers, exceeding)


def _heard(day: dt.date, all_: Sequence[Sending], cap: Cap) -> tuple[str, list[Any]]:
    """A row for each message that a customer hears within the cap's time before the end of the day."""
    ends = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), ZoneInfo(settings.BUSINESS_ZONE))
    begins = ends - cap.window
    parts, values = [], list[Any]()
    for one in all_:
        if begins.date() <= one.day <= day and cap.counts(one.step.channel):
            statement, own = _audience(one)
            parts.append(f"SELECT id FROM ({statement}) c{one.step.pk} (id)")
            values += own
    channel = "" if not cap.channel else "AND t.channel = %s"
    parts.append(
        "SELECT t.customer_id FROM communications_touchpoint t "
        "JOIN communications_planversion v ON v.id = t.version_id "
        "WHERE t.enrolment_id IS NOT NULL AND v.purpose <> '' AND t.state IN ('planned', 'queued', 'sent') "
        f"AND t.due_at >= %s AND t.due_at < %s AND t.customer_id IN (SELECT id FROM both_) {channel}"
    )
    values += [begins, ends, *([cap.channel] if cap.channel else [])]
    return " UNION ALL ".join(parts), values


def _audience(one: Sending) -> tuple[str, tuple[Any, ...]]:
    """The ids of those whom the campaign is for, as a statement."""
    segment = one.version.segment
    members = segments.members(segment) if segment else Customer.objects.standing()
    statement, values = members.order_by().values("id").query.sql_with_params()
    return statement, values
