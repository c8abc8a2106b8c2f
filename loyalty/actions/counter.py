"""What staff write down at the counter: a receipt in somebody's hand, or a bill that was wrong and is written anew.

The number is what keeps a second press, or a second person with the same receipt, from recording it twice.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actions import purchases
from customers.actions.purchases import PurchaseRefused, WrongState
from customers.actions.returns import ReturnRefused
from customers.models import Customer, Purchase, Return, Source
from customers.money import in_words
from customers.orders import Order, flaws
from loyalty.actions import earning, paying, posting, programmes
from loyalty.actions.earning import Receipt
from loyalty.models import Transaction
from loyalty.queries import paying as questions
from people.models import User

BY_HAND = "by-hand"  # the source of what no shop and no till has reported
CLOCKS_DIFFER_BY = timedelta(minutes=5)
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that is read as another


def suggested_number(kind: str = "H") -> str:
    """A number that no other form is given: pressed twice, the same form records the same thing once.

    >>> suggested_number().startswith("H-"), len(suggested_number())
    (True, 10)
    """
    return f"{kind}-" + "".join(secrets.choice(LETTERS) for _n in range(8))


@transaction.atomic
def record(order: Order, *, by: User) -> Receipt:
    """Record what somebody bought, and book what it earns. Recorded before with the same content, it is found.

    What it says to be paid with points is taken from the customer's at the same time; a return gives it back. Raises
    PurchaseRefused as ``purchases.record`` does, with ``in_the_future``, ``other_currency`` and
    ``more_than_payable``; of points that go meanwhile, what ``paying.pay`` raises.
    """
    if order.at > timezone.now() + CLOCKS_DIFFER_BY:
        raise PurchaseRefused(_("A purchase cannot lie in the future."), "in_the_future", "at")
    if order.source == BY_HAND:
        Source.objects.get_or_create(code=BY_HAND, defaults={"name": "Recorded by hand"})
    return earning.record_purchase(order, by=by, redemption=_paid(order, by=by) if order.points_paid > 0 else None)


def _paid(order: Order, *, by: User) -> Transaction | None:
    """The redemption that pays a part of an order; None where the order cannot be recorded, or was before."""
    customer = Customer.objects.standing().filter(number=order.customer).first()
    known = Purchase.objects.filter(source__code=order.source, number=order.number)
    if customer is None or any(flaws(order)) or known.exists():
        return None
    rules, goods = programmes.main(fresh=True), max(0, order.goods - order.gift_card)
    if order.currency != rules.currency:
        words = _("Points pay in %(currency)s.") % {"currency": rules.currency}
        raise PurchaseRefused(words, "other_currency", "points_paid")
    most = questions.quote(customer, goods=goods, currency=order.currency, programme=rules).money
    key = f"receipt:{posting.request_of(order.source, order.number)}"
    if order.points_paid > most and not Transaction.objects.filter(key=key).exists():
        message = _("The points that there are pay at most %(most)s of it.")
        words = message % {"most": in_words(most, order.currency)}
        raise PurchaseRefused(words, "more_than_payable", "points_paid")
    paid: dict[str, Any] = {"goods": goods, "currency": order.currency, "reference": order.number, "key": key}
    return paying.pay(customer, order.points_paid, **paid, by=by, programme=rules)


def take_back(
    bought: Purchase, quantities: Mapping[int, Decimal], *, number: str, reason: str = "", at: datetime, by: User
) -> Return:
    """Record what was brought back, and take back what it had earned. The same number with the same lines is found.

    Raises ReturnRefused, with ``in_the_future`` too, or WrongState.
    """
    if at > timezone.now() + CLOCKS_DIFFER_BY:
        raise ReturnRefused(_("A return cannot lie in the future."), code="in_the_future")
    return earning.record_return(bought, quantities, number=number, reason=reason, at=at, by=by)


@transaction.atomic
def bill_again(wrong: Purchase, order: Order, *, by: User) -> Receipt:
    """Cancel a purchase and record the one that takes its place; said again with the same content, it is found.

    Cancelled first: the new one earns as if the wrong one had never been, its caps and its place among the customer's
    purchases included. Raises WrongState where it was cancelled otherwise, and PurchaseRefused: ``number_taken`` where
    the number stands for a purchase already, and what ``record`` raises.
    """
    wrong = Purchase.objects.select_for_update(of=["self"]).select_related("rebilled_as").get(pk=wrong.pk)
    if wrong.rebilled_as and wrong.rebilled_as.fingerprint == order.fingerprint:
        return Receipt(purchases.Outcome(order, wrong.rebilled_as))
    if wrong.status == Purchase.Status.CANCELLED:
        raise WrongState(wrong)
    cancelled = earning.cancel_purchase(wrong, by=by)
    receipt = record(order, by=by)
    if not receipt.recorded.created or receipt.recorded.purchase is None:
        raise PurchaseRefused(_("The new bill needs a number of its own."), "number_taken", "number")
    purchases.take_place(receipt.recorded.purchase, of=cancelled)
    return receipt
