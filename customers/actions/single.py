"""The one purchase of a web shop, in one statement where nothing about it is unusual.

``purchases.write`` does the same for any number and knows every answer; this knows the commonest one. What it does not
know it leaves alone, and the caller goes the long way.
"""

from config.statements import Statement, array
from customers.actions import profile
from customers.actions.purchases import Outcome, just_made
from customers.orders import Order, flaws
from people.models import User

# The customer's row is locked for counting their purchases afterwards; who is just being merged is waited for. Their
# status is asked in a way that no index answers: while a table is too new for statistics, PostgreSQL would rather read
# the index of all who are active than find one number.
RECORD = Statement("""
WITH source AS (SELECT id FROM customers_source WHERE code = %(source)s),
who AS MATERIALIZED (
    SELECT id FROM customers_customer WHERE number = %(customer)s AND (status = 'active') IS TRUE FOR NO KEY UPDATE
),
bought AS (
    INSERT INTO customers_purchase (
        source_id, number, customer_id, at, currency, channel, store, goods, shipping, tax, gift_card, points_paid,
        returned, status, fingerprint, by_id
    ) SELECT source.id, %(number)s, who.id, %(at)s::timestamptz, %(currency)s, %(channel)s, %(store)s,
        %(goods)s::bigint, %(shipping)s::bigint, %(tax)s::bigint, %(gift_card)s::bigint, %(points_paid)s::bigint,
        0, 'standing', %(fingerprint)s, %(by)s::bigint
    FROM source, who
    ON CONFLICT (source_id, number) DO NOTHING
    RETURNING id, source_id, customer_id
),
lines AS (
    INSERT INTO customers_line (
        purchase_id, position, quantity, unit_price, product, name, category, brand, supplier, margin_class,
        discount, tax, amount, returned
    ) SELECT bought.id, line.position, line.quantity, line.unit_price, line.product, line.name, line.category,
        line.brand, line.supplier, line.margin_class, line.discount, line.tax, line.amount, 0
    FROM bought, unnest(
        %(quantities)s::numeric[], %(unit_prices)s::numeric[], %(products)s::text[], %(names)s::text[],
        %(categories)s::text[], %(brands)s::text[], %(suppliers)s::text[], %(margin_classes)s::text[],
        %(discounts)s::bigint[], %(taxes)s::bigint[], %(amounts)s::bigint[]
    ) WITH ORDINALITY AS line (
        quantity, unit_price, product, name, category, brand, supplier, margin_class, discount, tax, amount, position
    )
),
told AS (
    INSERT INTO customers_fact (customer_id, verb, at, by_id, key, about)
    SELECT customer_id, 'bought', %(at)s::timestamptz, %(by)s::bigint, 'bought:' || id, jsonb_build_object(
        'purchase', id, 'number', %(number)s::text, 'total', %(total)s::bigint, 'currency', %(currency)s::text
    ) FROM bought
)
SELECT id, source_id, customer_id FROM bought
""")
# Of the arrays, in the order of an order line's fields.
COLUMNS = (
    *("quantities", "unit_prices", "products", "names", "categories", "brands", "suppliers", "margin_classes"),
    *("discounts", "taxes"),
)


def record(order: Order, *, by: User | None = None) -> Outcome | None:
    """Record a purchase that is new and right, within the caller's transaction; None where it is not: nothing is done.

    The outcome's purchase is not read again, nor is its customer.
    """
    if any(flaws(order)):
        return None
    values = {
        "source": order.source,
        "customer": order.customer,
        "number": order.number,
        "at": order.at,
        "currency": order.currency,
        "channel": order.channel,
        "store": order.store,
        "goods": order.goods,
        "shipping": order.shipping,
        "tax": order.tax,
        "gift_card": order.gift_card,
        "points_paid": order.points_paid,
        "total": order.total,
        "fingerprint": order.fingerprint,
        "by": by.pk if by else None,
        "amounts": array([line.amount for line in order.lines]),
    }
    values |= {name: array(column) for name, column in zip(COLUMNS, zip(*order.lines, strict=True), strict=False)}
    written = RECORD.ask(values)
    if not written:
        return None
    pk, source, customer = map(int, written[0])  # type: ignore[arg-type]
    profile.refresh([customer], locked=True)
    outcome = Outcome(order, created=True, purchase_id=pk, customer_id=customer, source_id=source)
    outcome.purchase = just_made(outcome, by)
    return outcome
