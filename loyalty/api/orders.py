"""Read orders out of JSON. By hand: a thousand orders through serializers would take longer than to record them.

Only the shape is looked at here, and every flaw of it named by its place; what an order may say is said by
``customers.orders.flaws``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, ValidationError

from config.lines import one_line
from customers.orders import MOST_AMOUNT, Order, OrderLine, flaw_of_line
from loyalty.actions.quotes import Basket
from loyalty.rules.matching import Item

AT_ONCE = 1_000
LINES = 1_000
Read = Callable[[Any], Any]
Wrong = list[tuple[str, str, str]]  # field, code, message
Details = dict[str, list[ErrorDetail]]
MISSING: Any = object()


class Unfit(Exception):
    """What was sent cannot be read as what it should be."""


def text(value: Any) -> str:
    if type(value) is not str:
        raise Unfit(_("Not a text."))
    return one_line(value)


def whole(value: Any) -> int:
    if type(value) is not int or abs(value) >= 2**63:
        raise Unfit(_("Not a whole number."))
    return value


def decimal(value: Any) -> Decimal:
    if type(value) not in (int, str, float):
        raise Unfit(_("Not a number."))
    return _decimal(str(value))


@lru_cache(maxsize=10_000)
def _decimal(written: str) -> Decimal:
    try:
        number = Decimal(written)
    except InvalidOperation:
        raise Unfit(_("Not a number.")) from None
    if not number.is_finite() or number.adjusted() > 15 or number.as_tuple().exponent < -12:  # type: ignore[operator]
        raise Unfit(_("Not a number."))
    return number


def moment(value: Any) -> datetime:
    try:
        at = datetime.fromisoformat(value)
        if at.tzinfo is None or not 1900 <= at.year <= 2200:
            raise ValueError
    except (TypeError, ValueError):
        raise Unfit(_("Not a time with a zone, such as 2026-03-02T10:00:00Z.")) from None
    return at


ORDER: dict[str, tuple[Read, Any]] = {
    "source": (text, MISSING),
    "number": (text, MISSING),
    "customer": (text, MISSING),
    "at": (moment, MISSING),
    "currency": (text, MISSING),
    "channel": (text, ""),
    "store": (text, ""),
    "shipping": (whole, 0),
    "gift_card": (whole, 0),
    "points_paid": (whole, 0),
    "redemption": (whole, None),
}
LINE: dict[str, tuple[Read, Any]] = {
    "quantity": (decimal, MISSING),
    "unit_price": (decimal, MISSING),
    "product": (text, ""),
    "name": (text, ""),
    "category": (text, ""),
    "brand": (text, ""),
    "supplier": (text, ""),
    "margin_class": (text, ""),
    "discount": (whole, 0),
    "tax": (whole, 0),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """An order, and the id of the redemption or hold that paid a part of it."""

    order: Order
    redemption: int | None = None


def order_of(content: Any) -> Wish:
    """The order. Raises rest_framework's ValidationError with the place of each flaw."""
    wrong: Wrong = []
    order: Wish = _order(content, "", wrong)
    if wrong:
        raise _refusal(wrong)
    return order


def orders_of(content: list[Any], unknown: Mapping[int, Details]) -> tuple[dict[int, Wish], dict[int, Details]]:
    """The orders in a list by their places, and what is wrong with those that cannot be read.

    ``unknown`` are fields that nobody knows. Raises rest_framework's ValidationError for too many or none.
    """
    if not 1 <= len(content) <= AT_ONCE:
        message = _("Send 1 to %s purchases at once.") % AT_ONCE
        raise ValidationError([ErrorDetail(message, code="too_many" if content else "required")])
    orders, flaws = {}, {}
    for place, one in enumerate(content):
        wrong: Wrong = []
        order = _order(one, "", wrong)
        if wrong or place in unknown:
            flaws[place] = {**unknown.get(place, {}), **_details(wrong)}
        else:
            orders[place] = order
    return orders, flaws


def _refusal(wrong: Wrong) -> ValidationError:
    return ValidationError(_details(wrong))


def _details(wrong: Wrong) -> Details:
    return {field: [ErrorDetail(message, code=code)] for field, code, message in wrong[:100]}


