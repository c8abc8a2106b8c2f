"""Orders of the invented company that were paid in part with points, and some of what came back of them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from customers.demo import goods
from customers.demo.history import SHOP
from customers.models import Customer, Purchase
from customers.orders import Order, OrderLine
from loyalty.actions import earning, redemptions
from loyalty.models import Wallet

WORTH = 5  # cents that a point pays, as in the vouchers
MOST = 500  # points that one order takes
AT_ONCE = 2  # orders
MINUTE = timedelta(minutes=1)


def pay_with_points(rich: Iterable[Wallet], at: datetime, dice: Random, *, key: str) -> list[Purchase]:
    """Some who have points buy in the web shop: points are held while the payment runs, and then taken."""
    buyers = [wallet for wallet in rich if wallet.available >= 200]
    paid = []
    for number, wallet in enumerate(dice.sample(buyers, min(AT_ONCE, len(buyers))), start=1):
        points = min(wallet.available, MOST) // 100 * 100
        order = _order(wallet.customer, points, f"W{at:%y%m%d}-P{number}", at + number * MINUTE, dice)
        mine = f"{key}-order:{order.number}"
        held = redemptions.hold(
            wallet.customer, points, reason="Checkout on the web", reference=order.number, key=mine, at=order.at
        )
        receipt = earning.record_purchase(order, redemption=held)
        redemptions.capture(held, key=f"{mine}:paid", at=order.at + MINUTE)
        assert receipt.recorded.purchase is not None
        paid.append(receipt.recorded.purchase)
    return paid


def bring_back(paid: Sequence[Purchase], at: datetime) -> None:
    """Of the orders of a fortnight ago one is returned in part: its share of the points is given back."""
    for purchase in paid[:1]:
        earning.record_return(purchase, {1: Decimal(1)}, reason="arrived broken", at=at)


def _order(customer: Customer, points: int, number: str, at: datetime, dice: Random) -> Order:
    """Worth more than the points pay: the rest is paid with money."""
    products = [product for product in goods.pick(dice, (), 3) if product.category != goods.GIFT_CARD]
    lines = tuple(
        OrderLine(
            quantity=Decimal(2),
            unit_price=Decimal(product.cents),
            product=product.code,
            name=product.name,
            category=product.category,
            brand=product.brand,
            supplier=product.supplier,
            margin_class=product.margin_class,
            tax=round(2 * product.cents * product.tax_rate / (100 + product.tax_rate)),
        )
        for product in products or goods.CATALOGUE[:1]
    )
    total = sum(line.amount for line in lines)
    return Order(
        source=SHOP,
        number=number,
        customer=customer.number,
        at=at,
        currency="EUR",
        lines=lines,
        channel="web",
        points_paid=min(points * WORTH, total),
    )
