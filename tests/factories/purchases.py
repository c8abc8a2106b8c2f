"""Orders and purchases for tests: valid, boring, changed by keyword."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import count

from customers.actions import purchases
from customers.models import Customer, Purchase, Source
from customers.orders import Order, OrderLine

numbers = count(1)
AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def source(code: str = "shop") -> Source:
    return Source.objects.get_or_create(code=code, defaults={"name": "Web shop", "currency": "EUR"})[0]


def line(amount: int = 1000, *, quantity: int | str = 1, **fields) -> OrderLine:
    """One line that costs ``amount`` in all."""
    count_ = Decimal(quantity)
    return OrderLine(
        quantity=count_, unit_price=Decimal(amount) / count_, **{"product": "tea", "name": "Tea"} | fields
    )


def order(customer: Customer, *amounts: int, **fields) -> Order:
    """An order with one line per amount, by default one of 10.00."""
    source(fields.get("source", "shop"))
    lines = tuple(line(amount) for amount in amounts or (1000,))
    usual = {"source": "shop", "number": f"order-{next(numbers)}", "at": AT, "currency": "EUR", "lines": lines}
    return Order(customer=customer.number, **usual | fields)


def purchase(customer: Customer, *amounts: int, **fields) -> Purchase:
    """A purchase recorded as the product records it."""
    recorded = purchases.record(order(customer, *amounts, **fields)).purchase
    assert recorded is not None
    return recorded
