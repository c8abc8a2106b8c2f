"""The retention board: who stayed, came and left, month by month; cohorts; gaps; stages; what it asks for."""

from datetime import date
from typing import Any

from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.admin import site
from config.menu import Group
from customers.models import Profile
from customers.pages.listing import as_file, chosen
from customers.spreadsheets import rows_to_csv
from insights import charts, wording
from insights.actions.snapshots import now_of, today
from insights.advice import advice
from insights.definitions import DEFINITIONS, Unit
from insights.metrics.cohorts import Cell, Matrix, later, matrix
from insights.pages.behind import SEE
from insights.pages.figures import VIEW, tile_of
from insights.pages.views import SHELF, around
from insights.queries import board
from insights.queries.asked import months_before
from people.requests import StaffRequest

SHOWN = 18  # cohorts at most
BRIDGE = ("new", "reactivated", "lost")
TILES = ("retention", "churn", "active", "next_month", "repeat_rate", "loyal_share", "second_order", "gap_median")
BASES = {"cohort": gettext_lazy("first-time buyers"), "cohort_any": gettext_lazy("all buyers")}
WHENS = {"on": gettext_lazy("in the month"), "from": gettext_lazy("in the month or after it")}
RELATIVE = {"start": gettext_lazy("of the first month"), "previous": gettext_lazy("of the month before")}
AVERAGES = {"weighted": gettext_lazy("weighted by size"), "simple": gettext_lazy("every cohort alike")}


@site.page(
    "figures/board/retention/", name="retention_board", permission=VIEW, menu=gettext_lazy("Retention board"),
    icon="diversity_3", group=Group.FIGURES, order=2,
)  # fmt: skip
def retention_board(request: StaffRequest) -> HttpResponseBase:
    if opening := SHELF.opening(request, "retention_board"):
        return opening
    picked = {
        "base": chosen(request, "base", list(BASES)) or "cohort",
        "when": chosen(request, "when", list(WHENS)) or "on",
        "relative": chosen(request, "relative", list(RELATIVE)) or "start",
        "average": chosen(request, "average", list(AVERAGES)) or "weighted",
    }
    if as_file(request):
        return _file(chosen(request, "table", ["bridge", "stages"]), picked)
    pasts, months = _pasts()
    tiles = [tile for key in TILES if (tile := tile_of(pasts[key]))]
    options = {name: (each.items(), picked[name]) for name, each in _options().items()}
    return site.render(
        request, "insights/board.html", title=_("Retention board"),
        breadcrumbs=[(_("Figures"), reverse("admin:figures"))], tiles=tiles, bridge=_bridge(pasts, months),
        matrix=_shown(_matrix(picked), picked), options=options, picked=picked, stages=_stages(), cells=_rfm(),
        advice=advice(pasts), may_see=request.user.has_perm(SEE), as_of=now_of(today()),
        **around(request, "retention_board"),
    )  # fmt: skip


def _file(table: str, picked: dict[str, str]) -> HttpResponseBase:
    """A table of the page; the cohorts, where none is named."""
    if table == "bridge":
        bridge, names = _bridge(*_pasts()), ("month", "start", "new", "reactivated", "lost", "end")
        header = [_("month"), _("start"), _("new"), _("reactivated"), _("lost"), _("end")]
        rows = [[row[name] for name in names] for row in reversed(bridge["rows"])] if bridge else []
        return rows_to_csv(header, rows, filename="bridge.csv")
    if table == "stages":
        stages = _stages()
        rows = [[name, row.numerator, row.denominator] for _key, name, row, _share in stages["rows"]] if stages else []
        return rows_to_csv([_("stage"), _("customers"), _("of")], rows, filename="stages.csv")
    found = _matrix(picked)
    return rows_to_csv(_header(found), _rows(found), filename="cohorts.csv")


def _pasts() -> tuple[dict[str, board.Past], list[Any]]:
    """Figures of two years, and the months of the bridge."""
    since = months_before(today().replace(day=1), 25)
    pasts = board.pasts([*TILES, *BRIDGE, "returning_share"], since=since)
    return pasts, [point for point in pasts["active"].points if point.as_of >= since]


def _options() -> dict[str, dict[str, Any]]:
    return {"base": BASES, "when": WHENS, "relative": RELATIVE, "average": AVERAGES}


