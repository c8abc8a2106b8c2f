"""Match goods that came back with what their customers bought before, the latest purchase first."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from customers.actions import purchases, returns
from customers.actions.imports.tally import Tally
from customers.files.baskets import ReturnRow
from customers.files.reasons import Refusal
from customers.models import ImportRun, Purchase

# Lines that have something left, latest first.
OPEN_LINES = """
SELECT p.customer_id, l.product, p.id, l.position, l.quantity - l.returned, p.at
FROM customers_purchase p JOIN customers_line l ON l.purchase_id = p.id
WHERE p.customer_id = ANY(%(customers)s) AND p.source_id = %(source)s AND p.status = 'standing'
  AND l.quantity > l.returned
  AND (p.customer_id, l.product) IN (SELECT * FROM unnest(%(whose)s::bigint[], %(products)s::text[]))
ORDER BY p.at DESC, p.id DESC, l.position
"""
# What came back before under these numbers.
KNOWN = """
SELECT r.number, p.customer_id, l.product, p.id, sum(part.quantity)
FROM customers_return r
JOIN customers_purchase p ON p.id = r.purchase_id
JOIN customers_returnline part ON part.part_of_id = r.id
JOIN customers_line l ON l.id = part.line_id
WHERE p.customer_id = ANY(%s) AND p.source_id = %s AND r.number = ANY(%s)
GROUP BY r.number, p.customer_id, l.product, p.id
"""


class MatchedMeanwhile(Exception):
    """Another writer took back what this batch had set its eyes on: do the batch again, on what is left."""


@dataclass
class _Left:
    purchase: int
    position: int
    quantity: Decimal
    at: datetime


@dataclass
class _Taken:
    """Quantities of one purchase under one return number."""

    at: datetime
    quantities: dict[int, Decimal] = field(default_factory=lambda: defaultdict(Decimal))


def bring_in(run: ImportRun, rows: Sequence[ReturnRow], tally: Tally) -> list[Refusal]:
    """Record returns, in the order given. Each row is matched whole or stays out. Answers with those that do."""
    customers = purchases.standing_ids({row.customer for row in rows})
    desk = _Matching(run, rows, customers)
    refused = []
    for row in rows:
        code = desk.match(row, customers.get(row.customer)) if row.customer in customers else "unknown_customer"
        if code:
            refused.append(Refusal([row.row], code))
        else:
            tally.counts["accepted"] += 1
    desk.record(tally)
    return refused


class _Matching:
    def __init__(self, run: ImportRun, rows: Sequence[ReturnRow], numbers: dict[str, int]):
        self.run = run
        self.left: dict[tuple[int, str], list[_Left]] = defaultdict(list)
        self.known: dict[tuple[str, int, str], Decimal] = defaultdict(Decimal)
        self.closed: set[tuple[int, str]] = set()  # purchases that have a return of this number already
        self.taken: dict[tuple[int, str], _Taken] = {}
        self.known_numbers: set[str] = set()
        self.alike = Counter((row.number, row.customer, row.product) for row in rows)
        customers = list(set(numbers.values()))
        pairs = {(numbers[row.customer], row.product) for row in rows if row.customer in numbers}
        wanted: dict[str, Any] = {
            "customers": customers,
            "source": run.source_id,
            "whose": [customer for customer, _product in pairs],
            "products": [product for _customer, product in pairs],
        }
        with connection.cursor() as cursor:
            cursor.execute(OPEN_LINES, wanted)
            for customer, product, purchase, position, quantity, at in cursor.fetchall():
                self.left[customer, product].append(_Left(purchase, position, quantity, at))
            cursor.execute(KNOWN, [customers, run.source_id, list({row.number for row in rows})])
            for number, customer, product, purchase, quantity in cursor.fetchall():
                self.known[number, customer, product] += quantity
                self.closed.add((purchase, number))

    def match(self, row: ReturnRow, customer: int | None) -> str:
        """Set the row's quantity aside on earlier purchases. Answers with the reason where that cannot be."""
        assert customer is not None
        known = self.known[row.number, customer, row.product]
        if known:
            if known < row.quantity:  # where several rows say the same but the quantity, what is known is another's
                alike = self.alike[row.number, row.customer, row.product]
                return "return_unmatched" if alike > 1 else "return_refused"
            self.known[row.number, customer, row.product] -= row.quantity
            self.known_numbers.add(row.number)
            return ""
        open_lines = [
            line
            for line in self.left[customer, row.product]
            if line.quantity and line.at <= row.at and (line.purchase, row.number) not in self.closed
        ]
        if sum(line.quantity for line in open_lines) < row.quantity:
            return "return_unmatched"
        self._take(row, open_lines)
        return ""

    def _take(self, row: ReturnRow, open_lines: list[_Left]) -> None:
        wanted = row.quantity
        for line in open_lines:
            quantity = min(wanted, line.quantity)
            taken = self.taken.setdefault((line.purchase, row.number), _Taken(row.at))
            taken.quantities[line.position] += quantity
            taken.at = max(taken.at, row.at)
            line.quantity -= quantity
            wanted -= quantity
            if not wanted:
                return

    def record(self, tally: Tally) -> None:
        wishes = [
            returns.Wish(purchase, taken.quantities, taken.at, number)
            for (purchase, number), taken in self.taken.items()
        ]
        currencies = dict(
            Purchase.objects.filter(pk__in={wish.purchase for wish in wishes}).values_list("pk", "currency")
        )
        for outcome in returns.record_many(wishes, by=self.run.by):
            if outcome.refusal:  # another writer was faster: the batch is done again, on what is left now
                raise MatchedMeanwhile from outcome.refusal
            tally.counts["returns"] += 1
            tally.returned[currencies[outcome.wish.purchase]] += outcome.amount
        tally.counts["known_returns"] += len(self.known_numbers)
