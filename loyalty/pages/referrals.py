"""Who brought whom: what waits to be looked at, who shares what with whom, and the part on the customer page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from config.admin import site
from config.menu import Group
from customers.models import Customer
from customers.pages.listing import keyset
from loyalty.actions import programmes, referrals
from loyalty.models import Referral, ReferralCode
from loyalty.queries import referrals as questions
from people.requests import StaffRequest
from people.telling import telling

VIEW, DECIDE = "loyalty.view_referral", "loyalty.decide_referral"
PER_PAGE, WAITING, ON_THE_CUSTOMER_PAGE = 25, 50, 5


@site.page(
    "referrals/",
    name="referrals",
    permission=VIEW,
    menu=gettext_lazy("Referrals"),
    icon="group_add",
    group=Group.LOYALTY,
    order=50,
)
def referral_list(request: StaffRequest) -> HttpResponse:
    everything = Referral.objects.select_related("referrer", "friend", "purchase", "decided_by")
    return site.render(
        request,
        "loyalty/referrals/list.html",
        title=_("Referrals"),
        rules=questions.rules_of(programmes.main(fresh=True)),
        waiting=questions.waiting()[:WAITING],
        more=max(0, questions.waiting().count() - WAITING),
        clusters=questions.clusters(),
        page=keyset(request, everything, limit=PER_PAGE),
        may_decide=request.user.has_perm(DECIDE),
        may_set_up=request.user.has_perm("loyalty.change_referralrules"),
    )


@site.page("referrals/<int:pk>/decide/", name="decide_referral", permission=DECIDE)
@require_POST
def decide(request: StaffRequest, pk: int) -> HttpResponse:
    referral = get_object_or_404(Referral, pk=pk)
    approve = "approve" in request.POST
    with telling(request) as say:
        if approve:
            referrals.approve(referral, by=request.user)
        else:
            referrals.decline(referral, reason=request.POST.get("reason", ""), by=request.user)
        say(_("Both are rewarded.") if approve else _("Nobody is rewarded."))
    return redirect("admin:referrals")


@site.home(permission=DECIDE, title=gettext_lazy("Referrals to look at"), order=43)
def waiting_referrals(request: HttpRequest) -> tuple[str, dict[str, Any]] | None:
    found = list(questions.waiting()[:5])
    return ("loyalty/referrals/home.html", {"waiting": found}) if found else None


@site.panel("customer", title=gettext_lazy("Friends"), permission=VIEW, order=40)
def on_the_customer_page(request: HttpRequest, customer: Customer) -> tuple[str, dict[str, Any]] | None:
    """Where there is something to tell: their code, who brought them, whom they brought."""
    found = list(questions.of_customer(customer)[:ON_THE_CUSTOMER_PAGE])
    code = ReferralCode.objects.filter(customer=customer).select_related("rules__programme").order_by("pk").first()
    if not found and code is None:
        return None
    so_far = questions.tally(customer, code.rules, at=timezone.now()) if code else None
    return "loyalty/referrals/panel.html", {"customer": customer, "found": found, "code": code, "so_far": so_far}
