"""How many customers a segment has: the filters that are asked for most, one after the other, at a million customers.

    python -m benchmarks.segments [customers]

Each customer has a profile, an e-mail address and two decisions about consent; nine in ten have bought twice;
one in ten reached a tier; three facts each. What is measured is what the page does: the count, with its sample.
"""

import statistics
import sys
import time
from typing import Any

from benchmarks.ground import Bars, customers, ground
from benchmarks.ledger_ground import analyse

MOST = 500  # milliseconds
ROUNDS = 3

FILL = (
    """UPDATE customers_customer SET country = (ARRAY['DE', 'KR', 'TH', 'US', 'AT'])[1 + id % 5],
        city = 'City ' || id % 500, language = (ARRAY['de', 'ko', 'th', 'en'])[1 + id % 4],
        birth_month = 1 + id % 12, birth_day = 1 + id % 28, birth_year = 1940 + id % 65""",
    """INSERT INTO customers_emailaddress (customer_id, address, "primary", came_from)
        SELECT id, 'c' || id || '@example.com', true, '' FROM customers_customer WHERE id % 20 > 0""",
    """INSERT INTO customers_postaladdress (customer_id, lines, postcode, city, region, country, "primary",
        came_from)
        SELECT id, 'Street 1', lpad((id % 100000)::text, 5, '0'), '', '', 'DE', true, '' FROM customers_customer
        WHERE id % 3 = 0""",
    """INSERT INTO customers_consentdecision (customer_id, channel, purpose, granted, source, wording, at)
        SELECT id, channel, 'offers', id % 10 > 0, 'form', '', '2026-01-01'
        FROM customers_customer CROSS JOIN unnest(ARRAY['email', 'phone']) channel""",
    """INSERT INTO customers_profile (customer_id, stage, purchases, first_purchase_at, last_purchase_at,
        usual_gap_days, currency, gross, returned, points_pending, points_available, points_held, points_debt, tier,
        nps, risk)
        SELECT id, (ARRAY['active', 'new', 'at_risk', 'lapsed', 'returned'])[1 + id % 5], id % 10,
            timestamptz '2024-01-01' + id % 800 * interval '1 day',
            date_trunc('day', now()) - id % 700 * interval '1 day', id % 90, 'EUR', id % 10 * 2500 + id % 77, 0,
            0, id % 3000, 0, 0, CASE WHEN id % 10 = 0 THEN 'gold' ELSE '' END, id % 11,
            (ARRAY['low', 'medium', 'high'])[1 + id % 3] FROM customers_customer""",
    "INSERT INTO customers_source (code, name, currency, zone, mapping) VALUES ('bench', 'Bench', 'EUR', '', '{}')",
    """INSERT INTO customers_purchase (source_id, number, customer_id, at, currency, channel, store, goods, shipping,
        tax, gift_card, points_paid, returned, status, fingerprint)
        SELECT (SELECT max(id) FROM customers_source), 'P' || id || '-' || n, id,
            date_trunc('day', now()) - (id % 700 + n * 30) * interval '1 day', 'EUR', 'web', 'Store ' || id % 20, 2500,
            0, 0, 0, 0, 0, 'standing', ''
        FROM customers_customer CROSS JOIN generate_series(1, 2) n WHERE id % 10 > 0""",
    """INSERT INTO customers_line (purchase_id, position, product, name, category, brand, supplier, margin_class,
        quantity, unit_price, discount, tax, amount, returned)
        SELECT id, 1, 'P' || id % 300, 'Tea', 'Category ' || id % 12, 'Brand ' || id % 30, '', '', 1, 2500, 0, 0,
            2500, 0
        FROM customers_purchase""",
    """INSERT INTO customers_fact (customer_id, verb, at, about)
        SELECT id, verb, date_trunc('day', now()) - id % 400 * interval '1 day', '{}'
        FROM customers_customer CROSS JOIN unnest(ARRAY['visited', 'email_opened', 'reviewed']) verb""",
)


def condition(field: str, how: str, *values: Any, name: str = "", negated: bool = False) -> dict[str, Any]:
    return {"field": field, "how": how, "values": list(values), "name": name, "not": negated}


# Those that are ready made come on top: customers.readymade.
USUAL = {
    "stage": [condition("stage", "in", "at_risk", "lapsed")],
    "bought much": [condition("value", "at_least", 10_000), condition("purchases", "at_least", 5)],
    "average purchase above that of all": [condition("average", "above_average")],
    "not for 90 days": [condition("last_purchase", "earlier", 90), condition("last_purchase", "within", 365)],
    "birthday this month": [condition("birthday", "this_month")],
    "place and tier": [condition("country", "in", "DE"), condition("tier", "in", "gold")],
    "points and NPS": [condition("points", "at_least", 500), condition("nps", "at_least", 9)],
    "consent to offers": [condition("consent", "in", "email:offers")],
    "consent and purchases": [condition("consent", "in", "email:offers"), condition("purchases", "at_least", 5)],
    "visited within 30 days": [condition("fact", "within", 30, name="visited")],
    "did not visit within 30 days": [condition("fact", "within", 30, name="visited", negated=True)],
    "reviewed at any time": [condition("fact", "ever", name="reviewed")],
    "bought from a category": [condition("bought_category", "in", "Category 7")],
    "bought in a store": [condition("bought_store", "in", "Store 7")],
    "postcode": [condition("postcode", "begins", "101")],
    "has an e-mail address": [condition("reach", "in", "email")],
    "everybody": [],
}


def conditions(asked: list[dict[str, Any]]) -> Any:
    from customers.conditions import read

    return read({"match": "all", "groups": [{"match": "all", "not": False, "conditions": asked}] if asked else []})


def main(many: int) -> None:
    with ground():
        from django.db import connection
        from django.utils import timezone

        from customers import readymade
        from customers.conditions import read
        from customers.queries import segments

        now = timezone.now()
        customers(many)
        with connection.cursor() as cursor:
            for statement in FILL:
                cursor.execute(statement)
        analyse()
        asked = {name: conditions(said) for name, said in USUAL.items()}
        asked |= {f"ready made: {one.code}": read(one.conditions) for one in readymade.READYMADE}
        bars = Bars(f"{many:,} customers")
        for name, said in asked.items():
            took = []
            for _ in range(ROUNDS):
                begun = time.perf_counter()
                found = segments.chosen(said, now)
                count = found.count()
                list(found.order_by("pk")[:10])
                took.append((time.perf_counter() - begun) * 1000)
            bars.at_most(f"ms: {name}", statistics.median(took), MOST, f"{count:,} customers")
    bars.end()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
