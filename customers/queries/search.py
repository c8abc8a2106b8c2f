"""Find a customer in one box: by name or a part of it, e-mail address, phone, number, order number.

Each kind of question has its own index and a fixed limit, so that the answer takes as long with a million customers
as with a thousand. A merged customer's number finds the one that it was merged into; erased ones are not found.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.db.models import Q

from config.lines import one_line
from customers.models import Customer
from customers.naming import sort_key
from customers.phones import normalised

MOST = 20
NEWEST = 1_000
SHORTEST_PHONE = 4  # digits
PHONE = re.compile(r"[+(]?[\d\s()./-]+")


class Why(models.TextChoices):
    """What of a customer fitted the question."""

    NUMBER = "number"
    ORDER = "order"
    EMAIL = "email"
    PHONE = "phone"
    NAME = "name"


@dataclass(frozen=True)
class Hit:
    """``matched`` is the text that fitted: an address, an order number."""

    customer: Customer
    why: Why
    matched: str


@dataclass(frozen=True)
class Lookup:
    """One way to find: a query of (customer, what fitted) that an index answers, and its parameters."""

    why: Why
    sql: str
    params: tuple[str | list[str], ...]


# ``USING ~<~`` is the order of the indexes for beginnings: the planner then has no reason to look elsewhere.
NUMBER = """SELECT coalesce(merged_into_id, id), number FROM customers_customer
    WHERE number = ANY(%s) AND status <> 'erased'"""
NUMBER_BEGINS = """SELECT coalesce(merged_into_id, id), number FROM customers_customer
    WHERE number LIKE %s AND status <> 'erased' ORDER BY number USING ~<~"""
# Asked of each order by itself: joined, the planner could begin with the customers.
ORDER = """SELECT customer_id, number FROM customers_purchase
    WHERE number = ANY(%s) AND (SELECT status FROM customers_customer WHERE id = customer_id) <> 'erased'"""
ORDER_BEGINS = """SELECT customer_id, number FROM customers_purchase
    WHERE number LIKE %s AND (SELECT status FROM customers_customer WHERE id = customer_id) <> 'erased'
    ORDER BY number USING ~<~"""
EMAIL_BEGINS = """SELECT customer_id, address FROM customers_emailaddress
    WHERE address LIKE %s ORDER BY address USING ~<~"""
PHONE_IS = "SELECT customer_id, number FROM customers_phone WHERE number = %s"
PHONE_ENDS = """SELECT customer_id, number FROM customers_phone
    WHERE reverse(number) LIKE %s ORDER BY reverse(number) USING ~<~"""
NAME_BEGINS = """SELECT id, name FROM customers_customer
    WHERE sort_key COLLATE "C" >= %s AND sort_key COLLATE "C" < %s AND status = 'active'
    ORDER BY sort_key COLLATE "C\""""
LAST_CHARACTER = "\U0010ffff"

# A very common fragment fills the page out of the newest customers, so that the index is asked for rarer ones only.
# The two halves are taken in this order, and the second not at all where the first gives enough; ``id + 0`` keeps the
# planner from reading the whole primary key for it.
PART_OF_NAME = """
WITH border AS MATERIALIZED (
    SELECT coalesce((SELECT id FROM customers_customer ORDER BY id DESC OFFSET %(newest)s LIMIT 1), 0) AS id
)
(SELECT c.id, c.name FROM customers_customer c
    WHERE c.id > (SELECT id FROM border) AND c.status = 'active' AND ' ' || c.sort_key LIKE ALL(%(patterns)s)
    ORDER BY c.id DESC LIMIT %(most)s)
UNION ALL
(SELECT c.id, c.name FROM customers_customer c
    WHERE c.id + 0 <= (SELECT id FROM border) AND c.status = 'active' AND c.sort_key <> ''
        AND customers_grams(c.sort_key) @> %(grams)s::text[] AND ' ' || c.sort_key LIKE ALL(%(patterns)s)
    LIMIT %(most)s)
LIMIT %(most)s
"""


