"""Goods come back: by line and quantity, in as many returns as it takes, never more than was bought."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from customers.actions import profile, timeline
from customers.actions.purchases import WrongState
from customers.models import Line, Purchase, Return, ReturnLine, Verb
from customers.orders import share_of
from people.models import User


class ReturnRefused(ValidationError):
    """A return that cannot be; ``code`` says why.

    It is one of ``unknown_line``, ``quantity_not_positive``, ``more_than_bought``, ``nothing_returned``,
    ``duplicate_number``, ``before_purchase``.
    """


@transaction.atomic
def record(
    purchase: Purchase,
    quantities: Mapping[int, Decimal],
    *,
    number: str = "",
    reason: str = "",
    at: datetime | None = None,
    by: User | None = None,
) -> Return:
    """Take goods of a purchase back. ``quantities`` has how many of the line at each position.

    The same number with the same lines returns the return that stands; a number left out is the next free one.
    Raises ReturnRefused, or WrongState where the purchase is cancelled.
    """
    at = at or timezone.now()
    purchase = Purchase.objects.select_for_update(of=["self"]).select_related("customer").get(pk=purchase.pk)
    known = purchase.returns.filter(number=number).first() if number else None
    if known:
        return _same(known, quantities)
    if purchase.status == Purchase.Status.CANCELLED:
        raise WrongState(purchase)
    if at < purchase.at:
        raise ReturnRefused("The return is dated before the purchase.", code="before_purchase")
    returned = Return(
        purchase=purchase, number=number or str(purchase.returns.count() + 1), at=at, reason=reason, by=by
    )
    _write(returned, _parts(purchase, quantities))
    timeline.record(purchase.customer, Verb.RETURNED, by=by, at=at, key=f"returned:{returned.pk}", **_about(returned))
    profile.refresh([purchase.customer_id])
    return returned


def _write(returned: Return, parts: list[ReturnLine]) -> None:
    returned.amount = sum(part.amount for part in parts)
    returned.save()
    for part in parts:
        part.part_of = returned
        Line.objects.filter(pk=part.line_id).update(returned=F("returned") + part.quantity)
    ReturnLine.objects.bulk_create(parts)
    Purchase.objects.filter(pk=returned.purchase_id).update(returned=F("returned") + returned.amount)


def _about(returned: Return) -> dict[str, Any]:
    return {
        "purchase": returned.purchase_id,
        "number": returned.purchase.number,
        "return": returned.pk,
        "amount": returned.amount,
        "currency": returned.purchase.currency,
    }


def _same(known: Return, quantities: Mapping[int, Decimal]) -> Return:
    before = {part.line.position: part.quantity for part in known.lines.select_related("line")}
    if before != dict(quantities):
        raise ReturnRefused(f"Return {known.number} was recorded before with other lines.", code="duplicate_number")
    return known


def _parts(purchase: Purchase, quantities: Mapping[int, Decimal]) -> list[ReturnLine]:
    if not quantities:
        raise ReturnRefused("Say which lines come back.", code="nothing_returned")
    lines = {line.position: line for line in purchase.lines.select_for_update().order_by("pk")}
    return [_part(lines.get(position), position, quantity) for position, quantity in sorted(quantities.items())]


def _part(line: Line | None, position: int, quantity: Decimal) -> ReturnLine:
    if line is None:
        raise ReturnRefused(f"The purchase has no line {position}.", code="unknown_line")
    if quantity <= 0:
        raise ReturnRefused(f"Line {position}: the quantity must be more than 0.", code="quantity_not_positive")
    left = line.quantity - line.returned
    if quantity > left:
        raise ReturnRefused(
            f"Line {position}: {quantity:f} cannot come back, {left.normalize():f} are left.", code="more_than_bought"
        )
    # The difference of two cumulative shares: any number of partial returns adds up to the line's amount exactly.
    before = share_of(line.amount, line.returned, line.quantity)
    after = share_of(line.amount, line.returned + quantity, line.quantity)
    return ReturnLine(line=line, quantity=quantity, amount=after - before)