def _matrix(picked: dict[str, str]) -> Matrix:
    metric = picked["base"]
    if metric == "cohort" and picked["when"] == "from":
        metric = "cohort_from"
    return matrix(board.cells(metric), as_of=now_of(today()), previous=picked["relative"] == "previous")


def _shown(found: Matrix, picked: dict[str, str]) -> dict[str, Any]:
    """The latest cohorts, each cell with its share and how strong its colour is."""
    cohorts = found.cohorts[-SHOWN:]
    length = max((len(cohort.cells) for cohort in cohorts), default=0)
    kept = Matrix(cohorts)
    weighted = picked["average"] == "weighted"
    return {
        "months": range(length),
        "rows": [(cohort, [_cell(cohort.month, cell) for cell in cohort.cells]) for cohort in reversed(cohorts)],
        "average": [wording.said(kept.average(k, weighted=weighted), Unit.SHARE) for k in range(length)],
        "metric": "cohort_from" if picked["when"] == "from" and picked["base"] == "cohort" else picked["base"],
    }


def _cell(month: date, cell: Cell) -> tuple[Cell, str, int, date]:
    """With the day on which its month is over, or tomorrow."""
    share = cell.share
    heat = 0 if share is None or cell.k == 0 else min(5, 1 + int(share * 8))
    over = min(later(month, cell.k + 1), now_of(today()))
    return cell, "-" if share is None else f"{100 * share:.0f} %", heat, over


def _header(found: Matrix) -> list[str]:
    return [_("cohort"), _("buyers"), *(str(k) for k in range(found.length))]


def _rows(found: Matrix) -> list[list[Any]]:
    return [[f"{one.month:%Y-%m}", one.size, *(cell.n for cell in one.cells)] for one in found.cohorts]


def _bridge(pasts: dict[str, board.Past], months: list[Any]) -> dict[str, Any] | None:
    """Start + new + reactivated - lost = end, of each month."""
    if not months:
        return None
    labels = [board.label(point) for point in months]
    values: dict[str, list[int]] = {}
    for key in BRIDGE:
        by_day = {point.as_of: int(point.value or 0) for point in pasts[key].points}
        values[key] = [by_day.get(point.as_of, 0) for point in months]
    title = str(_("New, reactivated and lost within three months"))
    series: list[tuple[str, charts.Values]] = [
        (str(DEFINITIONS["new"].title), values["new"]),
        (str(DEFINITIONS["reactivated"].title), values["reactivated"]),
        (str(DEFINITIONS["lost"].title), [-n for n in values["lost"]]),
    ]
    chart = charts.stacked(title, labels, series, lambda value: wording.short(value, Unit.COUNT))
    rows = [
        {
            "month": board.label(point), "as_of": point.as_of, "start": point.denominator,
            "end": int(point.value or 0), "new": values["new"][n], "reactivated": values["reactivated"][n],
            "lost": values["lost"][n],
        }
        for n, point in enumerate(months)
    ]  # fmt: skip
    return {"chart": chart, "rows": list(reversed(rows)), "title": title}


def _stages() -> dict[str, Any] | None:
    found = {row.member: row for row in board.latest("stage", "stage")}
    names = dict(Profile.Stage.choices)
    rows = [(key, str(names[key]), found[key]) for key in names if key in found]
    if not rows:
        return None
    title = str(_("Customers by stage"))
    values = [float(row.value or 0) for _key, _name, row in rows]
    chart = charts.bars(
        title, [name for _key, name, _row in rows], values, lambda value: wording.short(value, "count")
    )
    shares = [
        (key, name, row, wording.said((row.value or 0) / (row.denominator or 1), Unit.SHARE))
        for key, name, row in rows
    ]
    return {"chart": chart, "rows": shares, "title": title}


def _rfm() -> dict[str, Any] | None:
    """Recency down, frequency across: how many, and how many of them are in the upper two fifths of money."""
    found = board.latest("rfm", "rfm")
    if not found:
        return None
    counts: dict[tuple[str, str], int] = {}
    for row in found:
        counts[row.member[0], row.member[1]] = counts.get((row.member[0], row.member[1]), 0) + (row.numerator or 0)
    total = found[0].denominator
    grid = [(r, [(f, n, _heat(n, total)) for f in "12345" for n in [counts.get((r, f), 0)]]) for r in "54321"]
    return {"grid": grid, "total": total, "as_of": found[0].as_of}


def _heat(n: int, total: int) -> int:
    return min(5, int(n / total * 50)) if total else 0
