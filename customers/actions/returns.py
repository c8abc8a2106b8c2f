"""Goods come back: by line and quantity, in as many returns as it takes, never more than was bought."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import count
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actions import profile
from customers.actions.copying import array, copy_rows, next_ids
from customers.actions.purchases import WrongState
from customers.models import Purchase, Return
from customers.orders import share_of
from people.models import User

LINES = """
SELECT line.id, line.purchase_id, line.position, line.quantity, line.returned, line.amount FROM customers_line line
JOIN unnest(%s::bigint[], %s::bigint[]) AS wanted(purchase_id, position) USING (purchase_id, position)
ORDER BY line.id FOR UPDATE OF line
"""
TAKE_BACK = """
UPDATE customers_line line SET returned = now_returned
FROM unnest(%s::bigint[], %s::numeric[]) AS wanted(id, now_returned) WHERE line.id = wanted.id
"""
COUNT_UP = """
UPDATE customers_purchase purchase SET returned = purchase.returned + amount
FROM unnest(%s::bigint[], %s::bigint[]) AS wanted(id, amount) WHERE purchase.id = wanted.id
"""
FACTS = """
INSERT INTO customers_fact (customer_id, verb, at, by_id, key, about)
SELECT p.customer_id, 'returned', r.at, r.by_id, 'returned:' || r.id,
       jsonb_build_object(
           'purchase', p.id, 'number', p.number, 'return', r.id, 'amount', r.amount, 'currency', p.currency
       )
