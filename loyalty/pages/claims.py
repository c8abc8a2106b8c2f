"""Redemptions of rewards: the queue of what is to be handed over, and what one customer can have and had."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from config.admin import site
from config.menu import Group
from customers.models import Customer
from customers.pages.listing import NEWEST, Order, chosen, keyset
from loyalty import queries
from loyalty.actions import claims
from loyalty.models import Claim, Reward, Voucher
from loyalty.queries import rewards as questions
from loyalty.queries import stamps
from loyalty.queries.stamps import OnCard
from loyalty.reward_forms import ReasonForm
from people.requests import StaffRequest
from people.telling import showing, telling

VIEW, CLAIM, FULFIL, CANCEL = (
    f"loyalty.{name}" for name in ("view_claim", "claim_reward", "fulfil_claim", "cancel_claim")
)
PER_PAGE, FEW = 50, 5


@site.page(
    "redemptions/",
    name="claims",
    permission=VIEW,
    menu=gettext_lazy("Redemptions"),
    icon="local_shipping",
    group=Group.LOYALTY,
    order=42,
)
def queue(request: StaffRequest) -> HttpResponse:
    """What is to be handed over, oldest first; every other state, newest first."""
    status = chosen(request, "status", Claim.Status.values) or Claim.Status.WAITING
    found = Claim.objects.filter(status=status).select_related("reward", "customer")
    order: Order = (["id"], [int]) if status == Claim.Status.WAITING else NEWEST
    return site.render(
        request,
        "loyalty/rewards/queue.html",
        title=_("Redemptions"),
        page=keyset(request, found, order, limit=PER_PAGE),
        state=status,
        statuses=Claim.Status.choices,
        may=may(request),
    )


@site.page("redemptions/<int:pk>/", name="claim", permission=VIEW)
def claim_page(request: StaffRequest, pk: int) -> HttpResponse:
    """One redemption: what it cost, what became of it; handing it over, cancelling it."""
    rows = Claim.objects.select_related("reward", "customer", "voucher", "hold", "by", "handled_by")
    claim = get_object_or_404(rows, pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and request.user.has_perm(CANCEL) and form.is_valid():
        with showing(form):
            claims.cancel(claim, reason=form.cleaned_data["reason"], by=request.user)
            messages.success(request, _("It is cancelled, and the points are back where they came from."))
            return redirect("admin:claim", pk)
    return site.render(
        request,
        "loyalty/rewards/claim.html",
        title=claim.reward.name,
        breadcrumbs=[(_("Redemptions"), reverse("admin:claims"))],
        claim=claim,
        voucher=getattr(claim, "voucher", None),
        form=form,
        may=may(request),
    )


@site.page("redemptions/<int:pk>/hand-over/", name="claim_hand_over", permission=FULFIL)
@require_POST
def hand_over(request: StaffRequest, pk: int) -> HttpResponse:
    claim = get_object_or_404(Claim, pk=pk)
    with telling(request) as say:
        done = claims.hand_over(claim, by=request.user)
        names = {"customer": done.customer, "reward": done.reward}
        say(_("%(customer)s has %(reward)s.") % names)
    return redirect("admin:claims")


@site.page("customers/<int:pk>/rewards/", name="customer_rewards", permission=VIEW)
def of_customer(request: StaffRequest, pk: int) -> HttpResponse:
    """What a customer can have now and what is missing for the rest, what they had, their vouchers and stamps."""
    customer = get_object_or_404(Customer.objects.standing(), pk=pk)
    return site.render(
        request,
        "loyalty/rewards/customer.html",
        title=_("Rewards"),
        breadcrumbs=[(str(customer), reverse("admin:customer", args=[pk]))],
        key=f"page:{uuid4()}",
        offers=questions.offers(customer),
        balance=queries.balance(customer),
        may=may(request),
        **_belongings(request, customer),
    )


@site.page("customers/<int:pk>/rewards/<int:reward>/take/", name="take_reward", permission=CLAIM)
@require_POST
def take(request: StaffRequest, pk: int, reward: int) -> HttpResponse:
    """On a customer's behalf. Where it costs money too, it is held until that is paid."""
    customer = get_object_or_404(Customer.objects.standing(), pk=pk)
    wanted = get_object_or_404(Reward, pk=reward)
    act = claims.hold if wanted.money else claims.take
    try:
        claim = act(customer, wanted, key=request.POST.get("key", "")[:90] or None, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("admin:customer_rewards", pk)
    messages.success(request, _("%(customer)s has %(reward)s.") % {"customer": customer, "reward": wanted})
    return redirect("admin:claim", claim.pk)


@site.page("redemptions/<int:pk>/settle/", name="claim_settle", permission=CLAIM)
@require_POST
def settle(request: StaffRequest, pk: int) -> HttpResponse:
    """The money that a reward costs besides is paid, or will not be."""
    claim = get_object_or_404(Claim, pk=pk)
    with telling(request):
        if "paid" in request.POST:
            claims.capture(claim, by=request.user)
        else:
            claims.void(claim, by=request.user)
    return redirect("admin:claim", pk)


@site.panel("customer", title=gettext_lazy("Rewards and vouchers"), permission=VIEW, order=25)
def on_the_customer_page(request: HttpRequest, customer: Customer) -> tuple[str, dict[str, Any]]:
    taken, held = _had(customer)
    few = {"claims": taken[:FEW], "vouchers": held[:FEW], "cards": _cards(customer)}
    return "loyalty/rewards/panel.html", {"may": may(request), "customer": customer, **few}


@site.home(permission=FULFIL, title=gettext_lazy("Rewards to hand over"), order=45)
def to_hand_over(request: HttpRequest) -> tuple[str, dict[str, Any]] | None:
    waiting = Claim.objects.filter(status=Claim.Status.WAITING).select_related("reward", "customer")
    found = list(waiting.order_by("captured_at")[:FEW])
    return ("loyalty/rewards/home.html", {"waiting": found}) if found else None


def _belongings(request: StaffRequest, customer: Customer) -> dict[str, Any]:
    """All that they had, in pages."""
    taken, held = _had(customer)
    page = keyset(request, held, limit=PER_PAGE)
    return {
        "customer": customer,
        "claims": Paginator(taken, PER_PAGE).get_page(request.GET.get("page")),
        "vouchers": page.rows,
        "voucher_page": page,
        "cards": _cards(customer),
    }


def _had(customer: Customer) -> tuple[QuerySet[Claim], QuerySet[Voucher]]:
    """Claims and vouchers, the latest first."""
    taken = Claim.objects.filter(customer=customer).select_related("reward").order_by("-claimed_at", "-pk")
    return taken, Voucher.objects.filter(customer=customer).order_by("-pk")


def _cards(customer: Customer) -> list[OnCard]:
    return [card for card in stamps.of_customer(customer) if card.stamps or card.full]


def may(request: HttpRequest) -> dict[str, bool]:
    wanted = {"claim": CLAIM, "fulfil": FULFIL, "cancel": CANCEL, "vouchers": "loyalty.view_voucher"}
    return {name: request.user.has_perm(permission) for name, permission in wanted.items()}
