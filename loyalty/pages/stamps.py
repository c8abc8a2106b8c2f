"""Stamp cards: what is stamped, what a full card gives, and how many customers hold one."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from config.admin import site
from config.menu import Group
from customers.pages.listing import Order, keyset
from loyalty.actions import stamps
from loyalty.models import StampCard
from loyalty.reward_forms import StampCardForm
from people.requests import StaffRequest
from people.telling import showing, telling

VIEW, ADD, CHANGE = (f"loyalty.{verb}_stampcard" for verb in ("view", "add", "change"))
PER_PAGE = 50
BY_STATUS: Order = (["status", "name", "id"], [str, str, int])


@site.page(
    "stamps/",
    name="stamp_cards",
    permission=VIEW,
    menu=gettext_lazy("Stamp cards"),
    icon="approval",
    group=Group.LOYALTY,
    order=46,
)
def stamp_cards(request: StaffRequest) -> HttpResponse:
    cards = StampCard.objects.select_related("reward").annotate(
        people=Count("holders", distinct=True),
        full=Count("holders__full_cards", filter=Q(holders__full_cards__taken_back_at=None), distinct=True),
    )
    return site.render(
        request,
        "loyalty/rewards/stamp_cards.html",
        title=_("Stamp cards"),
        page=keyset(request, cards, BY_STATUS, limit=PER_PAGE),
        may={"add": request.user.has_perm(ADD), "change": request.user.has_perm(CHANGE)},
    )


@site.page("stamps/new/", name="stamp_card_new", permission=ADD)
def new(request: StaffRequest) -> HttpResponse:
    return _form(request, StampCard(stamps=10), _("New stamp card"))


@site.page("stamps/<int:pk>/", name="stamp_card", permission=CHANGE)
def change(request: StaffRequest, pk: int) -> HttpResponse:
    return _form(request, get_object_or_404(StampCard, pk=pk), _("Change stamp card"))


def _form(request: StaffRequest, card: StampCard, title: str) -> HttpResponse:
    form: Any = StampCardForm(request.POST or None, instance=card)
    if form.is_valid():
        with showing(form):
            stamps.set_up(form.instance)
            messages.success(request, _("The stamp card is saved."))
            return redirect("admin:stamp_cards")
    back = reverse("admin:stamp_cards")
    return site.render(
        request,
        "loyalty/rewards/form.html",
        title=title,
        breadcrumbs=[(_("Stamp cards"), back)],
        form=form,
        back=back,
    )


@site.page("stamps/<int:pk>/turn/", name="stamp_card_turn", permission=CHANGE)
@require_POST
def turn(request: StaffRequest, pk: int) -> HttpResponse:
    card = get_object_or_404(StampCard, pk=pk)
    ending = "end" in request.POST
    with telling(request) as say:
        if ending:
            stamps.close(card)
        else:
            stamps.offer(card)
        say(_("The card has ended.") if ending else _("Purchases are stamped from now on."))
    return redirect("admin:stamp_cards")
