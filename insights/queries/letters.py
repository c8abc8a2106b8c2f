"""A page of figures as a letter: the same kept figures, as text and as a table."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from insights import wording
from insights.definitions import DEFINITIONS
from insights.metrics.cohorts import later
from insights.models import FigureView, Snapshot
from insights.queries import board
from insights.queries.asked import months_before
from insights.queries.overview import keys_of
from people.requests import day

MONTHS = 13
RETENTION = ("retention", "churn", "active", "new", "reactivated", "lost", "next_month", "loyal_share", "gap_median")


@dataclass(frozen=True)
class Letter:
    subject: str
    text: str
    html: str


Row = tuple[str, str, str, str]  # the name, the value, what it is of, the change


def letter(view: FigureView) -> Letter:
    """What the page shows with the filters of the view, of the owner's language, which the caller has set."""
    said = QueryDict(view.query)
    yearly = said.get("compare") == "year"
    if view.page == "figure":
        rows = _figure(view.argument, said, months=12 if yearly else 1)
    else:
        figures = view.page == "figures"
        rows = _now(keys_of(said.get("section", "overview"), view.owner) if figures else RETENTION)
    link = f"{settings.PUBLIC_URL}{view.address}"
    title = _("%(name)s: figures of %(business)s") % {"name": view.name, "business": settings.BUSINESS_NAME}
    lines = [f"{name}: {value} ({of}) {change}".rstrip() for name, value, of, change in rows]
    note = _("Changes are those since the year before.") if yearly else _("Changes are those since the month before.")
    html = render_to_string("insights/letter.html", {"title": title, "rows": rows, "note": note, "link": link})
    return Letter(title, "\n".join([*lines, "", note, "", link]), html)


def _row(name: str, now: Snapshot, before: Snapshot | None) -> Row:
    unit = DEFINITIONS[now.metric].unit
    change = wording.change(now, before, unit)[0]
    return name, wording.said(now.value, unit, now.currency), wording.of(now), change


def _now(keys: Iterable[str]) -> list[Row]:
    """Each figure of the last month that is over, with its change to the month before."""
    return [
        _row(f"{DEFINITIONS[key].title}, {board.label(now)}", now, past.earlier(1))
        for key, past in board.pasts(list(keys)).items()
        if (now := past.now)
    ]


def _figure(key: str, said: QueryDict, *, months: int) -> list[Row]:
    """One figure: its groups where the view has them, then month by month, the latest first."""
    by, currency = said.get("by", ""), said.get("currency", "")
    past = board.pasts([key], currency=currency)[key]
    points = _within(past.points, *(day(f"{said.get(name)}-01") for name in ("since", "until")))
    rows = [
        _row(f"{part.name}, {board.label(part.now)}", part.now, part.before if months == 1 else part.year)
        for part in (board.parts(key, by, currency=currency) if by in past.definition.by else [])
    ]
    for point in reversed(points):
        rows.append(_row(board.label(point), point, past.at(months_before(point.as_of, months))))
    return rows


def _within(points: list[Snapshot], since: date | None, until: date | None) -> list[Snapshot]:
    """Of these months, both included; of a year and the same month before where nothing is said."""
    known = [point for point in points if until is None or point.as_of <= later(until, 1)]
    return [point for point in known if point.as_of > since] if since else known[-MONTHS:]
