"""Purchases come in: one from the API, thousands from a file, by the same code.

What is wrong with one order never keeps the others out: every order gets its outcome.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config import prepared
from customers.actions import profile, timeline
from customers.actions.copying import array, copy_text, divided, next_ids
from customers.models import Customer, Purchase, Source, Verb
from customers.orders import COPIED, MARK, Order, escaped, flaws
from people.models import User

PURCHASE_COLUMNS = ["id", "source_id", "number", "customer_id", "at", "currency", "channel", "store", "goods"]
PURCHASE_COLUMNS += ["shipping", "tax", "gift_card", "points_paid", "returned", "status", "fingerprint", "by_id"]

FACTS = """
INSERT INTO customers_fact (customer_id, verb, at, by_id, key, about)
SELECT customer_id, 'bought', at, by_id, 'bought:' || id,
       jsonb_build_object('purchase', id, 'number', number, 'total', goods + shipping, 'currency', currency)
FROM customers_purchase WHERE id = ANY(%s::bigint[]) ORDER BY id
"""

MERGED = Customer.Status.MERGED

KNOWN = """
SELECT source_id, number, id, customer_id, fingerprint FROM customers_purchase
WHERE source_id = ANY(%s) AND number = ANY(string_to_array(%s, %s))
"""

# Those asked for, and those that they were merged into. Locked as a key that names them would: who is just being
# merged is waited for, and is read as they are afterwards.
CUSTOMERS = """
WITH asked AS MATERIALIZED (
    SELECT id, merged_into_id FROM customers_customer WHERE number = ANY(string_to_array(%s, %s))
)
SELECT id, number, status, merged_into_id FROM customers_customer
WHERE id IN (SELECT id FROM asked UNION ALL SELECT merged_into_id FROM asked WHERE merged_into_id IS NOT NULL)
ORDER BY id FOR {lock}
"""


class PurchaseRefused(ValidationError):
    """An order that cannot be recorded; ``code`` says why: see ``customers.orders.flaws`` and below.

    ``field`` is the place in the order that it is about; of several flaws each has its own.
    """

    def __init__(self, message: Any, code: str | None = None, field: str | None = None):
        super().__init__(message, code=code)
        self.field = field


class WrongState(ValidationError):
    def __init__(self, purchase: Purchase):
        super().__init__(
            _("Purchase %(number)s is cancelled already."), code="wrong_state", params={"number": purchase.number}
        )


class NotBilledAgain(ValidationError):
    """A purchase that cannot be the one that another was billed again as."""

    field = "rebilled_as"

    def __init__(self, number: str) -> None:
        message = _(
            "Purchase %(number)s cannot take its place: it must be another purchase of the same customer, "
            "not cancelled, and not in the place of a third."
        )
        super().__init__(message, code="not_billed_again", params={"number": number})


@dataclass(slots=True)
class Outcome:
    """What became of one order: a purchase, new or known from before, or a refusal."""

    order: Order
    purchase: Purchase | None = None
    created: bool = False
    refusal: PurchaseRefused | None = None
    purchase_id: int | None = None
    customer_id: int | None = None
    source_id: int | None = None  # of what is created


def record(order: Order, *, by: User | None = None) -> Outcome:
    """Record one purchase. Recorded before with the same content, it is found and nothing is written.

    Raises PurchaseRefused: a flaw of the order, ``unknown_customer``, ``unknown_source``, or ``duplicate_number``
    where the number stands for another content.
    """
    outcome = record_many([order], by=by)[0]
    if outcome.refusal:
        raise outcome.refusal
    return outcome


@transaction.atomic
def record_many(orders: Sequence[Order], *, by: User | None = None) -> list[Outcome]:
    """Record purchases, each whole or not at all; answers in the order asked."""
    outcomes = write(orders, by=by)
    profile.refresh({outcome.customer_id for outcome in outcomes if outcome.created and outcome.customer_id})
    known = {outcome.purchase_id for outcome in outcomes if outcome.purchase_id and not outcome.created}
    stored = Purchase.objects.in_bulk(known) if known else {}
    for outcome in outcomes:
        outcome.purchase = just_made(outcome, by) if outcome.created else stored.get(outcome.purchase_id or 0)
    return outcomes


# Of a purchase, in the order of its columns: Django takes them so. When it was recorded is read if somebody asks.
SAID = (
    *("id", "source_id", "number", "customer_id", "at", "currency", "channel", "store", "goods", "shipping", "tax"),
    *("gift_card", "points_paid", "returned", "status", "cancelled_at", "rebilled_as_id", "fingerprint", "by_id"),
)


def just_made(outcome: Outcome, by: User | None) -> Purchase:
    """The purchase that an order has become, without reading it."""
    order = outcome.order
    head = (outcome.purchase_id, outcome.source_id, order.number, outcome.customer_id, order.at, order.currency)
    money = (order.goods, order.shipping, order.tax, order.gift_card, order.points_paid)
    rest = (0, Purchase.Status.STANDING.value, None, None, order.fingerprint, by.pk if by else None)
    return Purchase.from_db(DEFAULT_DB_ALIAS, SAID, [*head, order.channel, order.store, *money, *rest])


def write(
    orders: Sequence[Order], *, by: User | None = None, customers: Mapping[str, int] | None = None
) -> list[Outcome]:
    """What ``record_many`` does, within the caller's transaction and but for the profiles, which the caller refreshes.

    The outcomes know the ids of their purchases and customers, not the rows. ``customers`` are the ``standing_ids``,
    where the caller has them already.
    """
    outcomes = [Outcome(order) for order in orders]
    for outcome in outcomes:
        _refuse_flawed(outcome)
    sources = dict(Source.objects.filter(code__in={order.source for order in orders}).values_list("code", "pk"))
    if customers is None:
        customers = standing_ids({outcome.order.customer for outcome in _open(outcomes)})
    for outcome in _open(outcomes):
        _refuse_strangers(outcome, sources, customers)
    _find_known(_open(outcomes), sources)
    firsts = _first_of_each(_open(outcomes))
    _write_new(list(firsts.values()), sources, by)
    for outcome in _open(outcomes):
        _answer_like(outcome, firsts[outcome.order.source, outcome.order.number])
    return outcomes


def standing(numbers: Iterable[str]) -> dict[str, Customer]:
    """Customers by the numbers asked for; an old number finds the one that it was merged into. In a transaction."""
    ids = standing_ids(numbers)
    found = Customer.objects.in_bulk(set(ids.values()))
    return {number: found[pk] for number, pk in ids.items()}


def standing_ids(numbers: Iterable[str], *, counted: bool = False) -> dict[str, int]:
    """As ``standing``, ids only. ``counted`` locks them as ``profile.refresh`` will, which then need not."""
    asked = set(numbers)
    statement = CUSTOMERS.format(lock="NO KEY UPDATE" if counted else "KEY SHARE")
    while True:
        with connection.cursor() as cursor:
            cursor.execute(statement, divided(list(asked)))
            rows = cursor.fetchall()
        states = {pk: status for pk, _number, status, _into in rows}
        found = {number: into or pk for pk, number, _status, into in rows if number in asked}
        if all(states.get(pk, MERGED) != MERGED for pk in found.values()):
            return {number: pk for number, pk in found.items() if states[pk] == Customer.Status.ACTIVE}
        # Somebody's survivor was merged in turn while we waited for the lock: read who it is now.


def _open(outcomes: Iterable[Outcome]) -> list[Outcome]:
    return [outcome for outcome in outcomes if outcome.refusal is None and outcome.purchase_id is None]


def _refuse_flawed(outcome: Outcome) -> None:
    if not outcome.order.sound:
        found = [PurchaseRefused(flaw.message, flaw.code, flaw.field) for flaw in flaws(outcome.order)]
        outcome.refusal = PurchaseRefused(found)


def _refuse_strangers(outcome: Outcome, sources: Mapping[str, int], customers: Mapping[str, int]) -> None:
    order = outcome.order
    if order.source not in sources:
        outcome.refusal = PurchaseRefused(
            _("There is no source %(source)s.") % {"source": order.source}, "unknown_source", "source"
        )
    elif order.customer not in customers:
        outcome.refusal = PurchaseRefused(
            _("There is no customer %(number)s.") % {"number": order.customer}, "unknown_customer", "customer"
        )
    else:
        outcome.customer_id = customers[order.customer]


def _find_known(outcomes: list[Outcome], sources: dict[str, int]) -> None:
    """Give each order that was recorded before its purchase; refuse it where the content differs."""
    numbers = [outcome.order.number for outcome in outcomes]
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [list(sources.values()), *divided(numbers)])
        known = {(source, number): stored for source, number, *stored in cursor.fetchall()}
    for outcome in outcomes if known else ():
        stored = known.get((sources[outcome.order.source], outcome.order.number))
        if stored and stored[2] == outcome.order.fingerprint:
            outcome.purchase_id, outcome.customer_id = stored[:2]
        elif stored:
            outcome.refusal = _conflict(outcome.order)


def _conflict(order: Order) -> PurchaseRefused:
    message = _("Order %(number)s was recorded before with another content.") % {"number": order.number}
    return PurchaseRefused(message, "duplicate_number", "number")


def _first_of_each(outcomes: list[Outcome]) -> dict[tuple[str, str], Outcome]:
    firsts: dict[tuple[str, str], Outcome] = {}
    for outcome in outcomes:
        firsts.setdefault((outcome.order.source, outcome.order.number), outcome)
    return firsts


def _answer_like(outcome: Outcome, first: Outcome) -> None:
    """The same number twice in one batch counts once; with another content the second is refused."""
    if first.refusal or outcome.order.fingerprint != first.order.fingerprint:
        outcome.refusal = first.refusal or _conflict(outcome.order)
    else:
        outcome.purchase_id = first.purchase_id


def _write_new(outcomes: list[Outcome], sources: dict[str, int], by: User | None) -> None:
    """Insert what is new. A number that another writer took meanwhile is answered with theirs."""
    while outcomes:
        try:
            with transaction.atomic():
                _copy(outcomes, sources, by)
        except IntegrityError as error:
            if "order_number_is_unique_within_its_source" not in str(error):
                raise
            for outcome in outcomes:
                outcome.purchase_id, outcome.created = None, False
            _find_known(outcomes, sources)
            outcomes = _open(outcomes)
        else:
            return


def _copy(outcomes: list[Outcome], sources: dict[str, int], by: User | None) -> None:
    if len(outcomes) > prepared.PLANS_KEPT_UP_TO:
        prepared.forget_plans()
    # In the order of the numbers: two who write the same orders wait for each other instead of dying of a deadlock.
    outcomes = sorted(outcomes, key=attrgetter("order.number"))
    outcomes.sort(key=attrgetter("order.source"))
    ids = next_ids("customers_purchase", len(outcomes))
    bought, lines = [], []
    for outcome, pk in zip(outcomes, sorted(ids), strict=True):
        outcome.purchase_id, outcome.created, outcome.source_id = pk, True, sources[outcome.order.source]
        bought.append(_copied(outcome, by.pk if by else r"\N"))
        lines.append(outcome.order.copied.replace(MARK, str(pk)))
    copy_text("customers_purchase", PURCHASE_COLUMNS, "".join(bought))
    copy_text("customers_line", COPIED, "".join(lines))
    with connection.cursor() as cursor:
        cursor.execute(FACTS, [array(ids)])


def _copied(outcome: Outcome, by: object) -> str:
    """The purchase as COPY takes it."""
    order = outcome.order
    return (
        f"{outcome.purchase_id}\t{outcome.source_id}\t{escaped(order.number)}\t{outcome.customer_id}\t{order.moment[1]}\t"
        f"{order.currency}\t{escaped(order.channel)}\t{escaped(order.store)}\t{order.goods}\t{order.shipping}\t"
        f"{order.tax}\t{order.gift_card}\t{order.points_paid}\t0\tstanding\t{order.fingerprint}\t{by}\n"
    )


@transaction.atomic
def cancel(
    purchase: Purchase, *, at: datetime | None = None, by: User | None = None, rebilled_as: Purchase | None = None
) -> Purchase:
    """Cancel a whole purchase, naming the one that takes its place where it was billed again.

    Raises WrongState, or NotBilledAgain where that one cannot.
    """
    at = at or timezone.now()
    purchase = Purchase.objects.select_for_update(of=["self"]).select_related("customer").get(pk=purchase.pk)
    if purchase.status == Purchase.Status.CANCELLED:
        raise WrongState(purchase)
    purchase.status, purchase.cancelled_at = Purchase.Status.CANCELLED, at
    purchase.save(update_fields=["status", "cancelled_at"])
    if rebilled_as:
        take_place(rebilled_as, of=purchase)
    timeline.record(
        purchase.customer,
        Verb.PURCHASE_CANCELLED,
        by=by,
        at=at,
        key=f"cancelled:{purchase.pk}",
        purchase=purchase.pk,
        number=purchase.number,
        total=purchase.total,
        currency=purchase.currency,
    )
    profile.refresh([purchase.customer_id])
    return purchase


@transaction.atomic
def take_place(successor: Purchase, *, of: Purchase) -> None:
    """Name the purchase that a cancelled one was billed again as. Raises NotBilledAgain."""
    successor = Purchase.objects.select_for_update(of=["self"]).get(pk=successor.pk)
    taken = Purchase.objects.filter(rebilled_as=successor).exclude(pk=of.pk).exists()
    if taken or successor.pk == of.pk or not successor.standing or successor.customer_id != of.customer_id:
        raise NotBilledAgain(successor.number)
    of.rebilled_as = successor
    of.save(update_fields=["rebilled_as"])
