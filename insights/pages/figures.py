"""The dashboard, and one figure with its past: every number with what it is of, read from what was kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import Http404
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.admin import site
from config.menu import Group
from customers.currencies import digits
from customers.pages.listing import as_file
from customers.spreadsheets import rows_to_csv
from insights import charts, wording
from insights.actions.snapshots import today
from insights.definitions import DEFINITIONS, Definition, Unit
from insights.definitions.definition import Section
from insights.forms import RangeForm
from insights.metrics.cohorts import later
from insights.models import Annotation, Snapshot
from insights.pages.behind import may_see
from insights.pages.shown import change_of
from insights.pages.views import SHELF, around
from insights.queries import board
from insights.queries.asked import months_before
from insights.queries.overview import keys_of, only_groups
from people.requests import StaffRequest

VIEW = "insights.view_snapshot"
TITLES = {
    "overview": gettext_lazy("Overview"), "keeping": gettext_lazy("Staying"), "buying": gettext_lazy("Buying"),
    "programme": gettext_lazy("Programme"), "voice": gettext_lazy("Voice of the customer"),
    "boards": gettext_lazy("Advisory boards"),
}  # fmt: skip
BESIDE = {"previous": gettext_lazy("the months before"), "year": gettext_lazy("a year earlier")}


@dataclass(frozen=True)
class Tile:
    definition: Definition
    past: board.Past
    value: str
    of: str
    interval: str
    month: str
    open: bool
    spark: str
    changes: list[tuple[Any, str, str]]


@site.page(
    "figures/", name="figures", permission=VIEW, menu=gettext_lazy("Figures"), icon="insights", group=Group.FIGURES,
    order=1,
)  # fmt: skip
def figures(request: StaffRequest) -> HttpResponseBase:
    """What one looks at in the morning."""
    if opening := SHELF.opening(request, "figures"):
        return opening
    section = request.GET.get("section", "overview")
    if section not in TITLES:
        raise Http404
    keys = keys_of(section, request.user)
    pasts = board.pasts(keys, since=months_before(today().replace(day=1), board.TREND))
    tiles = [tile for key in keys if (tile := tile_of(pasts[key]))]
    return site.render(
        request, "insights/figures.html", title=_("Figures"), tiles=tiles, section=section, sections=TITLES.items(),
        remarks=Annotation.objects.order_by("-day", "-pk")[:3], **around(request, "figures"),
    )  # fmt: skip


def tile_of(past: board.Past) -> Tile | None:
    now, definition = past.now, past.definition
    if now is None:
        return None
    changes = [
        (name, *change_of(definition, now, past.earlier(months)))
        for name, months in ((_("a month earlier"), 1), (_("a year earlier"), 12))
    ]
    return Tile(
        definition, past, wording.said(now.value, definition.unit, now.currency), wording.of(now),
        wording.interval(now, definition.unit), board.label(now),
        not now.finished, charts.spark([point.value for point in past.points]),
        [each for each in changes if each[1]],
    )  # fmt: skip


@site.page("figures/<slug:key>/", name="figure", permission=VIEW)
def figure(request: StaffRequest, key: str) -> HttpResponseBase:
    """One figure: what it means, its past as a line and a table, its groups, and who is behind it."""
    definition = DEFINITIONS.get(key)
    if definition is None or only_groups(definition):
        raise Http404
    if opening := SHELF.opening(request, f"figure/{key}"):
        return opening
    currencies = board.currencies() if definition.unit == Unit.MONEY or key in ("orders", "buyers") else []
    form = RangeForm(request.GET or None, groups=definition.by, currencies=currencies)
    said = form.cleaned_data if form.is_valid() else {}
    currency = said.get("currency") or settings.BUSINESS_CURRENCY
    since, until = _range(said)
    past = board.pasts([key], currency=currency)[key]
    points = [point for point in past.all if since < point.as_of <= until]
    by, compare = said.get("by") or "", said.get("compare", "")
    beside = _beside(past, points, compare)
    rows = [_row(past, *both) for both in reversed(list(zip(points, beside, strict=True)))]
    parts = board.parts(key, by, currency=currency) if by else []
    if as_file(request):
        file = [*_file(points, beside), *_file_of_groups(parts)]
        return rows_to_csv(_header(), file, filename=f"figure-{key}.csv")
    return site.render(
        request, "insights/figure.html", title=definition.title,
        breadcrumbs=[(_("Figures"), reverse("admin:figures"))],
        definition=definition, form=form, rows=rows, tile=tile_of(past), query=_query(request),
        chart=_chart(definition, points, beside, currency, compare), beside=BESIDE.get(compare),
        parts=[_part(definition, part, by) for part in parts] if by else None,
        by=by, by_note=_by_note(definition, by), by_name=dict(form.fields["by"].choices).get(by) if by else "",  # type: ignore[attr-defined]
        may_see=may_see(request.user, key), **around(request, "figure", key),
    )  # fmt: skip


def _by_note(definition: Definition, by: str) -> str:
    """What a group means that is not told by its name."""
    of_people = definition.section in (Section.PROGRAMME, Section.VOICE) or definition.key == "clv_expected"
    notes = {
        "segment": _("Segments are those of now; who is in several counts in each."),
        "tier": _("Tiers are those of now."),
        "channel": _("The channel is that of the customer's latest order.") if of_people else "",
        "cohort": _("The month of the customer's first order."),
    }
    return notes.get(by, "")


def _range(said: dict[str, Any]) -> tuple[date, date]:
    """As days: a month belongs to the day on which it is over."""
    now = today().replace(day=1)
    since = said.get("since") or months_before(now, 24)
    until = said.get("until") or now
    return min(since, until), later(max(since, until), 1)


def _beside(past: board.Past, points: list[Snapshot], compare: str) -> list[Snapshot | None]:
    """What each month is held beside, if there is any. A month that is not over is beside nothing."""
    months = {"year": 12, "previous": _span(points)}.get(compare, 0)
    return [past.at(months_before(one.as_of, months)) if months and one.finished else None for one in points]


def _span(points: list[Snapshot]) -> int:
    """From the first month to the last, with those of which nothing is known."""
    if not points:
        return 0
    first, last = (each.as_of - timedelta(days=1) for each in (points[0], points[-1]))
    return (last.year - first.year) * 12 + last.month - first.month + 1


def _chart(
    definition: Definition, points: list[Snapshot], beside: list[Snapshot | None], currency: str, compare: str
) -> charts.Chart | None:
    if not points:
        return None
    labels = [board.label(point) for point in points]
    series: list[tuple[str, charts.Values]] = [(str(definition.title), [point.value for point in points])]
    if any(beside):
        series.append((str(BESIDE[compare]), [one.value if one else None for one in beside]))
    chart = charts.line(
        str(definition.title), labels, series,
        lambda value: wording.short(value, definition.unit, currency), open_last=not points[-1].finished,
    )  # fmt: skip
    return charts.remarked(chart, labels, _remarks(points))


def _remarks(points: list[Snapshot]) -> list[tuple[str, str]]:
    first, last = months_before(points[0].as_of, 1), points[-1].as_of
    found = Annotation.objects.filter(day__gte=first, day__lt=last).order_by("day", "pk")
    return [(f"{one.day:%Y-%m}", f"{one.day}: {one.text}") for one in found]


def _row(past: board.Past, point: Snapshot, beside: Snapshot | None) -> dict[str, Any]:
    definition = past.definition
    return {
        "month": board.label(point),
        "open": not point.finished,
        "as_of": point.as_of,
        "value": wording.said(point.value, definition.unit, point.currency),
        "interval": wording.interval(point, definition.unit),
        "beside": wording.said(beside.value, definition.unit, beside.currency) if beside else "-",
        "numerator": wording.said(point.numerator, definition.counted_unit, point.currency),
        "denominator": wording.said(point.denominator, definition.of_unit, point.currency),
        "version": point.version,
        "month_change": change_of(definition, point, past.at(months_before(point.as_of, 1))) if point.finished else "",
        "year_change": change_of(definition, point, past.at(months_before(point.as_of, 12))) if point.finished else "",
    }


def _part(definition: Definition, part: board.Part, by: str) -> dict[str, Any]:
    now = part.now
    return {
        "name": part.name, "member": part.member, "as_of": now.as_of,
        "value": wording.said(now.value, definition.unit, now.currency),
        "of": wording.said(now.denominator, definition.of_unit, now.currency),
        "interval": wording.interval(now, definition.unit),
        "month_change": change_of(definition, now, part.before),
        "year_change": change_of(definition, now, part.year),
    }  # fmt: skip


def _header() -> list[Any]:
    return [
        _("month"), _("as of"), _("finished"), _("numerator"), _("of"), _("value"), _("currency"), _("version"),
        _("from"), _("to"), _("beside"), _("group"),
    ]  # fmt: skip


def _file(points: list[Snapshot], beside: list[Snapshot | None]) -> Iterator[list[Any]]:
    for one, earlier in zip(points, beside, strict=True):
        value = earlier.value if earlier else None
        yield [*_cells(one), _amount(value, DEFINITIONS[one.metric].unit, one.currency), ""]


def _file_of_groups(parts: list[board.Part]) -> Iterator[list[Any]]:
    """Those that the page shows, of the last month that is over."""
    for part in parts:
        yield [*_cells(part.now), None, part.name if part.member else _("none")]


def _cells(one: Snapshot) -> list[Any]:
    definition = DEFINITIONS[one.metric]
    units = (
        (one.numerator, definition.counted_unit),
        (one.denominator, definition.of_unit),
        (one.value, definition.unit),
    )
    amounts = [_amount(value, unit, one.currency) for value, unit in units]
    finished = _("yes") if one.finished else _("no")
    return [board.label(one), one.as_of, finished, *amounts, one.currency, one.version, one.low, one.high]


def _amount(value: float | None, unit: str, currency: str) -> Any:
    """Money as people write it, as on the page; anything else as it is kept."""
    return value if value is None or unit != Unit.MONEY else Decimal(round(value)).scaleb(-digits(currency))


def _query(request: StaffRequest) -> str:
    query = request.GET.copy()
    query.pop("format", None)
    return query.urlencode()
