"""Vouchers: found by their code, its end or their owner; looked at, released, revoked. Codes are shown to few."""

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from config.admin import site
from config.menu import Group
from customers.actions import history
from customers.models import AccessLog
from customers.pages.listing import chosen, keyset
from loyalty import codes
from loyalty.actions import guesses, vouchers
from loyalty.models import Voucher
from loyalty.reward_forms import ReasonForm
from people.requests import StaffRequest
from people.telling import showing, telling

VIEW, REVEAL = "loyalty.view_voucher", "loyalty.reveal_voucher"
REVOKE, REDEEM = "loyalty.revoke_voucher", "loyalty.redeem_voucher"
Status, PER_PAGE = Voucher.Status, 50


@site.page(
    "vouchers/",
    name="vouchers",
    permission=VIEW,
    menu=gettext_lazy("Vouchers"),
    icon="confirmation_number",
    group=Group.LOYALTY,
    order=44,
)
def search(request: StaffRequest) -> HttpResponse:
    """A whole code leads to its voucher; its last four signs, a customer's number or a state to a list."""
    asked = request.GET.get("query", "").strip()
    if codes.is_well_formed(asked):
        with telling(request):
            return redirect("admin:voucher", guesses.find(asked, caller=request.user.pk).pk)
    found, now = Voucher.objects.select_related("customer"), timezone.now()
    if state := chosen(request, "state", Status.values):
        gone = Q(status=Status.OPEN, expires_at__lte=now)  # what has not been written down yet
        found = found.filter(Q(status=state) | gone if state == Status.EXPIRED else Q(status=state) & ~gone)
    if asked:
        found = found.filter(Q(ending=codes.plain(asked)[-4:]) | Q(customer__number=asked))
    return site.render(
        request,
        "loyalty/rewards/vouchers.html",
        title=_("Vouchers"),
        page=keyset(request, found, limit=PER_PAGE),
        query="" if codes.is_well_formed(asked) else asked,
        state=state,
        states=[("", _("All")), *Status.choices],
        now=now,
    )


@site.page("vouchers/<int:pk>/", name="voucher", permission=VIEW)
def voucher_page(request: StaffRequest, pk: int) -> HttpResponse:
    rows = Voucher.objects.select_related("customer", "reward", "claim", "batch", "by")
    voucher = get_object_or_404(rows, pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and request.user.has_perm(REVOKE) and form.is_valid():
        with showing(form):
            vouchers.revoke(voucher, reason=form.cleaned_data["reason"], by=request.user)
            messages.success(request, _("The voucher is worth nothing any more."))
            return redirect("admin:voucher", pk)
    return _show(request, voucher, form=form)


@site.page("vouchers/<int:pk>/code/", name="voucher_code", permission=REVEAL)
@require_POST
def reveal(request: StaffRequest, pk: int) -> HttpResponse:
    """The code in clear; who looked is written down."""
    voucher = get_object_or_404(Voucher.objects.select_related("customer", "reward", "claim", "batch", "by"), pk=pk)
    if voucher.customer:
        history.note(voucher.customer, AccessLog.What.VIEWED, by=request.user, fields=["voucher code"])
    return _show(request, voucher, form=ReasonForm(), code=vouchers.code_of(voucher))


@site.page("vouchers/<int:pk>/release/", name="voucher_release", permission=REDEEM)
@require_POST
def release(request: StaffRequest, pk: int) -> HttpResponse:
    voucher = get_object_or_404(Voucher, pk=pk)
    with telling(request) as say:
        vouchers.release(voucher, reference=request.POST.get("reference", ""), by=request.user)
        say(_("The voucher can be used again."))
    return redirect("admin:voucher", pk)


def _show(request: StaffRequest, voucher: Voucher, *, form: ReasonForm, code: str = "") -> HttpResponse:
    state = voucher.state(timezone.now())
    return site.render(
        request,
        "loyalty/rewards/voucher.html",
        title=str(voucher),
        breadcrumbs=[(_("Vouchers"), reverse("admin:vouchers"))],
        voucher=voucher,
        state=Voucher.Status(state),
        uses=voucher.used.select_related("customer", "by").order_by("-at")[:PER_PAGE],
        code=code,
        form=form,
        may={
            "reveal": request.user.has_perm(REVEAL),
            "revoke": request.user.has_perm(REVOKE) and state == Voucher.Status.OPEN,
            "release": request.user.has_perm(REDEEM) and state != Voucher.Status.REVOKED,
        },
    )
