"""Answers about points. They never write: what is due but not settled yet is worked out, not posted."""

import json
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from config import prepared
from customers.models import Customer, Purchase
from loyalty.models import Account, Kind, Lot, Payment, Programme, Transaction, Transfer, Wallet
from people.models import User


@dataclass(frozen=True)
class Balance:
    pending: int = 0
    available: int = 0
    held: int = 0
    debt: int = 0

    @property
    def spendable(self) -> int:
        """What could be redeemed; below zero by what is owed."""
        return self.available - self.debt


@dataclass(frozen=True)
class Expiring:
    at: datetime
    points: int


@dataclass(frozen=True)
class Explained:
    """Points of a redemption, and the transaction that had earned them."""

    points: int
    earned_by: Transaction


@dataclass(frozen=True)
class Page:
    """Some lines of a statement, newest first. ``next`` is where the following page begins, None at the end."""

    lines: list[Transaction]
    next: int | None


def wallet_of(customer: Customer, programme: Programme | None = None) -> Wallet | None:
    """The customer's wallet, or the one that it was merged into; None where there is none yet."""
    chosen = Q(programme=programme) if programme else Q(programme__main=True)
    wallet = Wallet.objects.filter(chosen, customer=customer).select_related("merged_into", "programme").first()
    while wallet and wallet.merged_into:
        wallet = wallet.merged_into
    return wallet


def balance(customer: Customer, *, at: datetime | None = None, programme: Programme | None = None) -> Balance:
    """What the customer has now (or will have at a later moment, if nothing else happens)."""
    wallet = wallet_of(customer, programme)
    return balance_of(wallet, at=at or timezone.now()) if wallet else Balance()


def balance_of(wallet: Wallet, *, at: datetime) -> Balance:
    """The wallet's row, settled in mind up to the moment."""
    stored = Balance(wallet.pending, wallet.available, wallet.held, wallet.debt)
    if wallet.next_due is None or wallet.next_due > at:
        return stored
    opening, lapsing = 0, 0
    due = Lot.objects.filter(wallet=wallet).filter(
        Q(pending__gt=0, activates_at__lte=at) | Q(available__gt=0, expires_at__lte=at)
    )
    debt = wallet.debt
    for lot in due.order_by("activates_at", "expires_at", "pk"):
        opens = lot.pending if lot.pending and lot.activates_at and lot.activates_at <= at else 0
        repays = min(debt, opens)
        debt -= repays
        opening += opens
        if lot.expires_at and lot.expires_at <= at:
            lapsing += lot.available + opens - repays
    repaid = wallet.debt - debt
    return Balance(wallet.pending - opening, wallet.available + opening - repaid - lapsing, wallet.held, debt)


def balance_as_posted(customer: Customer, *, posted_by: datetime, programme: Programme | None = None) -> Balance:
    """What the ledger said at that moment: of all that was posted up to it."""
    wallet = wallet_of(customer, programme)
    last = wallet and Transaction.objects.filter(wallet=wallet, posted_at__lte=posted_by).order_by("-sequence").first()
    return Balance(last.pending_after, last.available_after, last.held_after, last.debt_after) if last else Balance()


def balance_as_effective(customer: Customer, *, effective_by: datetime, programme: Programme | None = None) -> Balance:
    """What was true at that moment by all that is known today: of all that took effect up to it, whenever posted."""
    wallet = wallet_of(customer, programme)
    if wallet is None:
        return Balance()
    moved = Transfer.objects.filter(transaction__wallet=wallet, transaction__effective_at__lte=effective_by)
    sums = moved.aggregate(
        **{f"into_{name}": Sum("points", filter=Q(target=name), default=0) for name in BUCKETS},
        **{f"from_{name}": Sum("points", filter=Q(source=name), default=0) for name in BUCKETS},
    )
    net = {name: sums[f"into_{name}"] - sums[f"from_{name}"] for name in BUCKETS}
    return Balance(net["pending"], net["available"], net["held"], -net["debt"])


