"""A page of figures as a letter: the same kept figures, as text and as a table."""

from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from insights import wording
from insights.definitions import DEFINITIONS
from insights.models import FigureView
from insights.queries import board

MONTHS = 13
KEYS = ("retention", "churn", "active", "new", "reactivated", "lost", "revenue_net", "orders", "aov", "repeat_rate")
RETENTION = ("retention", "churn", "active", "new", "reactivated", "lost", "next_month", "loyal_share", "gap_median")


@dataclass(frozen=True)
class Letter:
    subject: str
    text: str
    html: str


def letter(view: FigureView) -> Letter:
    """Of the owner's language, which the caller has set."""
    rows = _past(view.argument) if view.page == "figure" else _now(RETENTION if view.page != "figures" else KEYS)
    link = f"{settings.PUBLIC_URL}{view.address}"
    title = _("%(name)s: figures of %(business)s") % {"name": view.name, "business": settings.BUSINESS_NAME}
    lines = [f"{name}: {value} ({of}) {change}".rstrip() for name, value, of, change in rows]
    note = _("Changes are those since the month before.")
    html = render_to_string("insights/letter.html", {"title": title, "rows": rows, "note": note, "link": link})
    return Letter(title, "\n".join([*lines, "", note, "", link]), html)


def _now(keys: tuple[str, ...]) -> list[tuple[str, str, str, str]]:
    """Each figure of the last month that is over, with its change to the month before."""
    rows = []
    for key, past in board.pasts(keys).items():
        if now := past.now:
            unit = DEFINITIONS[key].unit
            name = f"{DEFINITIONS[key].title}, {board.label(now)}"
            change = wording.change(now, past.earlier(1), unit)[0]
            rows.append((name, wording.said(now.value, unit, now.currency), wording.of(now), change))
    return rows


def _past(key: str) -> list[tuple[str, str, str, str]]:
    """One figure, month by month, the latest first."""
    past = board.pasts([key])[key]
    unit, points = past.definition.unit, past.points[-MONTHS:]
    rows = []
    for n, point in reversed(list(enumerate(points))):
        change = wording.change(point, points[n - 1] if n else None, unit)[0]
        rows.append((board.label(point), wording.said(point.value, unit, point.currency), wording.of(point), change))
    return rows
