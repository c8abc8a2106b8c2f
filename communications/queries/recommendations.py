"""What customers may like: what others bought who bought the same, and they have not.

Reckoned from the latest purchases, all at once, and kept by each process for a while: no query for each customer, and
no table to look after.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection

from customers.models import Purchase

SAMPLE = 20_000  # purchases; small enough to be read in a fraction of a second
KEPT_FOR = 900.0  # seconds; a shop with few purchases is reckoned anew each time
FEW = 1_000
MOST_OF_ONE = 30  # products of one customer: who buys everything tells nothing

LATELY = """
SELECT p.customer_id, l.product, max(coalesce(nullif(l.name, ''), l.product))
FROM customers_purchase p JOIN customers_line l ON l.purchase_id = p.id
WHERE p.id > %s AND p.status = 'standing' AND l.product <> '' AND l.returned < l.quantity
GROUP BY p.customer_id, l.product ORDER BY p.customer_id, max(p.id) DESC, l.product
"""
OWN = """
SELECT p.customer_id, l.product, max(p.at)
FROM customers_purchase p JOIN customers_line l ON l.purchase_id = p.id
WHERE p.customer_id = ANY(%s) AND l.product <> '' GROUP BY p.customer_id, l.product
ORDER BY p.customer_id, max(p.at) DESC, l.product
"""
Thing = dict[str, str]


@dataclass(frozen=True)
class Alike:
    """``names`` of products by code; for each what goes with it, and what sells best of all, the best first."""

    names: dict[str, str]
    goes_with: dict[str, list[tuple[str, int]]]
    best: list[str]


_kept: list[tuple[float, Alike]] = []  # at most one


def for_customers(customer_ids: Collection[int], *, most: int) -> dict[int, list[Thing]]:
    """Products for each customer, the best first, filled up with what sells best. Nobody is shown what they have."""
    alike = _alike()
    own: dict[int, list[str]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(OWN, [list(customer_ids)])
        for customer, product, _at in cursor.fetchall():
            own[customer].append(product)
    return {pk: _for_one(own[pk], alike, most) for pk in customer_ids}


def _for_one(own: list[str], alike: Alike, most: int) -> list[Thing]:
    """What was bought lately counts."""
    score: Counter[str] = Counter()
    for product in own[:MOST_OF_ONE]:
        score.update(dict(alike.goes_with.get(product, ())))
    have = set(own)
    ranked = [code for code, _n in sorted(score.items(), key=lambda pair: (-pair[1], pair[0])) if code not in have]
    ranked += [code for code in alike.best if code not in have and code not in score]
    return [{"code": code, "name": alike.names[code]} for code in ranked[:most]]


def _alike() -> Alike:
    if _kept and time.monotonic() < _kept[0][0]:
        return _kept[0][1]
    latest = Purchase.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    with connection.cursor() as cursor:
        cursor.execute(LATELY, [latest - SAMPLE])
        rows = cursor.fetchall()
    made = reckoned(rows)
    _kept[:] = [(time.monotonic() + KEPT_FOR, made)] if len(rows) > FEW else []
    return made


def reckoned(rows: Collection[tuple[int, str, str]]) -> Alike:
    """From who bought what: rows of customer, code and name, each customer's together. Pure."""
    baskets: dict[int, list[str]] = defaultdict(list)
    names, sold = {}, Counter[str]()
    for customer, product, name in rows:
        names[product] = name
        sold[product] += 1
        if len(baskets[customer]) < MOST_OF_ONE:
            baskets[customer].append(product)
    together: dict[str, Counter[str]] = defaultdict(Counter)
    for basket in baskets.values():
        for product in basket:
            together[product].update(other for other in basket if other != product)
    goes_with = {product: counted.most_common(20) for product, counted in together.items()}
    return Alike(names, goes_with, [product for product, _n in sold.most_common(50)])