BUCKETS = ("pending", "available", "held", "debt")
LAST = 2**63 - 1
COLUMNS = [field.attname for field in Transaction._meta.concrete_fields if field.attname != "meta"] + ["meta"]

# A page of lines, by the index whatever its depth, of the wallet that the customer's was merged into in the end.
STATEMENT = f"""
    SELECT {", ".join(COLUMNS)} FROM loyalty_transaction
    WHERE wallet_id = (
        WITH RECURSIVE way AS (
            SELECT id, merged_into_id FROM loyalty_wallet WHERE customer_id = %s
                AND programme_id = coalesce(%s, (SELECT id FROM loyalty_programme WHERE main))
            UNION ALL
            SELECT next.id, next.merged_into_id FROM way JOIN loyalty_wallet next ON next.id = way.merged_into_id
        )
        SELECT id FROM way WHERE merged_into_id IS NULL
    ) AND sequence < %s
    ORDER BY sequence DESC LIMIT %s
"""


def statement(
    customer: Customer, *, before: int | None = None, size: int = 50, programme: Programme | None = None
) -> Page:
    """Lines of the statement, newest first; ``before`` is the ``next`` of the page above."""
    chosen = programme.pk if programme else None
    rows = prepared.rows(STATEMENT, [customer.pk, chosen, LAST if before is None else before, size + 1])
    found = [Transaction.from_db("default", COLUMNS, (*row[:-1], json.loads(row[-1]))) for row in rows]
    writers = User.objects.in_bulk({line.by_id for line in found if line.by_id})
    for line, earlier in zip_longest(found, found[1:]):
        line.by = writers[line.by_id] if line.by_id else None
        for bucket in BUCKETS:
            before_it = getattr(earlier, f"{bucket}_after") if earlier else 0
            setattr(line, f"{bucket}_change", getattr(line, f"{bucket}_after") - before_it)
    return Page(found[:size], found[size - 1].sequence if len(found) > size else None)


def explain(redemption: Transaction) -> list[Explained]:
    """From which earnings (and so from which purchases) did a redemption or a hold take, and how many points each."""
    taken = Transfer.objects.filter(transaction=redemption, source__in=(Account.AVAILABLE, Account.HELD)).exclude(
        target=Account.AVAILABLE
    )
    points: dict[int, int] = {}
    for origin, part in taken.order_by("number").values_list("lot__origin_id", "points"):
        points[origin] = points.get(origin, 0) + part
    origins = Transaction.objects.select_related("purchase").in_bulk(points)
    return [Explained(part, origins[origin]) for origin, part in points.items()]


def next_expiries(
    customer: Customer, *, at: datetime | None = None, many: int = 5, programme: Programme | None = None
) -> list[Expiring]:
    """When points expire next, and how many each time; pending ones that will be available by then included."""
    wallet = wallet_of(customer, programme)
    lots = Lot.objects.filter(wallet=wallet, expires_at__gt=at or timezone.now()).exclude(pending=0, available=0)
    sums = lots.values("expires_at").annotate(points=Sum("available") + Sum("pending")).order_by("expires_at")[:many]
    return [Expiring(row["expires_at"], row["points"]) for row in sums if row["expires_at"]]


def next_activations(
    customer: Customer, *, at: datetime | None = None, many: int = 5, programme: Programme | None = None
) -> list[Expiring]:
    """When pending points become available next, and how many each time."""
    wallet = wallet_of(customer, programme)
    lots = Lot.objects.filter(wallet=wallet, pending__gt=0, activates_at__gt=at or timezone.now())
    sums = lots.values("activates_at").annotate(points=Sum("pending")).order_by("activates_at")[:many]
    return [Expiring(row["activates_at"], row["points"]) for row in sums if row["activates_at"]]


