"""Gifts of points among customers: made as one asks for it, what waits for its giver, what became of the others."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from config.admin import site
from config.menu import Group
from customers.models import Customer
from customers.pages.listing import chosen, keyset
from loyalty import queries
from loyalty.actions import point_gifts, programmes
from loyalty.forms import PointGiftForm
from loyalty.models import PointGift
from loyalty.pages.statements import GIVE, trail
from people.requests import StaffRequest
from people.telling import showing, telling

VIEW, DECIDE = "loyalty.view_pointgift", "loyalty.change_pointgift"


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


@site.page("point-gifts/customers/<int:pk>/", name="give_point_gift", permission=GIVE)
def give(request: StaffRequest, pk: int) -> HttpResponse:
    """Give a customer's points to another, as the giver has asked; limits and the wait are the programme's."""
    customer = get_object_or_404(Customer.objects.standing(), pk=pk)
    form = PointGiftForm(request.POST or None, initial={"key": f"page:{uuid4()}"})
    if form.is_valid():
        said = form.cleaned_data
        with showing(form):
            gift = point_gifts.give(customer, said["points"], to=said["number"], key=said["key"], by=request.user)
            waits = gift.status == PointGift.Status.WAITING
            said_so = (
                _("The gift to %(name)s waits for its giver.") if waits else _("The points are with %(name)s now.")
            )
            messages.success(request, said_so % {"name": gift.taker})
            return redirect("admin:points_statement", pk)
    return site.render(
        request,
        "loyalty/households/give.html",
        title=_("Give points to another customer"),
        breadcrumbs=trail(customer),
        customer=customer,
        balance=queries.balance(customer),
        rules=programmes.main(fresh=True),
        form=form,
    )


@site.page("point-gifts/<int:pk>/", name="decide_point_gift", permission=DECIDE)
@require_POST
def decide(request: StaffRequest, pk: int) -> HttpResponse:
    """For a giver who says so: let the points go over, or let the gift be."""
    gift = get_object_or_404(PointGift, pk=pk)
    with telling(request):
        if "confirm" in request.POST:
            point_gifts.confirm(gift, by=request.user)
            messages.success(request, _("The points have gone over."))
        else:
            point_gifts.decline(gift)
            messages.success(request, _("The points stay where they are."))
    return redirect("admin:point_gifts")
