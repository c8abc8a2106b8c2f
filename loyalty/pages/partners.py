"""Partners: who they are, what is agreed, what they owe this month, and their statements."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from config.admin import site
from config.menu import Group
from customers.pages.listing import LATEST, as_file, keyset
from customers.spreadsheets import rows_to_csv
from loyalty import arithmetic
from loyalty.actions import partner_settlements, programmes
from loyalty.models import Partner, PartnerEntry, PartnerStatement
from loyalty.partner_forms import PackForm, RateForm
from loyalty.queries import partners as figures
from people.requests import StaffRequest, day
from people.telling import showing

VIEW, SETTLE, ADD = "loyalty.view_partner", "loyalty.settle_partner", "loyalty.add_partner"
SHOWN = 50


@site.page(
    "partners/",
    name="partners",
    permission=VIEW,
    menu=gettext_lazy("Partners"),
    icon="handshake",
    group=Group.LOYALTY,
    order=70,
)
def partner_list(request: StaffRequest) -> HttpResponse:
    programme = programmes.main(fresh=True)
    return site.render(
        request,
        "loyalty/partners/list.html",
        title=_("Partners"),
        rows=figures.standings(programme, at=timezone.now()),
        difference=figures.difference(programme),
        may_add=request.user.has_perm(ADD),
    )


@site.page("partners/<int:pk>/", name="partner", permission=VIEW)
def partner(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Partner.objects.select_related("programme", "system"), pk=pk)
    return _page(request, found)


def _page(request: StaffRequest, partner: Partner, **forms: Any) -> HttpResponse:
    today = arithmetic.local_day(timezone.now(), partner.programme.zone)
    this = today.replace(day=1)
    begins = arithmetic.start_of(this, partner.programme.zone)
    entries = PartnerEntry.objects.filter(partner=partner).select_related(
        "rate", "pack", "transaction__wallet__customer", "statement"
    )
    return site.render(
        request,
        "loyalty/partners/partner.html",
        title=partner.name,
        breadcrumbs=_above(),
        partner=partner,
        sheet=figures.so_far(partner, begins, partner_settlements.end_of(partner, this)),
        rates=partner.rates.order_by("-begins_at"),
        packs=Paginator(partner.packs.order_by("-pk"), SHOWN).get_page(request.GET.get("page")),
        statements=partner.statements.order_by("-month"),
        entries=keyset(request, entries, LATEST, limit=SHOWN),
        list_url=reverse("admin:partner", args=[partner.pk]),
        to_settle=_open_month(partner, this),
        may_settle=request.user.has_perm(SETTLE),
        may_change=request.user.has_perm("loyalty.change_partner"),
        forms={"rate": RateForm(prefix="rate"), "pack": PackForm(prefix="pack")} | forms,
    )


def _open_month(partner: Partner, this: date) -> date | None:
    """The month that a statement can be issued for: the last one that is over, where there is something to settle."""
    first = figures.first_month(partner)
    if first is None or first >= this:
        return None
    last = arithmetic.add_months(this, -1)
    settled = partner.statements.filter(month__gte=last).exists()
    return None if settled else last


def _above(partner: Partner | None = None) -> list[tuple[str, str]]:
    trail = [(_("Partners"), reverse("admin:partners"))]
    return [*trail, (partner.name, reverse("admin:partner", args=[partner.pk]))] if partner else trail


@site.page("partners/<int:pk>/rate/", name="partner_rate", permission=SETTLE)
@require_POST
def agree(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Partner.objects.select_related("programme", "system"), pk=pk)
    form = RateForm(request.POST, prefix="rate")
    if form.is_valid():
        with showing(form):
            partner_settlements.agree(found, **form.agreed(found.programme.zone), by=request.user)
            messages.success(request, _("The rate is agreed."))
            return redirect("admin:partner", pk)
    return _page(request, found, rate=form)


@site.page("partners/<int:pk>/pack/", name="partner_pack", permission=SETTLE)
@require_POST
def sell(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Partner.objects.select_related("programme", "system"), pk=pk)
    form = PackForm(request.POST, prefix="pack")
    if form.is_valid():
        with showing(form):
            partner_settlements.sell_pack(found, **form.cleaned_data, by=request.user)
            messages.success(request, _("The pack is sold."))
            return redirect("admin:partner", pk)
    return _page(request, found, pack=form)


@site.page("partners/<int:pk>/settle/", name="settle_partner", permission=SETTLE)
@require_POST
def settle(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Partner, pk=pk)
    month = day(request.POST.get("month", "")[:10])
    try:
        if month is None:
            raise ValidationError(_("Say which month."))
        made = partner_settlements.issue_statement(found, month, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("admin:partner", pk)
    messages.success(request, _("The statement is issued."))
    return redirect("admin:partner_statement", made.pk)


@site.page("partners/statements/<int:pk>/", name="partner_statement", permission=VIEW)
def statement(request: StaffRequest, pk: int) -> HttpResponseBase:
    """One month's statement, to be read, printed, or taken as a file with every entry."""
    rows = PartnerStatement.objects.select_related("partner__programme", "by")
    found = get_object_or_404(rows, pk=pk)
    if as_file(request):
        name = f"statement-{found.partner.code}-{found.month:%Y-%m}.csv"
        return rows_to_csv(HEADER, _rows(found), filename=name)
    begins = arithmetic.start_of(found.month, found.partner.programme.zone)
    return site.render(
        request,
        "loyalty/partners/statement.html",
        business=settings.BUSINESS_NAME,
        title=_("Settlement statement"),
        breadcrumbs=_above(found.partner),
        statement=found,
        partner=found.partner,
        sheet=figures.of_statement(found, begins),
    )


HEADER = (
    "when",
    "kind",
    "points",
    "rate_money",
    "rate_points",
    "money_minor",
    "currency",
    "pack",
    "reference",
    "transaction",
)


def _rows(statement: PartnerStatement) -> Iterator[Sequence[Any]]:
    """Every entry; ``money_minor`` is exact, as a fraction where it is none of whole minor units."""
    entries = statement.entries.select_related("rate", "pack", "transaction").order_by("at", "pk")
    for entry in entries.iterator(chunk_size=1000):
        ways = entry.rate and (
            (entry.rate.issue_money, entry.rate.issue_points)
            if entry.kind in ("issue", "reversal")
            else (entry.rate.redeem_money, entry.rate.redeem_points)
        )
        money, points = ways or ("", "")
        made = entry.transaction
        exact = str(entry.money)
        yield (
            *(entry.at, entry.kind, entry.points, money, points, exact, statement.currency),
            *(entry.pack or "", made.reference, made.pk),
        )
    for pack in statement.pack_rows.order_by("bought_at", "pk"):
        yield (
            pack.bought_at,
            "pack",
            pack.points,
            "",
            "",
            str(pack.price),
            statement.currency,
            pack.reference,
            "",
            "",
        )
    yield ("", "total", "", "", "", str(statement.total), statement.currency, "", "", "")
