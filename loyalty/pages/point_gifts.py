"""Gifts of points among customers: what waits for its giver, and what became of the others."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from config.admin import site
from config.menu import Group
from customers.pages.listing import chosen, keyset
from loyalty.actions import point_gifts
from loyalty.models import PointGift
from people.requests import StaffRequest

VIEW, DECIDE = "loyalty.view_pointgift", "loyalty.transfer_points"


@site.page(
    "point-gifts/",
    name="point_gifts",
    permission=VIEW,
    menu=gettext_lazy("Gifts of points"),
    icon="volunteer_activism",
    group=Group.LOYALTY,
    order=76,
)
def gift_list(request: StaffRequest) -> HttpResponse:
    """Those that wait, or with ``?status=`` any others."""
    status = chosen(request, "status", PointGift.Status.values) or PointGift.Status.WAITING
    found = PointGift.objects.filter(status=status).select_related("giver", "taker", "asked_by")
    return site.render(
        request,
        "loyalty/households/gifts.html",
        title=_("Gifts of points"),
        page=keyset(request, found, limit=25),
        state=status,
        choices=PointGift.Status.choices,
        may_decide=request.user.has_perm(DECIDE) and status == PointGift.Status.WAITING,
    )


@site.page("point-gifts/<int:pk>/", name="decide_point_gift", permission=DECIDE)
@require_POST
def decide(request: StaffRequest, pk: int) -> HttpResponse:
    """For a giver who says so: let the points go over, or let the gift be."""
    gift = get_object_or_404(PointGift, pk=pk)
    try:
        if "confirm" in request.POST:
            point_gifts.confirm(gift, by=request.user)
            messages.success(request, _("The points have gone over."))
        else:
            point_gifts.decline(gift)
            messages.success(request, _("The points stay where they are."))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("admin:point_gifts")