def _order(content: Any, where: str, wrong: Wrong) -> Any:
    if type(content) is not dict:
        wrong.append((where.rstrip(".") or "non_field_errors", "invalid", _("Not an object.")))
        return None
    values = _read(content, ORDER, where, wrong)
    rows = content.get("lines")
    if type(rows) is not list or len(rows) > LINES:
        wrong.append((f"{where}lines", "invalid" if rows is not None else "required", _("Not a list of lines.")))
        return None
    lines = []
    for place, row in enumerate(rows):
        if type(row) is not dict:
            wrong.append((f"{where}lines.{place}", "invalid", _("Not an object.")))
            continue
        lines.append(_read(row, LINE, f"{where}lines.{place}.", wrong))
    if wrong:
        return None
    source, number, customer, at, currency, channel, store, shipping, gift_card, points_paid, redemption = values
    bought = tuple(OrderLine(*line) for line in lines)
    order = Order(source, number, customer, at, currency, bought, channel, store, shipping, gift_card, points_paid)
    return Wish(order, redemption)


def _read(content: dict[str, Any], shape: dict[str, tuple[Read, Any]], where: str, wrong: Wrong) -> list[Any]:
    """The values in the order of the shape."""
    values = []
    for name, (read, default) in shape.items():
        value = content.get(name, default)
        if value is default and default is not MISSING:
            values.append(default)
            continue
        try:
            if value is MISSING or value is None:
                wrong.append((where + name, "required", _("This is needed.")))
            else:
                values.append(read(value))
        except Unfit as flaw:
            wrong.append((where + name, "invalid", str(flaw)))
    return values


@dataclass(frozen=True)
class Asked:
    """A basket, and for whom and in which language it is asked about."""

    basket: Basket
    customer: str = ""
    language: str = ""


BASKET: dict[str, tuple[Read, Any]] = {
    "currency": (text, MISSING),
    "goods": (whole, None),
    "gift_card": (whole, 0),
    "points_paid": (whole, 0),
    "at": (moment, None),
    "store": (text, ""),
    "channel": (text, ""),
    "customer": (text, ""),
    "language": (text, ""),
}
GOODS: dict[str, tuple[Read, Any]] = LINE | {"quantity": (decimal, Decimal(1))}


def basket_of(content: Any) -> Asked:
    """The basket; its goods are said in one sum or line by line. Raises rest_framework's ValidationError."""
    wrong: Wrong = []
    if type(content) is not dict:
        raise ValidationError(_("Not an object."))
    values = _read(content, BASKET, "", wrong)
    rows = content.get("lines")
    if rows is None and content.get("goods") is None:
        wrong.append(("goods", "required", _("Say what the goods cost, or the lines.")))
    items = () if rows is None else _items(rows, wrong)
    if wrong:
        raise _refusal(wrong)
    currency, goods, gift_card, points_paid, at, store, channel, customer, language = values
    total = sum(item.amount for item in items) if items else goods or 0
    if min(total, goods or 0, gift_card, points_paid) < 0 or max(total, goods or 0) > MOST_AMOUNT:
        raise _refusal([("goods", "amount_negative", _("Amounts cannot be negative, nor too large to be true."))])
    return Asked(Basket(currency, total, items, gift_card, points_paid, store, channel, at), customer, language)


def _items(rows: Any, wrong: Wrong) -> tuple[Item, ...]:
    if type(rows) is not list or not 1 <= len(rows) <= LINES:
        wrong.append(("lines", "invalid", _("Not a list of lines.")))
        return ()
    items = []
    for place, row in enumerate(rows):
        if type(row) is not dict:
            wrong.append((f"lines.{place}", "invalid", _("Not an object.")))
        elif len(values := _read(row, GOODS, f"lines.{place}.", wrong)) == len(GOODS):
            line = OrderLine(*values)
            if flaw := flaw_of_line(line, place + 1):
                wrong.append((flaw.field, flaw.code, flaw.message))
            else:
                texts = (line.product, line.category, line.brand, line.supplier, line.margin_class)
                items.append(Item(line.amount, line.quantity, *texts))
    return tuple(items)