def open_holds(customer: Customer, *, programme: Programme | None = None) -> QuerySet[Transaction]:
    """Holds that are neither captured nor released."""
    wallet = wallet_of(customer, programme)
    resolved = Transaction.objects.filter(kind__in=(Kind.CAPTURE, Kind.VOID), reverses__isnull=False)
    holds = Transaction.objects.filter(wallet=wallet, kind=Kind.HOLD)
    return holds.exclude(pk__in=resolved.filter(wallet=wallet).values("reverses")).order_by("-sequence")


@dataclass(frozen=True)
class Holdings:
    """What a customer has at a glance."""

    customer: str
    programme: str
    balance: Balance
    activations: list[Expiring]
    expiries: list[Expiring]


# One statement: it is asked on every page of a shop. Dates are grouped along the index, five of them and no more.
HOLDINGS = """
SELECT c.number, p.name, w.id, w.next_due,
    coalesce(w.pending, 0), coalesce(w.available, 0), coalesce(w.held, 0), coalesce(w.debt, 0),
    activations.at, activations.points, expiries.at, expiries.points
FROM customers_customer asked
JOIN customers_customer c ON c.id = coalesce(asked.merged_into_id, asked.id)
JOIN loyalty_programme p ON p.main
LEFT JOIN loyalty_wallet w ON w.programme_id = p.id AND w.customer_id = c.id
CROSS JOIN LATERAL (
    SELECT array_agg(at ORDER BY at) AS at, array_agg(points ORDER BY at) AS points FROM (
        SELECT l.activates_at AS at, sum(l.pending)::bigint AS points FROM loyalty_lot l
        WHERE l.wallet_id = w.id AND l.pending > 0 AND l.activates_at > %(at)s
        GROUP BY l.activates_at ORDER BY l.activates_at LIMIT 5
    ) dated
) activations
CROSS JOIN LATERAL (
    SELECT array_agg(at ORDER BY at) AS at, array_agg(points ORDER BY at) AS points FROM (
        SELECT l.expires_at AS at, sum(l.available + l.pending)::bigint AS points FROM loyalty_lot l
        WHERE l.wallet_id = w.id AND (l.pending > 0 OR l.available > 0) AND l.expires_at > %(at)s
        GROUP BY l.expires_at ORDER BY l.expires_at LIMIT 5
    ) dated
) expiries
WHERE asked.number = %(number)s AND asked.status <> 'erased'
"""


def holdings(number: str, *, at: datetime | None = None) -> Holdings | None:
    """What the customer with this number has now, and what becomes available and expires next; None: no such one."""
    at = at or timezone.now()
    found = prepared.rows(HOLDINGS, {"number": number, "at": at})
    if not found:
        return None
    [(standing, programme, wallet, next_due, pending, available, held, debt, *dated)] = found
    balance = Balance(pending, available, held, debt)
    if next_due and next_due <= at:
        balance = balance_of(Wallet.objects.get(pk=wallet), at=at)
    return Holdings(
        standing,
        programme,
        balance,
        [Expiring(*pair) for pair in zip(dated[0] or (), dated[1] or (), strict=True)],
        [Expiring(*pair) for pair in zip(dated[2] or (), dated[3] or (), strict=True)],
    )


def of_purchase(purchase: Purchase, *, most: int = 50) -> list[Transaction]:
    """What a purchase earned, lost again and was paid with, oldest first; ``points`` is how many each time.

    Looked up along the customer's wallet: an index by purchase would cost every posting.
    """
    paid = list(Payment.objects.filter(purchase=purchase).values_list("redemption", flat=True))
    chosen = Q(purchase=purchase) | Q(pk__in=paid) | Q(reverses__in=paid)
    own = Transaction.objects.filter(chosen, wallet__customer=purchase.customer_id)
    moved = Sum("transfers__points", filter=~Q(transfers__target=Account.DEBT))
    return list(own.annotate(points=moved).order_by("pk")[:most])
