"""Customers at risk: the list with reasons, what to do about them, how well earlier lists did, what followed."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from communications.models import Plan
from communications.wording import REASONS
from config.admin import site
from config.menu import Group
from customers.currencies import digits
from customers.models import Customer
from customers.pages.listing import as_file, chosen, may_export, written_down
from customers.spreadsheets import rows_to_csv
from feedback.queries import voice
from insights.actions import outreach
from insights.actions.snapshots import today
from insights.models import Band, Fit, Risk
from insights.pages.views import SHELF, around
from insights.queries import risk as queries
from insights.queries import settings as meanings
from people.models import User
from people.requests import StaffRequest, number, numbers

VIEW, ACT = "insights.view_risk", "insights.act_on_risk"
CALL = "communications.change_humantask"
PER_PAGE, FILE = 50, 10_000
FLAGS = {
    "no_purchase": gettext_lazy("no purchase for long"), "no_visit": gettext_lazy("no visit for long"),
    "complaint": gettext_lazy("complaint open"),
}  # fmt: skip
OWN_REASONS: dict[str, Promise | str] = {"already_active": gettext_lazy("The customer is in it already.")}
REFUSED = {
    "too_few_buyers": gettext_lazy(
        "Fewer than %(least)s customers have bought: a model would see patterns in chance."
    ),
    "history_too_short": gettext_lazy("There are fewer than 180 days of purchases to learn from."),
    "no_recent_order": gettext_lazy("There was no order in the last 30 days: the figures may be old."),
    "nobody_bought_three_times": gettext_lazy("Nobody has bought on three days yet."),
    "cannot_fit": gettext_lazy("No model fits these purchases."),
}


@site.page(
    "risk/", name="risk", permission=VIEW, menu=gettext_lazy("At risk"), icon="person_alert", group=Group.CUSTOMERS,
    order=25,
)  # fmt: skip
def at_risk(request: StaffRequest) -> HttpResponseBase:
    """Regulars by what is at stake, or those who bought once."""
    if opening := SHELF.opening(request, "risk"):
        return opening
    band, flag = chosen(request, "band", Band.values), chosen(request, "flag", list(FLAGS))
    once = request.GET.get("group") == "once"
    found = _asked(request.GET)
    if as_file(request) and may_export(request.user):
        return _as_file(request, list(found[:FILE]))
    fit = queries.latest_fit()
    counts = queries.counts(fit)
    page = _pages(found, _known(counts, band, flag, once)).get_page(request.GET.get("page"))
    return site.render(
        request, "insights/risk.html", title=_("Customers at risk"), page=page,
        rows=queries.shown(list(page.object_list), today()), counts=counts, band=band, flag=flag, once=once,
        fit=fit, refused=_refused(fit), least=meanings.current().least_buyers,
        bands=Band.choices, flags=FLAGS.items(), plans=_plans(), may_act=request.user.has_perm(ACT),
        may_export=may_export(request.user),
        callers=_callers() if request.user.has_perm(ACT) else [], most=outreach.MOST,
        leaving=voice.leaving() if not once else None, query=request.GET.urlencode(),
        currency=settings.BUSINESS_CURRENCY, **around(request, "risk"),
    )  # fmt: skip


def _pages(found: QuerySet[Risk], known: int | None) -> "Paginator[Risk]":
    """Of a list whose length is known, if it is: a million rows are not counted for each look at fifty of them."""
    pages = Paginator(found, PER_PAGE)
    if known is not None:
        pages.__dict__["count"] = known  # what Django keeps there once it has counted
    return pages


def _known(counts: dict[str, int], band: str, flag: str, once: bool) -> int | None:
    if band and flag:
        return None
    if once:
        return counts["once"]
    return counts[band or flag] if band or flag else sum(counts[each] for each in Band.values)


def _refused(fit: Fit | None) -> str:
    """Why nobody is scored, in words."""
    if fit is None or not fit.refused:
        return ""
    said = str(REFUSED.get(fit.refused, fit.refused))
    return said % {"least": meanings.current().least_buyers} if fit.refused == "too_few_buyers" else said


def _asked(query: QueryDict) -> QuerySet[Risk]:
    """The list with its filters; what is none of them filters nothing."""
    if query.get("group") == "once":
        return queries.one_timers()
    band, flag = query.get("band", ""), query.get("flag", "")
    return queries.regulars(band=band if band in Band.values else "", flag=flag)


def _plans() -> list[Plan]:
    return list(Plan.objects.filter(kind=Plan.Kind.SEQUENCE, status=Plan.Status.LIVE).order_by("name"))


def _as_file(request: StaffRequest, risks: list[Risk]) -> HttpResponseBase:
    header = [
        _("number"), _("name"), _("risk"), _("chance of no order in 90 days"), _("orders expected in a year"),
        _("at stake"), _("reasons"),
    ]  # fmt: skip
    places = digits(settings.BUSINESS_CURRENCY)
    rows = (
        ((row.risk.pk,), [
            row.risk.customer.number, row.risk.customer.name, row.risk.get_band_display(), round(row.risk.chance, 3),
            round(row.risk.expected, 2), Decimal(row.risk.at_stake).scaleb(-places), "; ".join(row.reasons),
        ])
        for row in queries.shown(risks, today())
    )  # fmt: skip
    return rows_to_csv(header, written_down(rows, by=request.user, of="risk"), filename="at-risk.csv")


@site.page("risk/act/", name="act_on_risk", permission=ACT)
@require_POST
def act(request: StaffRequest) -> HttpResponse:
    """Put the chosen ones, or the first of the whole list, into a sequence, or give their calls to somebody."""
    query, plan = request.POST.get("query", ""), number(request.POST.get("plan", ""))
    people = numbers(request.POST.getlist("customer"))
    if request.POST.get("everybody"):
        people = list(_asked(QueryDict(query)).values_list("customer", flat=True)[: outreach.MOST])
    try:
        if plan is not None:
            outcome = outreach.enrol(people, plan=get_object_or_404(Plan, pk=plan), by=request.user)
        else:
            outcome = outreach.call(people, to=_caller(request), by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _said(outcome))
    return redirect(f"{reverse('admin:risk')}?{query}" if query else "admin:risk")


def _said(outcome: outreach.Outcome) -> str:
    text = ngettext("%(n)s customer was taken.", "%(n)s customers were taken.", outcome.taken) % {"n": outcome.taken}
    if outcome.refused:
        words = OWN_REASONS | REASONS
        reasons = " ".join(f"{words.get(code, code)} ({n})" for code, n in sorted(outcome.refused.items()))
        text += " " + _("Left out: %(reasons)s") % {"reasons": reasons}
    return text


def _callers() -> list[User]:
    found = User.objects.with_perm(CALL, backend="django.contrib.auth.backends.ModelBackend")
    return list(found.filter(is_active=True, is_staff=True).order_by("username"))


def _caller(request: StaffRequest) -> User | None:
    wanted = request.POST.get("to", "")
    return next((one for one in _callers() if str(one.pk) == wanted), None)


@site.page("risk/outreach/", name="outreach", permission="insights.view_outreach")
def followed(request: StaffRequest) -> HttpResponse:
    """What was done, by whom, with which outcome, and who bought after it."""
    page = Paginator(queries.followed(), PER_PAGE).get_page(request.GET.get("page"))
    return site.render(
        request, "insights/outreach.html", title=_("What was done, and what followed"),
        breadcrumbs=[(_("Customers at risk"), reverse("admin:risk"))], page=page,
        may_call=request.user.has_perm(CALL),
    )  # fmt: skip


@site.page("risk/backtest/", name="risk_backtest", permission=VIEW)
def how_well(request: StaffRequest) -> HttpResponse:
    """The model, and how well its lists of the last quarters did."""
    tests = [(one, [(name, *one.bands.get(key, (0, 0))) for key, name in Band.choices]) for one in queries.backtests()]
    fit = queries.latest_fit()
    return site.render(
        request, "insights/backtest.html", title=_("How well the list does"),
        breadcrumbs=[(_("Customers at risk"), reverse("admin:risk"))], tests=tests, fit=fit, refused=_refused(fit),
    )  # fmt: skip


@site.panel("customer", title=gettext_lazy("Risk of leaving"), permission=VIEW, order=35)
def of_customer(request: StaffRequest, customer: Customer) -> tuple[str, dict[str, Any]] | None:
    risk = Risk.objects.filter(pk=customer.pk, repeats__gt=0).first()
    if risk is None:
        return None
    (row,) = queries.shown([risk], today())
    return "insights/risk_panel.html", {"row": row, "risk": risk, "currency": settings.BUSINESS_CURRENCY}