FROM customers_return r JOIN customers_purchase p ON p.id = r.purchase_id
WHERE r.id = ANY(%s::bigint[]) ORDER BY r.id
"""


class ReturnRefused(ValidationError):
    """A return that cannot be; ``code`` says why.

    It is one of ``unknown_line``, ``quantity_not_positive``, ``more_than_bought``, ``nothing_returned``,
    ``duplicate_number``, ``before_purchase``.
    """


@dataclass(frozen=True)
class Wish:
    """Goods of one purchase that come back: how many of the line at each position. Without a number the next free."""

    purchase: int
    quantities: Mapping[int, Decimal]
    at: datetime
    number: str = ""
    reason: str = ""


@dataclass
class Outcome:
    """What became of one wish: a return, new or known from before, or a refusal."""

    wish: Wish
    return_id: int | None = None
    amount: int = 0
    created: bool = False
    refusal: ValidationError | None = None


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
    wish = Wish(purchase.pk, quantities, at or timezone.now(), number, reason)
    outcome = record_many([wish], by=by)[0]
    if outcome.refusal:
        raise outcome.refusal
    assert outcome.return_id is not None
    return Return.objects.select_related("purchase__customer").get(pk=outcome.return_id)


@transaction.atomic
def record_many(wishes: Sequence[Wish], *, by: User | None = None) -> list[Outcome]:
    """Take goods of many purchases back, each return whole or not at all; answers in the order asked."""
    ids = {wish.purchase for wish in wishes}
    locked = Purchase.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    desk = _Desk({purchase.pk: purchase for purchase in locked}, wishes)
    outcomes = [Outcome(wish) for wish in wishes]
    for outcome in outcomes:
        try:
            desk.take(outcome)
        except ValidationError as refusal:
            outcome.refusal = refusal
    desk.write(by)
    profile.refresh({desk.purchases[outcome.wish.purchase].customer_id for outcome in outcomes if outcome.created})
    return outcomes


@dataclass(slots=True)
class _Line:
    """What a return has to know of a line. No model: files bring thousands of them."""

    pk: int
    purchase: int
    position: int
    quantity: Decimal
    returned: Decimal
    amount: int


class _Part(NamedTuple):
    """Goods of one line that come back."""

    line: _Line
    quantity: Decimal
    amount: int


class _Desk:
    """The locked purchases and lines of a batch, and the returns that it comes to."""

    def __init__(self, purchases: dict[int, Purchase], wishes: Sequence[Wish]):
        self.purchases = purchases
        pairs = {(wish.purchase, position) for wish in wishes for position in wish.quantities}
        with connection.cursor() as cursor:
            cursor.execute(
                LINES, [array(purchase for purchase, _place in pairs), array(place for _pk, place in pairs)]
            )
            lines = [_Line(*row) for row in cursor.fetchall()]
        self.lines = {(line.purchase, line.position): line for line in lines}
        before = Return.objects.filter(purchase__in=purchases)
        self.taken = {*before.values_list("purchase_id", "number")}
        self.counts = Counter(purchase for purchase, _number in self.taken)
        self.taken |= {(wish.purchase, wish.number) for wish in wishes if wish.number}
        named = before.filter(number__in={wish.number for wish in wishes if wish.number})
        self.known = {(row.purchase_id, row.number): row for row in named}
        self.named: set[tuple[int, str]] = set()
        self.new: list[tuple[Outcome, str, list[_Part]]] = []

    def take(self, outcome: Outcome) -> None:
        """Find or make the return that a wish asks for. Raises ReturnRefused or WrongState."""
        wish, purchase = outcome.wish, self.purchases[outcome.wish.purchase]
        if wish.number and (known := self.known.get((purchase.pk, wish.number))):
            outcome.return_id, outcome.amount = _same(known, wish.quantities).pk, known.amount
            return
        if wish.number and (wish.purchase, wish.number) in self.named:
            raise ReturnRefused(
                _("Return %(number)s stands twice in the same batch."),
                code="duplicate_number",
                params={"number": wish.number},
            )
        if purchase.status == Purchase.Status.CANCELLED:
            raise WrongState(purchase)
        if wish.at < purchase.at:
            raise ReturnRefused(_("The return is dated before the purchase."), code="before_purchase")
        parts = self._parts(purchase, wish.quantities)
        number = wish.number or self._next_number(purchase.pk)
        self.counts[purchase.pk] += 1
        self.named.add((wish.purchase, wish.number))
        self.new.append((outcome, number, parts))
        outcome.amount, outcome.created = sum(part.amount for part in parts), True
        for part in parts:
            part.line.returned += part.quantity

    def _next_number(self, purchase: int) -> str:
        """The first free one after as many returns as there are: some of these were named otherwise."""
        number = next(str(n) for n in count(self.counts[purchase] + 1) if (purchase, str(n)) not in self.taken)
        self.taken.add((purchase, number))
        return number

    def _parts(self, purchase: Purchase, quantities: Mapping[int, Decimal]) -> list[_Part]:
        if not quantities:
            raise ReturnRefused(_("Say which lines come back."), code="nothing_returned")
        wanted = sorted(quantities.items())
        return [_part(self.lines.get((purchase.pk, position)), position, quantity) for position, quantity in wanted]

    def write(self, by: User | None) -> None:
        """Insert the new returns, and count them on their lines and purchases."""
        if not self.new:
            return
        who: tuple[int, ...] = (by.pk,) if by else ()
        ids = next_ids("customers_return", len(self.new))
        rows: list[tuple[Any, ...]] = []
        for pk, (outcome, number, _parts) in zip(ids, self.new, strict=True):
            outcome.return_id = pk
            wish = outcome.wish
            rows.append((pk, wish.purchase, number, wish.at, outcome.amount, wish.reason, *who))
        columns = ["id", "purchase_id", "number", "at", "amount", "reason"]
        copy_rows("customers_return", [*columns, "by_id"] if by else columns, rows)
        copy_rows(
            "customers_returnline",
            ["part_of_id", "line_id", "quantity", "amount"],
            [(new[0].return_id, part.line.pk, part.quantity, part.amount) for new in self.new for part in new[2]],
        )
        self._count(ids)

    def _count(self, ids: list[int]) -> None:
        lines = {part.line.pk: part.line.returned for _outcome, _number, parts in self.new for part in parts}
        amounts: Counter[int] = Counter()
        for outcome, _number, _parts in self.new:
            amounts[outcome.wish.purchase] += outcome.amount
        with connection.cursor() as cursor:
            cursor.execute(TAKE_BACK, [array(lines), array(lines.values())])
            cursor.execute(COUNT_UP, [array(amounts), array(amounts.values())])
            cursor.execute(FACTS, [array(ids)])


def _same(known: Return, quantities: Mapping[int, Decimal]) -> Return:
    before = {part.line.position: part.quantity for part in known.lines.select_related("line")}
    if before != dict(quantities):
        raise ReturnRefused(
            _("Return %(number)s was recorded before with other lines."),
            code="duplicate_number",
            params={"number": known.number},
        )
    return known


def _part(line: _Line | None, position: int, quantity: Decimal) -> _Part:
    if line is None:
        message = _("The purchase has no line %(position)s.")
        raise ReturnRefused(message, code="unknown_line", params={"position": position})
    if quantity <= 0:
        message = _("Line %(position)s: the quantity must be more than 0.")
        raise ReturnRefused(message, code="quantity_not_positive", params={"position": position})
    left = line.quantity - line.returned
    if quantity > left:
        raise ReturnRefused(
            _("Line %(position)s: %(quantity)s cannot come back, %(left)s are left."),
            code="more_than_bought",
            params={"position": position, "quantity": f"{quantity:f}", "left": f"{left.normalize():f}"},
        )
    # The difference of two cumulative shares: any number of partial returns adds up to the line's amount exactly.
    before = share_of(line.amount, line.returned, line.quantity)
    after = share_of(line.amount, line.returned + quantity, line.quantity)
    return _Part(line, quantity, after - before)
