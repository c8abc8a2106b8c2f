"""Figures about cases, each by one statement; and for each row of them the cases that it counts.

A report first says which cases belong to which label; figures and drill-down are taken from the same statement, so
that they never disagree. What is filtered: when it was received (whole days in the zone of the business), team, kind.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from calendars import queries as calendars
from calendars.hours import Calendar, NeverOpens
from calendars.models import Calendar as Kept
from feedback.models import Case, Metric, Policy, Redress, RootCause, Team

FIRST = date(1990, 1, 1)  # nobody asks for what was earlier
LAST = timedelta(days=1)  # after today: somewhere it is tomorrow already
LISTED = 500  # cases of one row
WEEKS = 8  # what regulation gives for a final response, unless it says otherwise
DAYS = 3  # business days within which a complaint is settled at once


@dataclass(frozen=True)
class Asked:
    """Days are inclusive, and ``within`` what can have happened: some reports go through them one by one."""

    since: date
    until: date
    team: int | None = None
    kind: str = ""

    def values(self, at: datetime) -> dict[str, Any]:
        zone = ZoneInfo(settings.BUSINESS_ZONE)
        return {
            "since": datetime(self.since.year, self.since.month, self.since.day, tzinfo=zone),
            "until": datetime(self.until.year, self.until.month, self.until.day, tzinfo=zone) + timedelta(days=1),
            "team": self.team, "kind": self.kind, "zone": settings.BUSINESS_ZONE, "at": at,
        }  # fmt: skip

    @property
    def cases(self) -> str:
        """As a condition on ``one``."""
        return (
            "one.received_at >= %(since)s AND one.received_at < %(until)s AND NOT one.spam"
            " AND one.merged_into_id IS NULL"
            + (" AND one.team_id = %(team)s" if self.team else "")
            + (" AND one.kind = %(kind)s" if self.kind else "")
        )


def within(day: date, today: date) -> date:
    """The day, or the nearest one on which there can be a case."""
    return min(max(day, FIRST), today + LAST)


@dataclass(frozen=True)
class Column:
    title: Promise
    sql: str
    unit: str = "count"  # count, percent, hours, money or points


@dataclass(frozen=True)
class Report:
    """``labelled`` gives (case_id, label, …); the columns are taken over it. ``names`` turns labels into words."""

    key: str
    title: Promise
    meaning: Promise
    labelled: str
    columns: tuple[Column, ...]
    bar: int = 0  # the column that the chart shows
    first: Promise = field(default=_("month"))
    names: Callable[[], dict[str, Any]] = dict
    order: str = "label"
    prepare: Callable[[Asked], dict[str, Any]] | None = None


@dataclass(frozen=True)
class Row:
    label: str
    name: str
    values: tuple[Any, ...]


MONTH = "to_char(one.received_at AT TIME ZONE %(zone)s, 'YYYY-MM')"
JUDGED = """SELECT one.id AS case_id, {label} AS label, clock.state = 'met' AS kept, clock.taken, clock.metric
FROM feedback_clock clock JOIN feedback_case one ON one.id = clock.case_id
JOIN feedback_target target ON target.id = clock.target_id
JOIN feedback_policyversion version ON version.id = target.version_id
WHERE (clock.state IN ('met', 'missed') OR clock.state = 'running' AND clock.due_at < %(at)s) AND {cases}"""
KEPT = (
    Column(_("kept (percent)"), "100.0 * count(*) FILTER (WHERE kept) / count(*)", "percent"),
    Column(_("kept"), "count(*) FILTER (WHERE kept)"),
    Column(_("missed"), "count(*) FILTER (WHERE NOT kept)"),
)
TIMES = tuple(
    Column(title, f"percentile_cont({part}) WITHIN GROUP (ORDER BY {column})::float", "hours")
    for title, part, column in (
        (_("median, open hours"), 0.5, "open_hours"),
        (_("nine of ten within, open hours"), 0.9, "open_hours"),
        (_("median, hours"), 0.5, "hours"),
        (_("nine of ten within, hours"), 0.9, "hours"),
    )
)


def _policies() -> dict[str, Any]:
    return {str(pk): name for pk, name in Policy.objects.values_list("pk", "name")}


def _teams() -> dict[str, Any]:
    return {str(pk): name for pk, name in Team.objects.values_list("pk", "name")} | {"": _("no team")}


def _causes() -> dict[str, Any]:
    return {str(pk): name for pk, name in RootCause.objects.values_list("pk", "name")} | {"": _("not named")}


def _metrics() -> dict[str, Any]:
    return dict(Metric.choices)


def _redress_names() -> dict[str, Any]:
    kinds: dict[str, Any] = dict(Redress.Kind.choices)
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT currency FROM feedback_redress")
        currencies = [row[0] for row in cursor.fetchall()]
    return {f"{kind}:{code}": f"{label} {code}".strip() for kind, label in kinds.items() for code in currencies}


def _compliance(key: str, title: Promise, label: str, first: Promise, names: Callable[[], dict[str, Any]]) -> Report:
    return Report(
        key, title, _("Of promises that were kept or broken: how many were kept."), JUDGED.replace("{label}", label),
        KEPT, 0, first, names,
    )  # fmt: skip


def _times(key: str, title: Promise, metric: str, until: str) -> Report:
    return Report(
        key, title, _("Half of the cases were faster than the median. Open hours leave out nights, holidays, pauses."),
        f"""SELECT one.id AS case_id, {MONTH} AS label, clock.taken / 3600.0 AS open_hours,
            extract(epoch FROM {until} - one.received_at) / 3600.0 AS hours
        FROM feedback_case one LEFT JOIN feedback_clock clock ON clock.case_id = one.id AND clock.metric = '{metric}'
            AND clock.cycle = 1
        WHERE {until} IS NOT NULL AND {{cases}}""",
        (*TIMES, Column(_("cases"), "count(*)")),
    )  # fmt: skip


def _limits(asked: Asked) -> dict[str, Any]:
    """For each day of receipt: until when a complaint counts as settled at once, and when the eight weeks are over."""
    hours = _hours()
    zone = ZoneInfo(settings.BUSINESS_ZONE)
    days, soon, late = [], [], []
    day = asked.since
    while day <= asked.until:
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=zone)
        try:
            soon.append(hours.close_of_business_day(noon, DAYS))
        except NeverOpens:
            soon.append(noon)
        late.append(hours.end_of_calendar_day(noon, WEEKS * 7))
        days.append(day)
        day += timedelta(days=1)
    return {"days": days, "soon": soon, "late": late}


def _hours() -> Calendar:
    """Of the main calendar; Monday to Friday where nobody has made one yet."""
    try:
        return calendars.main().hours
    except Kept.DoesNotExist:
        week = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
        return Calendar.from_dict({"tz": settings.BUSINESS_ZONE, "weekly": week})


REPORTS: dict[str, Report] = {
    report.key: report
    for report in (
        _compliance("metric", _("Promises kept, by promise"), "clock.metric", _("promise"), _metrics),
        _compliance("policy", _("Promises kept, by policy"), "version.policy_id::text", _("policy"), _policies),
        _compliance("team", _("Promises kept, by team"), "coalesce(one.team_id::text, '')", _("team"), _teams),
        _compliance("month", _("Promises kept, by month"), MONTH, _("month"), dict),
        _times("answer", _("Time to the first answer"), "first_response", "one.answered_at"),
        _times("resolution", _("Time to the resolution"), "resolution", "one.closed_at"),
        Report(
            "backlog", _("Open cases by age"), _("What is open now, by the days since it was received."),
            """SELECT one.id AS case_id, (SELECT min(n) FROM unnest(ARRAY[1, 3, 7, 28, 56, 99999]) n
                WHERE %(at)s - one.received_at < n * interval '1 day')::text AS label, one.due_at < %(at)s AS overdue
            FROM feedback_case one WHERE one.closed_at IS NULL AND {cases}""",
            (Column(_("open"), "count(*)"), Column(_("overdue"), "count(*) FILTER (WHERE overdue)")),
            first=_("younger than (days)"), names=lambda: {"99999": _("older")}, order="label::int",
        ),
        Report(
            "reopened", _("Reopened cases"), _("Of the cases that were settled: how many were opened again."),
            f"""SELECT one.id AS case_id, {MONTH} AS label, one.reopenings > 0 AS again FROM feedback_case one
            WHERE (one.closed_at IS NOT NULL OR one.reopenings > 0) AND {{cases}}""",
            (
                Column(_("reopened (percent)"), "100.0 * count(*) FILTER (WHERE again) / count(*)", "percent"),
                Column(_("reopened"), "count(*) FILTER (WHERE again)"), Column(_("settled"), "count(*)"),
            ),
        ),
        Report(
            "upheld", _("Complaints upheld"),
            _("Of the complaints that were decided: how many were upheld, wholly or in part."),
            f"""SELECT one.id AS case_id, {MONTH} AS label, one.outcome FROM feedback_case one
            WHERE one.outcome <> '' AND {{cases}}""",
            (
                Column(
                    _("upheld (percent)"), "100.0 * count(*) FILTER (WHERE outcome <> 'not') / count(*)", "percent"
                ),
                Column(_("upheld"), "count(*) FILTER (WHERE outcome = 'upheld')"),
                Column(_("partly"), "count(*) FILTER (WHERE outcome = 'partly')"),
                Column(_("not upheld"), "count(*) FILTER (WHERE outcome = 'not')"),
            ),
        ),
        Report(
            "redress", _("Redress paid"),
            _("What was paid, each currency and points by themselves; vouchers by their number."),
            """SELECT one.id AS case_id, redress.kind || ':' || redress.currency AS label, redress.amount,
                redress.points
            FROM feedback_redress redress JOIN feedback_case one ON one.id = redress.case_id
            WHERE redress.state = 'paid' AND {cases}""",
            (
                Column(_("times"), "count(*)"),
                Column(_("money"), "coalesce(sum(amount), 0)::bigint", "money"),
                Column(_("points"), "coalesce(sum(points), 0)::bigint"),
            ),
            first=_("kind"), names=_redress_names,
        ),
        Report(
            "causes", _("Root causes"), _("What was at the root of the cases that were settled."),
            """SELECT one.id AS case_id, coalesce(one.root_cause_id::text, '') AS label, one.outcome
            FROM feedback_case one WHERE one.closed_at IS NOT NULL AND {cases}""",
            (
                Column(_("cases"), "count(*)"),
                Column(_("of them upheld"), "count(*) FILTER (WHERE outcome IN ('upheld', 'partly'))"),
            ),
            first=_("root cause"), names=_causes, order="count(*) DESC, label",
        ),
        Report(
            "regulation", _("Summary for the regulator"),
            _("Complaints by how soon they were settled after the day of receipt: by the close of the third business"
              " day, within eight weeks, later, or not yet."),
            """SELECT one.id AS case_id, CASE WHEN one.closed_at IS NULL AND %(at)s <= limits.late THEN '4'
                WHEN one.closed_at IS NULL THEN '5' WHEN one.closed_at <= limits.soon THEN '1'
                WHEN one.closed_at <= limits.late THEN '2' ELSE '3' END AS label, one.outcome,
                EXISTS (SELECT FROM feedback_redress redress WHERE redress.case_id = one.id AND redress.state = 'paid')
                AS paid, one.stage = 'referred' AS referred
            FROM feedback_case one JOIN unnest(%(days)s::date[], %(soon)s::timestamptz[], %(late)s::timestamptz[])
                AS limits(day, soon, late) ON limits.day = (one.received_at AT TIME ZONE %(zone)s)::date
            WHERE one.kind = 'complaint' AND {cases}""",
            (
                Column(_("complaints"), "count(*)"),
                Column(_("upheld"), "count(*) FILTER (WHERE outcome IN ('upheld', 'partly'))"),
                Column(_("taken outside"), "count(*) FILTER (WHERE referred)"),
                Column(_("with redress paid"), "count(*) FILTER (WHERE paid)"),
            ),
            first=_("settled"),
            names=lambda: {
                "1": _("within three business days"), "2": _("within eight weeks"), "3": _("later"),
                "4": _("open"), "5": _("open for more than eight weeks"),
            },
            prepare=_limits,
        ),
    )
}  # fmt: skip


def rows(report: Report, asked: Asked, *, at: datetime) -> list[Row]:
    """The figures, one row for each label."""
    columns = ", ".join(column.sql for column in report.columns)
    sql = f"SELECT label, {columns} FROM ({_labelled(report, asked)}) labelled GROUP BY label ORDER BY {report.order}"
    names = report.names()
    return [
        Row(
            label,
            str(names.get(label, label)),
            tuple(float(value) if isinstance(value, Decimal) else value for value in values),
        )
        for label, *values in _fetch(sql, report, asked, at)
    ]


def cases(report: Report, asked: Asked, label: str, *, at: datetime) -> list[Case]:
    """The cases that a row counts, the latest first; not more than LISTED."""
    sql = (
        f"SELECT DISTINCT case_id FROM ({_labelled(report, asked)}) labelled WHERE label = %(label)s"
        f" ORDER BY case_id DESC LIMIT {LISTED}"
    )
    found = [row[0] for row in _fetch(sql, report, asked, at, label=label)]
    return list(Case.objects.filter(pk__in=found).select_related("customer", "team", "assignee").order_by("-pk"))


def _labelled(report: Report, asked: Asked) -> str:
    return report.labelled.replace("{cases}", asked.cases)


def _fetch(sql: str, report: Report, asked: Asked, at: datetime, **more: Any) -> Sequence[tuple[Any, ...]]:
    values = asked.values(at) | more
    if report.prepare:
        values |= report.prepare(asked)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
