"""Earnings that wait until somebody has looked at what they are for."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from config.admin import site
from config.menu import Group
from customers.pages.listing import keyset
from loyalty.actions import reviews
from loyalty.models import EarningReview
from people.requests import StaffRequest
from people.telling import telling

VIEW, DECIDE = "loyalty.view_earningreview", "loyalty.decide_earningreview"
PER_PAGE = 25
RELATED = ("customer", "award__rule", "award__calculation__fact", "award__calculation__purchase", "decided_by")


@site.page(
    "earnings/",
    name="earning_reviews",
    permission=VIEW,
    menu=gettext_lazy("Earnings to look at"),
    icon="fact_check",
    group=Group.LOYALTY,
    order=35,
)
def review_list(request: StaffRequest) -> HttpResponse:
    decided = request.GET.get("state") == "decided"
    found = EarningReview.objects.select_related(*RELATED)
    rows = found.exclude(state="waiting") if decided else found.filter(state="waiting")
    return site.render(
        request,
        "loyalty/rules/reviews.html",
        title=_("Earnings to look at"),
        page=keyset(request, rows, limit=PER_PAGE),
        decided=decided,
        may_decide=request.user.has_perm(DECIDE),
    )


@site.page("earnings/<int:pk>/decide/", name="decide_earning", permission=DECIDE)
@require_POST
def decide(request: StaffRequest, pk: int) -> HttpResponse:
    review = get_object_or_404(EarningReview, pk=pk)
    approve = "approve" in request.POST
    with telling(request) as say:
        if approve:
            reviews.approve(review, by=request.user)
        else:
            reviews.decline(review, reason=request.POST.get("reason", ""), by=request.user)
        say(_("The points are given.") if approve else _("No points are given."))
    return redirect("admin:earning_reviews")


@site.home(permission=DECIDE, title=gettext_lazy("Earnings to look at"), order=42)
def waiting_earnings(request: HttpRequest) -> tuple[str, dict[str, Any]] | None:
    found = list(EarningReview.objects.filter(state="waiting").select_related(*RELATED).order_by("pk")[:5])
    return ("loyalty/rules/home_reviews.html", {"waiting": found}) if found else None