def find(question: str, *, most: int = MOST) -> list[Hit]:
    """Customers who fit, the surest first, each once and never more than ``most``."""
    question = one_line(question)[:200]
    if not question:
        return []
    found = _look_up(list(_lookups(question)), most)
    known = bool(found) and any(map(str.isdigit, question))  # a number, an order or a phone: no part of a name
    if len(found) < most and not known and "@" not in question:
        found |= {pk: (Why.NAME, name) for pk, name in _by_part_of_name(question, most) if pk not in found}
    customers = Customer.objects.standing().in_bulk(list(found)[:most])
    return [Hit(customers[pk], *found[pk]) for pk in list(found)[:most] if pk in customers]


def who_has(*, email: str = "", phone: str = "", country: str = "") -> list[Customer]:
    """Customers who have exactly this e-mail address or this phone; few."""
    number = normalised(phone, country or settings.BUSINESS_COUNTRY) if phone else None
    has = Q(email_addresses__address=email.strip().lower()) if email.strip() else Q(pk__in=())
    has |= Q(phones__number=number) if number else Q(pk__in=())
    return list(Customer.objects.standing().filter(has).distinct().order_by("pk")[:5])


def _look_up(lookups: list[Lookup], most: int) -> dict[int, tuple[Why, str]]:
    """All lookups in one statement; of a customer found twice, the surer reason stays."""
    parts = [f"(SELECT {place}, * FROM ({lookup.sql} LIMIT %s) AS hit)" for place, lookup in enumerate(lookups)]
    params: list[Any] = [param for lookup in lookups for param in (*lookup.params, most)]
    found: dict[int, tuple[Why, str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), params)
        for place, pk, matched in sorted(cursor.fetchall(), key=itemgetter(0)):
            found.setdefault(pk, (lookups[place].why, matched))
    return found


def _lookups(question: str) -> Iterator[Lookup]:
    """From the surest to the vaguest."""
    spellings = sorted({question, question.upper()})
    yield Lookup(Why.NUMBER, NUMBER, (spellings,))
    yield Lookup(Why.ORDER, ORDER, (spellings,))
    if "@" in question:
        yield Lookup(Why.EMAIL, EMAIL_BEGINS, (_beginning(question.lower()),))
        return
    if PHONE.fullmatch(question):
        yield from _phones(question)
    key = sort_key(question)
    if key:
        yield Lookup(Why.NAME, NAME_BEGINS, (key, key + LAST_CHARACTER))
    for spelling in spellings:
        yield Lookup(Why.NUMBER, NUMBER_BEGINS, (_beginning(spelling),))
        yield Lookup(Why.ORDER, ORDER_BEGINS, (_beginning(spelling),))
    if " " not in question:
        yield Lookup(Why.EMAIL, EMAIL_BEGINS, (_beginning(question.lower()),))


def _phones(text: str) -> Iterator[Lookup]:
    """The whole number as it is dialled here or from abroad; then its last digits."""
    whole = normalised(text, settings.BUSINESS_COUNTRY)
    if whole:
        yield Lookup(Why.PHONE, PHONE_IS, (whole,))
    digits = re.sub(r"\D", "", text)
    last = digits.lstrip("0") if len(digits) > SHORTEST_PHONE else digits
    if len(last) >= SHORTEST_PHONE:
        yield Lookup(Why.PHONE, PHONE_ENDS, (_beginning(last[::-1]),))


def _by_part_of_name(question: str, most: int) -> list[tuple[int, str]]:
    """Every word of the question stands somewhere in the name; a single character begins a word of it."""
    words = sort_key(question).split()
    if not words:
        return []
    # Written as `` word`` for a single character, whose only neighbours are the blank before and what follows.
    fragments = [word if len(word) > 1 else f" {word}" for word in words]
    # Every other pair and the last one cover the fragment; the fewer there are, the less of the index is read.
    grams = {
        fragment[n : n + 2] for fragment in fragments for n in [*range(0, len(fragment) - 1, 2), len(fragment) - 2]
    }
    with connection.cursor() as cursor:
        cursor.execute(
            PART_OF_NAME,
            {
                "newest": NEWEST,
                "patterns": [f"%{_escaped(fragment)}%" for fragment in fragments],
                "grams": sorted(grams),
                "most": most,
            },
        )
        return cursor.fetchall()


def _beginning(text: str) -> str:
    return _escaped(text) + "%"


def _escaped(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)
