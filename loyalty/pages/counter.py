"""Purchases that staff write down, and bill again. Here because points are earned with them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from config.admin import site
from customers.models import Customer, Purchase
from customers.orders import OrderLine
from customers.pages.customer import trail
from loyalty.actions import counter, programmes, quotes
from loyalty.actions.earning import Receipt
from loyalty.actions.quotes import Basket
from loyalty.pages.purchases import UNDO, above, cancelled_already, link
from loyalty.purchase_forms import Draft
from loyalty.queries import paying
from loyalty.rules.matching import Item
from people.requests import StaffRequest

RECORD, REDEEM = "customers.record_purchase", "loyalty.redeem_points"


@site.page("customers/<int:pk>/purchases/new/", name="record_purchase", permission=RECORD)
def record(request: StaffRequest, pk: int) -> HttpResponse:
    """What somebody has a receipt of, line by line, with what it comes to and what it will earn."""
    customer = get_object_or_404(Customer.objects.standing(), pk=pk)
    draft = _posted(request) or Draft.new(customer, points=_may_pay(request))
    if "record" in request.POST and draft.is_valid():
        try:
            receipt = counter.record(draft.order(customer), by=request.user)
        except ValidationError as refusal:
            draft.show(refusal)
        else:
            return _recorded(request, receipt)
    return _page(request, customer, draft, title=_("Record a purchase"), breadcrumbs=trail(customer))


@site.page("purchases/<int:pk>/bill-again/", name="bill_again", permission=UNDO)
def bill_again(request: StaffRequest, pk: int) -> HttpResponse:
    """The purchase as it was, to be put right: the wrong one is cancelled, and each names the other."""
    if not request.user.has_perm(RECORD):
        raise PermissionDenied
    wrong = get_object_or_404(
        Purchase.objects.select_related("customer", "source"), pk=pk, customer__status=Customer.Status.ACTIVE
    )
    draft = _posted(request) or Draft.of(wrong, points=_may_pay(request))
    if "record" in request.POST and draft.is_valid():
        try:
            receipt = counter.bill_again(wrong, draft.order(wrong.customer), by=request.user)
        except ValidationError as refusal:
            draft.show(refusal)
        else:
            return _recorded(request, receipt)
    elif request.method != "POST" and not wrong.standing:
        return cancelled_already(request, wrong)
    return _page(request, wrong.customer, draft, title=_("Bill again"), breadcrumbs=above(wrong), wrong=wrong)


def _posted(request: StaffRequest) -> Draft | None:
    if request.method != "POST":
        return None
    judged = "add" not in request.POST and "drop" not in request.POST
    return Draft.posted(request.POST.dict(), judged=judged, points=_may_pay(request))


def _may_pay(request: StaffRequest) -> bool:
    return paying.rate(programmes.main()) is not None and request.user.has_perm(REDEEM)


def _recorded(request: StaffRequest, receipt: Receipt) -> HttpResponse:
    purchase = receipt.recorded.purchase
    assert purchase is not None
    if not receipt.recorded.created:
        messages.info(request, _("This purchase was recorded before; nothing was written a second time."))
    else:
        said = ngettext("It has earned %(points)s point.", "It has earned %(points)s points.", receipt.points)
        points = said % {"points": f"{receipt.points:,}"} if receipt.points else _("It earns no points.")
        messages.success(request, f"{_('The purchase is recorded.')} {points}")
    return redirect("admin:purchase", purchase.pk)


def _page(request: StaffRequest, customer: Customer, draft: Draft, **context: Any) -> HttpResponse:
    """The form; where something is wrong with it that is said, and nothing that was typed is lost."""
    if "check" in request.POST:
        draft.is_valid()
    number, source = draft.head["number"].value(), draft.head["source"].value()
    taken = draft.head.has_error("number") and Purchase.objects.filter(source__code=source, number=number).first()
    refused = any(form.errors for form in [draft.head, *draft.rows])
    latest = list(customer.purchases.order_by("-at", "-pk").values_list("channel", "store")[:25])
    return site.render(
        request,
        "loyalty/purchases/record.html",
        customer=customer,
        draft=draft,
        taken=taken or None,
        refused=refused,
        channels=sorted({channel for channel, _store in latest if channel}),
        stores=sorted({store for _channel, store in latest if store}),
        **_worth(draft, customer, billed_again="wrong" in context),
        **context,
    )


@site.page("customers/<int:pk>/purchases/new/rows/", name="purchase_rows", permission=RECORD)
@require_POST
def rows(request: StaffRequest, pk: int) -> HttpResponse:
    """The rows again, after one was added or dropped."""
    customer = get_object_or_404(Customer.objects.standing(), pk=pk)
    draft = Draft.posted(request.POST.dict(), judged=False, points=False)
    answer = render(request, "loyalty/purchases/_rows.html", {"customer": customer, "draft": draft})
    answer["HX-Trigger-After-Swap"] = "rows-changed"
    return answer


@site.page("customers/<int:pk>/purchases/new/worth/", name="purchase_worth", permission=RECORD)
@require_POST
def worth(request: StaffRequest, pk: int) -> HttpResponse:
    """What the rows come to so far, and what that would earn."""
    customer = get_object_or_404(Customer.objects.standing(), pk=pk)
    draft = Draft.posted(request.POST.dict(), judged=True, points=_may_pay(request))
    return render(
        request, "loyalty/purchases/_worth.html", _worth(draft, customer, billed_again="wrong" in request.POST)
    )


def _worth(draft: Draft, customer: Customer, *, billed_again: bool) -> dict[str, Any]:
    """What it comes to and would earn; what is billed again earns without the wrong one, which still stands."""
    said = draft.said()
    lines: list[OrderLine] = said["lines"]
    goods = sum(line.amount for line in lines)
    items = tuple(
        Item(line.amount, line.quantity, line.product, line.category, line.brand, line.supplier, line.margin_class)
        for line in lines
    )
    about = {name: said[name] for name in ("store", "channel", "at")}
    basket = Basket(said["currency"], goods, items, said["gift_card"], said["points_paid"], **about)
    alone = bool(lines) and not billed_again
    return {
        "lines": len(lines),
        "goods": goods,
        "shipping": said["shipping"],
        "gift_card": said["gift_card"],
        "points_paid": said["points_paid"],
        "tax": sum(line.tax for line in lines),
        "total": goods + said["shipping"],
        "currency": said["currency"],
        "quote": quotes.ask(basket, customer=customer) if alone else None,
        "payable": _payable(basket, customer) if alone and "points_paid" in draft.head.fields else None,
        "programme": programmes.main(),
    }


def _payable(basket: Basket, customer: Customer) -> paying.Quote:
    goods = max(0, basket.goods - basket.gift_card)
    return paying.quote(customer, goods=goods, currency=basket.currency, programme=programmes.main())


@site.panel("customer-purchases", title=gettext_lazy("Record a purchase"), permission=RECORD)
def record_link(request: HttpRequest, customer: Customer) -> tuple[str, dict[str, Any]] | None:
    if customer.status != Customer.Status.ACTIVE:
        return None
    return link("record_purchase", _("Record a purchase"), customer.pk)


@site.panel("purchase-actions", title=gettext_lazy("Bill again"), permission=UNDO, order=30)
def bill_again_link(request: StaffRequest, purchase: Purchase) -> tuple[str, dict[str, Any]] | None:
    may = purchase.standing and purchase.customer.status == Customer.Status.ACTIVE and request.user.has_perm(RECORD)
    return link("bill_again", _("Bill again"), purchase.pk) if may else None
