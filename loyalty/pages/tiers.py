"""Tiers: what applies, the draft of what comes next and who would move by it, and a customer's own."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from config.admin import site
from config.menu import Group
from customers.models import Customer
from loyalty import arithmetic, lasting
from loyalty.actions import programmes, tiers
from loyalty.actions.tiers import RULES, Step
from loyalty.models import Benefit, Programme, TierChange, TierFloor, TierTable
from loyalty.queries import expiries, standings
from loyalty.queries.benefits import benefits_of, of_tier
from loyalty.queries.memberships import membership_at
from loyalty.queries.standings import Ladder
from loyalty.tier_forms import GrantForm, Steps, TableForm, kept, typed
from people.requests import StaffRequest
from people.telling import showing

VIEW, DRAFT, APPLY, GRANT = (
    f"loyalty.{name}" for name in ("view_tiertable", "change_tiertable", "apply_tiertable", "grant_tier")
)
CHANGES = 20


@site.page(
    "tiers/",
    name="tiers",
    permission=VIEW,
    menu=gettext_lazy("Tiers"),
    icon="military_tech",
    group=Group.LOYALTY,
    order=40,
)
def tier_page(request: StaffRequest) -> HttpResponse:
    programme = programmes.main(fresh=True)
    ladder = standings.ladder_at(programme, timezone.now())
    drafted = TierTable.objects.filter(programme=programme, starts_at=None).first()
    latest = TierChange.objects.filter(programme=programme).select_related("customer").order_by("-pk")[:CHANGES]
    changes = sorted(latest, key=lambda change: change.at, reverse=True)
    return site.render(
        request,
        "loyalty/tiers/tiers.html",
        title=_("Tiers"),
        programme=programme,
        ladder=ladder,
        rows=tier_rows(programme, ladder) if ladder else [],
        coming=TierTable.objects.filter(programme=programme, starts_at__gt=timezone.now()).order_by("starts_at"),
        draft=drafted,
        changes=[(change, named(ladder, change.was), named(ladder, change.tier)) for change in changes],
        may_draft=request.user.has_perm(DRAFT),
    )


def tier_rows(programme: Programme, ladder: Ladder) -> list[dict[str, Any]]:
    """The tiers from the highest, with who stands there and what they have."""
    benefits = list(Benefit.objects.filter(programme=programme, active=True).exclude(tier="").order_by("name"))
    count = standings.count_by_tier(programme)
    return [
        {
            "tier": tier,
            "members": count.get(tier.code, 0),
            "benefits": of_tier(benefits, ladder, tier.code),
            "lasts": "" if tier.points_last is None else lasting.in_words(expiries.of_tier(tier, programme)),
        }
        for tier in reversed(ladder.tiers)
    ]


def named(ladder: Ladder | None, code: str) -> str:
    return ladder.named(code) if ladder else code


@site.page("tiers/draft/", name="draft_tiers", permission=DRAFT)
def draft(request: StaffRequest) -> HttpResponse:
    """Change the draft, or begin one; with ``?preview`` also who would move."""
    programme = programmes.main(fresh=True)
    drafted = TierTable.objects.filter(programme=programme, starts_at=None).first()
    table, there = (drafted, list(drafted.tiers.all())) if drafted else tiers.begun(programme)
    form = TableForm(request.POST or None, initial={name: getattr(table, name) for name in RULES})
    columns = ("name", "code", "threshold", "keeps", "points_last")
    rows = [{column: getattr(tier, column) for column in columns} for tier in there]
    for row in rows:
        row["threshold"] = typed(row["threshold"], by=table.qualify_by, currency=programme.currency)
    # What is sent counts whole: beside rows that somebody else has added since, the same one would pass for untouched.
    steps = Steps(request.POST) if request.POST else Steps(initial=rows)
    if form.is_valid() and steps.is_valid():
        said = [row.cleaned_data for row in steps if row.cleaned_data.get("name")]
        counted = {"by": form.cleaned_data["qualify_by"], "currency": programme.currency}
        try:
            wanted = [Step(**row | {"threshold": kept(row["threshold"], **counted)}) for row in said]
            tiers.draft(programme, steps=wanted, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect(reverse("admin:draft_tiers") + "?preview=1")
    wants_preview = drafted and "preview" in request.GET and request.method == "GET" and bool(rows)
    return site.render(
        request,
        "loyalty/tiers/draft.html",
        title=_("Draft of the tiers"),
        breadcrumbs=[(_("Tiers"), reverse("admin:tiers"))],
        form=form,
        steps=steps,
        table=table,
        preview=standings.preview(table) if wants_preview else None,
        seen=tiers.mark(table) if wants_preview else "",
        may_apply=request.user.has_perm(APPLY),
    )


@site.page("tiers/draft/apply/", name="apply_tiers", permission=APPLY)
@require_POST
def apply(request: StaffRequest) -> HttpResponse:
    """Apply the draft, or throw it away."""
    programme = programmes.main(fresh=True)
    table = TierTable.objects.filter(programme=programme, starts_at=None).first()
    if table is None:
        messages.info(request, _("There is no draft any more: somebody has let it apply, or thrown it away."))
        return redirect("admin:tiers")
    try:
        if "discard" in request.POST:
            tiers.discard(table)
            messages.success(request, _("The draft is thrown away."))
        else:
            tiers.apply(table, by=request.user, seen=request.POST.get("seen", ""))
            messages.success(request, _("The tiers apply, and everybody stands where they belong."))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect(reverse("admin:draft_tiers") + "?preview=1")
    return redirect("admin:tiers")


@site.page("tiers/customers/<int:pk>/", name="grant_tier", permission=GRANT)
def grant(request: StaffRequest, pk: int) -> HttpResponse:
    """Let a customer stand no lower than a tier for a time."""
    customer = get_object_or_404(Customer.objects.standing(), pk=pk)
    programme = programmes.main(fresh=True)
    ladder = standings.ladder_at(programme, timezone.now())
    choices = [(tier.code, tier.name) for tier in ladder.tiers[1:]] if ladder else []
    form = GrantForm(request.POST or None, tiers=choices)
    if form.is_valid():
        said = form.cleaned_data
        until = said["until"] and arithmetic.start_of(said["until"] + timedelta(days=1), programme.zone)
        with showing(form):
            tiers.grant(customer, said["tier"], reason=said["reason"], until=until, by=request.user)
            messages.success(request, _("The tier is granted."))
            return redirect("admin:customer", pk)
    floors = TierFloor.objects.filter(customer=customer, membership=None).exclude(ends_at__lte=timezone.now())
    return site.render(
        request,
        "loyalty/tiers/grant.html",
        title=_("Grant a tier"),
        breadcrumbs=[(str(customer), reverse("admin:customer", args=[pk]))],
        customer=customer,
        form=form,
        floors=[(floor, named(ladder, floor.tier)) for floor in floors.select_related("by").order_by("-pk")],
    )


@site.page("tiers/granted/<int:pk>/withdraw/", name="withdraw_tier", permission=GRANT)
@require_POST
def withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    floor = get_object_or_404(TierFloor.objects.select_related("customer"), pk=pk, membership=None)
    tiers.withdraw(floor)
    messages.success(request, _("The tier is no longer granted."))
    return redirect("admin:grant_tier", floor.customer_id)


@site.panel("customer", title=gettext_lazy("Tier and membership"), permission="loyalty.view_standing", order=25)
def on_the_customer_page(request: HttpRequest, customer: Customer) -> tuple[str, dict[str, Any]] | None:
    if customer.status != Customer.Status.ACTIVE:
        return None
    progress = standings.progress(customer)
    membership = membership_at(customer)
    changes = TierChange.objects.filter(customer=customer).order_by("-at", "-pk")[:5]
    ladder = progress.ladder if progress else None
    may = {name: request.user.has_perm(f"loyalty.{name}") for name in ("grant_tier", "sell_membership", "give_points")}
    if progress is None and membership is None and not any(may.values()):
        return None
    return "loyalty/tiers/panel.html", {
        "customer": customer,
        "progress": progress,
        "membership": membership,
        "benefits": benefits_of(customer),
        "changes": [(change, named(ladder, change.was), named(ladder, change.tier)) for change in changes],
        "may": may,
    }
