"""Figures about cases: how promises were kept, how long it took, what is open, what came of it."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communications import timing
from config import charts
from config.admin import site
from config.menu import Group
from customers import currencies
from customers.pages.listing import as_file
from customers.spreadsheets import rows_to_csv
from customers.templatetags.customers import money
from feedback.models import Case, Team
from feedback.queries import reports
from feedback.queries.reports import REPORTS, Asked, Report, Row
from people.forms import Plain
from people.requests import StaffRequest

VIEW = "feedback.view_case"
DAYS = 365


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date", "class": "ms-input"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget)


class FilterForm(Plain):
    """By when it was received, both days included."""

    since = _day(gettext_lazy("Received from"))
    until = _day(gettext_lazy("to"))
    team = forms.ModelChoiceField(
        Team.objects.order_by("name"), label=gettext_lazy("Team"), required=False, empty_label=gettext_lazy("all"),
        widget=forms.Select(attrs={"class": "ms-input"}),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), required=False, choices=[("", gettext_lazy("all")), *Case.Kind.choices],
        widget=forms.Select(attrs={"class": "ms-input"}),
    )  # fmt: skip
    report = forms.CharField(required=False, widget=forms.HiddenInput)


@site.page(
    "reports/cases/", name="case_reports", permission=VIEW, menu=gettext_lazy("Case reports"), icon="monitoring",
    group=Group.FIGURES, order=20,
)  # fmt: skip
def case_reports(request: StaffRequest) -> HttpResponseBase:
    report, asked, form = _asked(request)
    rows = reports.rows(report, asked, at=timezone.now())
    if as_file(request):
        header = [report.first, *(column.title for column in report.columns)]
        return rows_to_csv(header, (_cells(report, row) for row in rows), filename=f"cases-{report.key}.csv")
    return site.render(
        request,
        "feedback/reports/report.html",
        title=_("Case reports"),
        form=form,
        report=report,
        reports=REPORTS.values(),
        rows=[(row, [_words(report, row, n) for n in range(len(report.columns))]) for row in rows],
        chart=_chart(report, rows),
        query=_query(request),
    )


@site.page("reports/cases/counted/", name="counted_cases", permission=VIEW)
def counted_cases(request: StaffRequest) -> HttpResponse:
    """The cases behind one row of a report."""
    report, asked, _form = _asked(request)
    label = request.GET.get("label", "")
    names = report.names()
    return site.render(
        request,
        "feedback/reports/cases.html",
        title=f"{report.title}: {names.get(label, label)}",
        breadcrumbs=[(_("Case reports"), f"{reverse('admin:case_reports')}?{_query(request)}")],
        cases=reports.cases(report, asked, label, at=timezone.now()),
        most=reports.LISTED,
    )


def _asked(request: StaffRequest) -> tuple[Report, Asked, FilterForm]:
    today = timing.business_date(timezone.now())
    form = FilterForm({"since": today - timedelta(days=DAYS), "until": today} | request.GET.dict())
    form.is_valid()  # what cannot be read is marked; the rest counts
    said: dict[str, Any] = form.cleaned_data
    report = REPORTS.get(said.get("report") or "metric")
    if report is None:
        raise Http404
    since, until = said.get("since") or today - timedelta(days=DAYS), said.get("until") or today
    since, until = reports.within(since, today), reports.within(until, today)
    team = said.get("team")
    return report, Asked(since, until, team.pk if team else None, said.get("kind", "")), form


def _query(request: StaffRequest) -> str:
    query = request.GET.copy()
    for name in ("label", "format"):
        query.pop(name, None)
    return query.urlencode()


def _chart(report: Report, rows: list[Row]) -> charts.Chart | None:
    if not rows:
        return None
    most = 100.0 if report.columns[report.bar].unit == "percent" else None
    return charts.bars([row.name for row in rows], [float(row.values[report.bar] or 0) for row in rows], most=most)


def _words(report: Report, row: Row, n: int) -> str:
    value, unit = row.values[n], report.columns[n].unit
    if value is None:
        return "-"
    if unit == "money":
        return money(value, row.label.partition(":")[2] or settings.BUSINESS_CURRENCY) if value else "-"
    return f"{value:,.1f}" if unit in ("percent", "hours") else f"{value:,}"


def _cells(report: Report, row: Row) -> list[Any]:
    """For a file: plain numbers, amounts in their currency's main unit."""
    cells: list[Any] = [row.name]
    for column, value in zip(report.columns, row.values, strict=True):
        if column.unit == "money":
            code = row.label.partition(":")[2] or settings.BUSINESS_CURRENCY
            cells.append(value / 10 ** currencies.digits(code))
        else:
            cells.append(
                round(float(value), 2) if value is not None and column.unit in ("percent", "hours") else value
            )
    return cells
