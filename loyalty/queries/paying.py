"""How much of a basket a customer can pay with points, and how a return is paid back. Nothing here writes."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from django.db.models import Sum
from django.utils import timezone

from customers.models import Customer, Purchase, Return
from loyalty import tender
from loyalty.models import Kind, Programme, Transaction
from loyalty.queries.points import balance


@dataclass(frozen=True)
class Quote:
    """What points can pay of a basket now. Money in minor units."""

    payable: int  # of the basket, by the programme's rules, if the customer had points enough
    money: int  # of that, with the points that there are
    points: int  # that it takes
    available: int
    missing: int  # points more to pay all that is payable


def rate(programme: Programme) -> Fraction | None:
    """Points for each minor unit; None where the programme takes no points for money."""
    if not programme.pay_points or not programme.pay_money:
        return None
    return Fraction(programme.pay_points, programme.pay_money)


def quote(customer: Customer, *, goods: int, currency: str, programme: Programme, at: datetime | None = None) -> Quote:
    """``goods`` is what the basket's goods cost after discounts and gift cards; shipping is not paid with points."""
    available = max(0, balance(customer, at=at or timezone.now(), programme=programme).spendable)
    for_one = rate(programme)
    if for_one is None or currency != programme.currency:
        return Quote(0, 0, 0, available, 0)
    payable = tender.most(goods, programme.pay_percent)
    money = min(payable, tender.money_for(available, for_one))
    needed = tender.points_for(payable, for_one)
    return Quote(payable, money, tender.points_for(money, for_one), available, max(0, needed - available))


@dataclass(frozen=True)
class PaidBack:
    """How the amount of a return goes back: what points had paid as points, the rest as it was paid."""

    by_points: int  # money that points had paid
    otherwise: int
    points: int  # of this purchase that returns have restored so far


def paid_back(made: Return, purchase: Purchase) -> PaidBack:
    after = Return.objects.filter(purchase=purchase, pk__lte=made.pk).aggregate(n=Sum("amount", default=0))["n"]
    by_points = tender.returned_share(
        purchase.points_paid, goods=purchase.goods, before=after - made.amount, after=after
    )
    restored = Transaction.objects.filter(purchase=purchase, kind=Kind.REVERSE, transfers__source="redeemed")
    points = restored.aggregate(n=Sum("transfers__points", default=0))["n"]
    return PaidBack(by_points, made.amount - by_points, points)
