"""Purchases come in: one from the API, thousands from a file, by the same code.

What is wrong with one order never keeps the others out: every order gets its outcome.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from customers.actions import profile, timeline
from customers.models import Customer, Fact, Line, Purchase, Source, Verb
from customers.orders import Order, flaws
from people.models import User


class PurchaseRefused(ValidationError):
    """An order that cannot be recorded; ``code`` says why: see ``customers.orders.flaws`` and below."""


class WrongState(ValidationError):
    def __init__(self, purchase: Purchase):
        super().__init__(
            "Purchase %(number)s is cancelled already.", code="wrong_state", params={"number": purchase.number}
        )


@dataclass
class Outcome:
    """What became of one order: a purchase, new or known from before, or a refusal."""

    order: Order
    purchase: Purchase | None = None
    created: bool = False
    refusal: PurchaseRefused | None = None


def record(order: Order, *, by: User | None = None) -> Outcome:
    """Record one purchase. Recorded before with the same content, it is found and nothing is written.

    Raises PurchaseRefused: a flaw of the order, ``unknown_customer``, ``unknown_source``, or ``duplicate_number``
    where the number stands for another content.
    """
    outcome = record_many([order], by=by)[0]
    if outcome.refusal:
        raise outcome.refusal
    return outcome


@transaction.atomic
def record_many(orders: Sequence[Order], *, by: User | None = None) -> list[Outcome]:
    """Record purchases, each whole or not at all; answers in the order asked."""
    outcomes = [Outcome(order) for order in orders]
    for outcome in outcomes:
        _refuse_flawed(outcome)
    sources = {source.code: source for source in Source.objects.filter(code__in={order.source for order in orders})}
    customers = standing({order.customer for order in orders})
    for outcome in _open(outcomes):
        _refuse_strangers(outcome, sources, customers)
    _find_known(_open(outcomes), sources)
    fresh = _first_of_each(_open(outcomes))
    _write(fresh, sources, customers, by)
    return outcomes


def standing(numbers: Iterable[str]) -> dict[str, Customer]:
    """Customers by the numbers asked for; an old number finds the one that it was merged into."""
    found = Customer.objects.filter(number__in=set(numbers)).exclude(status=Customer.Status.ERASED)
    return {customer.number: customer.merged_into or customer for customer in found.select_related("merged_into")}


def _open(outcomes: Iterable[Outcome]) -> list[Outcome]:
    return [outcome for outcome in outcomes if not outcome.refusal and not outcome.purchase]


def _refuse_flawed(outcome: Outcome) -> None:
    found = [ValidationError(flaw.message, code=flaw.code) for flaw in flaws(outcome.order)]
    if found:
        outcome.refusal = PurchaseRefused(found)


def _refuse_strangers(outcome: Outcome, sources: dict[str, Source], customers: dict[str, Customer]) -> None:
    order = outcome.order
    if order.source not in sources:
        outcome.refusal = PurchaseRefused(f"There is no source {order.source}.", code="unknown_source")
    elif order.customer not in customers:
        outcome.refusal = PurchaseRefused(f"There is no customer {order.customer}.", code="unknown_customer")


def _find_known(outcomes: list[Outcome], sources: dict[str, Source]) -> None:
    """Give each order that was recorded before its purchase; refuse it where the content differs."""
    numbers = {outcome.order.number for outcome in outcomes}
    known = {
        (purchase.source_id, purchase.number): purchase
        for purchase in Purchase.objects.filter(source__in=sources.values(), number__in=numbers)
    }
    for outcome in outcomes:
        purchase = known.get((sources[outcome.order.source].pk, outcome.order.number))
        if purchase:
            _answer_with(outcome, purchase)


def _answer_with(outcome: Outcome, purchase: Purchase) -> None:
    if purchase.fingerprint == outcome.order.fingerprint:
        outcome.purchase = purchase
    else:
        outcome.refusal = PurchaseRefused(
            f"Order {purchase.number} was recorded before with another content.", code="duplicate_number"
        )


def _first_of_each(outcomes: list[Outcome]) -> list[Outcome]:
    """The same number twice in one batch counts once; with another content the second is refused."""
    firsts: dict[tuple[str, str], Outcome] = {}
    for outcome in outcomes:
        first = firsts.setdefault((outcome.order.source, outcome.order.number), outcome)
        if first is not outcome:
            outcome.refusal = PurchaseRefused(
                f"Order {outcome.order.number} stands twice in the same batch.", code="duplicate_number"
            )
    return list(firsts.values())


def _write(
    outcomes: list[Outcome], sources: dict[str, Source], customers: dict[str, Customer], by: User | None
) -> None:
    """Insert what is new. A number that another writer took meanwhile is answered with theirs."""
    rows = [_purchase(o.order, sources[o.order.source], customers[o.order.customer], by) for o in outcomes]
    Purchase.objects.bulk_create(rows, ignore_conflicts=True)
    pairs = {(row.source_id, row.number) for row in rows}
    found = Purchase.objects.filter(source__in=sources.values(), number__in=[number for _, number in pairs])
    stored = {(purchase.source_id, purchase.number): purchase for purchase in found}
    with_lines = set(
        Line.objects.filter(purchase__in=[p.pk for p in stored.values()]).values_list("purchase_id", flat=True)
    )
    fresh = []
    for outcome in outcomes:
        purchase = stored[sources[outcome.order.source].pk, outcome.order.number]
        if purchase.pk in with_lines:
            _answer_with(outcome, purchase)
        else:
            outcome.purchase, outcome.created = purchase, True
            fresh.append(outcome)
    Line.objects.bulk_create(line for outcome in fresh for line in _lines(outcome))
    timeline.record_many(_fact(outcome, by) for outcome in fresh)
    profile.refresh({outcome.purchase.customer_id for outcome in fresh if outcome.purchase})


def _purchase(order: Order, source: Source, customer: Customer, by: User | None) -> Purchase:
    return Purchase(
        source=source,
        number=order.number,
        customer=customer,
        at=order.at,
        currency=order.currency,
        channel=order.channel,
        store=order.store,
        goods=order.goods,
        shipping=order.shipping,
        tax=order.tax,
        gift_card=order.gift_card,
        points_paid=order.points_paid,
        fingerprint=order.fingerprint,
        by=by,
    )


def _lines(outcome: Outcome) -> Iterable[Line]:
    for position, line in enumerate(outcome.order.lines, start=1):
        yield Line(
            purchase=outcome.purchase,
            position=position,
            product=line.product,
            name=line.name,
            category=line.category,
            brand=line.brand,
            supplier=line.supplier,
            margin_class=line.margin_class,
            quantity=line.quantity,
            unit_price=line.unit_price,
            discount=line.discount,
            tax=line.tax,
            amount=line.amount,
        )


def _fact(outcome: Outcome, by: User | None) -> Fact:
    purchase = outcome.purchase
    assert purchase is not None
    return Fact(
        customer_id=purchase.customer_id,
        verb=Verb.BOUGHT,
        at=purchase.at,
        by=by,
        key=f"bought:{purchase.pk}",
        about={
            "purchase": purchase.pk,
            "number": purchase.number,
            "total": purchase.total,
            "currency": purchase.currency,
        },
    )


@transaction.atomic
def cancel(
    purchase: Purchase, *, at: datetime | None = None, by: User | None = None, rebilled_as: Purchase | None = None
) -> Purchase:
    """Cancel a whole purchase, naming the one that takes its place where it was billed again. Raises WrongState."""
    at = at or timezone.now()
    purchase = Purchase.objects.select_for_update(of=["self"]).select_related("customer").get(pk=purchase.pk)
    if purchase.status == Purchase.Status.CANCELLED:
        raise WrongState(purchase)
    purchase.status, purchase.cancelled_at, purchase.rebilled_as = Purchase.Status.CANCELLED, at, rebilled_as
    purchase.save(update_fields=["status", "cancelled_at", "rebilled_as"])
    timeline.record(
        purchase.customer,
        Verb.PURCHASE_CANCELLED,
        by=by,
        at=at,
        key=f"cancelled:{purchase.pk}",
        purchase=purchase.pk,
        number=purchase.number,
        total=purchase.total,
        currency=purchase.currency,
    )
    profile.refresh([purchase.customer_id])
    return purchase
