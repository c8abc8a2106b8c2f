"""A part of a purchase is paid with points, to the exact amount: held with the order and captured when it is paid, or
taken at once where both are one.
"""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from loyalty import tender
from loyalty.actions import programmes, redemptions
from loyalty.models import Kind, Programme, Transaction
from loyalty.queries import paying as questions
from people.models import User


class PaymentRefused(ValidationError):
    """``code`` is ``not_payable_with_points``, ``other_currency``, ``nothing_to_pay`` or ``more_than_payable``."""


class PaidOtherwise(ValidationError):
    field = "points_paid"

    def __init__(self, money: int, said: int) -> None:
        super().__init__(
            _("The redemption paid %(money)s, and the order says %(said)s."),
            code="paid_otherwise",
            params={"money": money, "said": said},
        )


def hold(
    customer: Customer,
    money: int,
    *,
    goods: int,
    currency: str,
    reference: str,
    key: str | None = None,
    by: User | None = None,
    at: datetime | None = None,
    programme: Programme | None = None,
) -> Transaction:
    """Hold the points that pay exactly so much money (minor units) of goods, at the programme's rate, rounded up.

    The order then names the hold as its redemption and says ``points_paid``; a return gives both back in proportion.
    Raises PaymentRefused, and what ``redemptions.hold`` raises.
    """
    rules = programme or programmes.main(fresh=True)
    points, meta = _terms(rules, money, goods=goods, currency=currency)
    return redemptions.hold(
        customer, points, reason="payment", reference=reference, key=key, by=by, at=at, programme=rules, meta=meta
    )


def pay(
    customer: Customer,
    money: int,
    *,
    goods: int,
    currency: str,
    reference: str,
    key: str | None = None,
    by: User | None = None,
    at: datetime | None = None,
    programme: Programme | None = None,
) -> Transaction:
    """Take the points that pay exactly so much money, of an order that is paid as it is recorded.

    Raises PaymentRefused, and what ``redemptions.redeem`` raises.
    """
    rules = programme or programmes.main(fresh=True)
    points, meta = _terms(rules, money, goods=goods, currency=currency)
    return redemptions.redeem(
        customer, points, reason="payment", reference=reference, key=key, by=by, at=at, programme=rules, meta=meta
    )


def _terms(rules: Programme, money: int, *, goods: int, currency: str) -> tuple[int, dict[str, Any]]:
    """The points that it takes, and what the transaction remembers. Raises PaymentRefused."""
    for_one = questions.rate(rules)
    if for_one is None:
        raise PaymentRefused(_("Purchases cannot be paid with these points."), code="not_payable_with_points")
    if currency != rules.currency:
        message = _("Points pay in %(currency)s.")
        raise PaymentRefused(message, code="other_currency", params={"currency": rules.currency})
    if money <= 0:
        raise PaymentRefused(_("There is nothing to pay."), code="nothing_to_pay")
    if money > (payable := tender.most(goods, rules.pay_percent)):
        message = _("Points may pay %(payable)s of this basket.")
        raise PaymentRefused(message, code="more_than_payable", params={"payable": payable})
    meta = {"money": money, "currency": currency, "rate": [rules.pay_points, rules.pay_money]}
    return tender.points_for(money, for_one), meta


def refuse_unless_paid(redemption: Transaction, *, points_paid: int) -> None:
    """An order says as much as the hold that it names is for. Raises PaidOtherwise."""
    money = redemption.meta.get("money")
    if money is not None and money != points_paid:
        raise PaidOtherwise(money, points_paid)


def released_unpaid(redemption: Transaction, *, whole: bool, at: datetime) -> bool:
    """Whether an order's goods came back before its hold was captured: points have paid nothing then.

    Where the ``whole`` order came back, the hold is released; the rest of one that came back in part may be captured.
    """
    answers = Transaction.objects.filter(reverses=redemption, kind__in=(Kind.CAPTURE, Kind.VOID))
    answer = answers.values_list("kind", flat=True).first()
    if redemption.kind != Kind.HOLD or answer == Kind.CAPTURE:
        return False
    if whole and answer is None:
        redemptions.void(redemption, reason="returned", at=at)
    return True
