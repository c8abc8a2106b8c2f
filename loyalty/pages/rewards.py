"""The catalogue of rewards: what there is, what it costs, who may have it; giving rewards and printing codes."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from config.admin import site
from config.menu import Group
from customers.models import Customer
from customers.pages.listing import all_of, chosen, keyset
from customers.spreadsheets import rows_to_csv
from loyalty.actions import programmes, rewards, vouchers
from loyalty.models import Reward, VoucherBatch
from loyalty.reward_forms import CodesForm, GiftForm, RewardForm
from people.requests import StaffRequest
from people.telling import showing, telling

VIEW, ADD, CHANGE = (f"loyalty.{verb}_reward" for verb in ("view", "add", "change"))
ISSUE, REVEAL = "loyalty.issue_reward", "loyalty.reveal_voucher"
PER_PAGE = 50


def trail(*above: Reward) -> list[tuple[str, str]]:
    links = [(_("Rewards"), reverse("admin:rewards"))]
    return links + [(reward.name, reverse("admin:reward", args=[reward.pk])) for reward in above]


@site.page(
    "rewards/",
    name="rewards",
    permission=VIEW,
    menu=gettext_lazy("Rewards"),
    icon="redeem",
    group=Group.LOYALTY,
    order=40,
)
def catalogue(request: StaffRequest) -> HttpResponse:
    status = chosen(request, "status", Reward.Status.values) or Reward.Status.LIVE
    found = Reward.objects.filter(status=status).select_related("programme", "segment")
    return site.render(
        request,
        "loyalty/rewards/list.html",
        title=_("Rewards"),
        page=keyset(request, found, (["points", "id"], [int, int]), limit=PER_PAGE),
        state=status,
        statuses=Reward.Status.choices,
        may_add=request.user.has_perm(ADD),
    )


@site.page("rewards/new/", name="reward_new", permission=ADD)
def new(request: StaffRequest) -> HttpResponse:
    rules = programmes.main(fresh=True)
    return _form(request, Reward(programme=rules, currency=rules.currency), _("New reward"))


@site.page("rewards/<int:pk>/change/", name="reward_change", permission=CHANGE)
def change(request: StaffRequest, pk: int) -> HttpResponse:
    return _form(request, get_object_or_404(Reward.objects.select_related("programme"), pk=pk), _("Change reward"))


def _form(request: StaffRequest, reward: Reward, title: str) -> HttpResponse:
    known = trail(reward) if reward.pk else trail()
    form = RewardForm(request.POST or None, instance=reward)
    if form.is_valid():
        with showing(form):
            saved = rewards.set_up(form.instance, restock="stock" in form.changed_data)
            messages.success(request, _("The reward is saved."))
            return redirect("admin:reward", saved.pk)
    return site.render(
        request, "loyalty/rewards/form.html", title=title, breadcrumbs=known, form=form, back=known[-1][1]
    )


@site.page("rewards/<int:pk>/", name="reward", permission=VIEW)
def reward_page(request: StaffRequest, pk: int) -> HttpResponse:
    reward = get_object_or_404(Reward.objects.select_related("programme", "segment"), pk=pk)
    claims = reward.claims.aggregate(
        taken=Count("pk", filter=Q(origin="taken", status__in=["held", "waiting", "done"])),
        given=Count("pk", filter=~Q(origin="taken") & Q(status__in=["waiting", "done"])),
        waiting=Count("pk", filter=Q(status="waiting")),
        undone=Count("pk", filter=Q(status__in=["cancelled", "returned", "lapsed", "voided"])),
    )
    codes = reward.vouchers.aggregate(
        open=Count("pk", filter=Q(status="open")),
        used=Count("pk", filter=Q(status="used")),
        ended=Count("pk", filter=Q(status__in=["expired", "revoked"])),
    )
    may = {"change": CHANGE, "issue": ISSUE, "reveal": REVEAL}
    return site.render(
        request,
        "loyalty/rewards/reward.html",
        title=reward.name,
        breadcrumbs=trail(),
        reward=reward,
        claims=claims,
        codes=codes,
        batches=reward.batches.order_by("-pk")[:20],
        may={name: request.user.has_perm(permission) for name, permission in may.items()},
    )


@site.page("rewards/<int:pk>/turn/", name="reward_turn", permission=CHANGE)
@require_POST
def turn(request: StaffRequest, pk: int) -> HttpResponse:
    reward = get_object_or_404(Reward, pk=pk)
    with telling(request) as say:
        if "retire" in request.POST:
            rewards.retire(reward)
        else:
            rewards.offer(reward)
        retired = "retire" in request.POST
        say(_("The reward is retired.") if retired else _("Customers can have it now."))
    return redirect("admin:reward", pk)


@site.page("rewards/<int:pk>/give/", name="reward_give", permission=ISSUE)
def give(request: StaffRequest, pk: int) -> HttpResponse:
    """To one customer, who pays nothing for it."""
    reward = get_object_or_404(Reward, pk=pk)
    initial = {"key": f"page:{uuid4()}", "number": request.GET.get("number", "")}
    form = GiftForm(request.POST or None, initial=initial)
    if form.is_valid():
        values = form.cleaned_data
        customer = Customer.objects.filter(number=values["number"].strip()).select_related("merged_into").first()
        if customer is None:
            form.add_error("number", _("There is no customer with this number."))
        else:
            with showing(form):
                rewards.issue(reward, to=customer, reason=values["reason"], key=values["key"], by=request.user)
                messages.success(request, _("%(customer)s has it.") % {"customer": customer})
                return redirect("admin:customer", (customer.merged_into or customer).pk)
    return _small_form(request, reward, form, _("Give to a customer"), _("Give"))


@site.page("rewards/<int:pk>/codes/", name="reward_codes", permission=ISSUE)
def print_codes(request: StaffRequest, pk: int) -> HttpResponse:
    reward = get_object_or_404(Reward, pk=pk)
    form = CodesForm(request.POST or None, initial={"key": f"page:{uuid4()}"})
    if form.is_valid():
        with showing(form):
            batch = rewards.print_codes(reward, **_without_number(form.cleaned_data), by=request.user)
            said = ngettext("%(many)s code is made.", "%(many)s codes are made.", batch.many)
            messages.success(request, said % {"many": batch.many})
            return redirect("admin:reward", pk)
    return _small_form(request, reward, form, _("Make codes"), _("Make codes"))


def _without_number(values: dict[str, Any]) -> dict[str, Any]:
    return {"many": values["many"], "name": values["name"], "key": values["key"]}


def _small_form(request: StaffRequest, reward: Reward, form: Any, title: str, verb: str) -> HttpResponse:
    return site.render(
        request,
        "components/form_page.html",
        title=title,
        breadcrumbs=trail(reward),
        form=form,
        verb=verb,
        back=reverse("admin:reward", args=[reward.pk]),
    )


@site.page("rewards/batches/<int:pk>/", name="voucher_batch", permission=REVEAL)
def batch_as_file(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The codes of a batch in clear, for the printer."""
    batch = get_object_or_404(VoucherBatch, pk=pk)
    rows = ([vouchers.code_of(voucher), voucher.name, voucher.expires_at] for voucher in all_of(batch.vouchers.all()))
    return rows_to_csv([_("Code"), _("Reward"), _("Expires")], rows, filename=f"codes-{batch.pk}.csv")
