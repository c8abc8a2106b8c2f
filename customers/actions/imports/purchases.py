"""Write the orders of a batch, making customers that are not known yet."""

from collections.abc import Sequence

from django.db import connection
from django.utils import timezone

from customers.actions import history, profile, purchases
from customers.actions.copying import divided
from customers.actions.imports.tally import Tally
from customers.files.baskets import Basket
from customers.files.reasons import Refusal
from customers.models import AccessLog, ImportRun
from customers.newcomers import CustomerRefused, number_of

# What ``customers.add_many`` does for customers of whom nothing but the number is known, by one statement.
ADD = """
WITH added AS (
    INSERT INTO customers_customer
        (number, came_from, name, sort_key, language, zone, country, city, status, version)
    SELECT number, %(source)s, '', '', '', '', '', '', 'active', 1
    FROM unnest(string_to_array(%(numbers)s, %(divider)s)) AS wanted(number) ORDER BY number
    ON CONFLICT (number) DO NOTHING RETURNING id, number
), told AS (
    INSERT INTO customers_fact (customer_id, verb, at, by_id, key)
    SELECT id, 'added', %(at)s, %(by)s, 'added:' || id FROM added ORDER BY id
)
SELECT number, id FROM added
"""


def bring_in(run: ImportRun, baskets: Sequence[Basket], tally: Tally) -> list[Refusal]:
    """Record the orders of the baskets. Answers with more rows that stay out."""
    with_order = [basket for basket in baskets if basket.order]
    orders = [basket.order for basket in with_order if basket.order]
    customers, added = customers_of(run, {order.customer for order in orders})
    tally.counts["customers"] += len(added)
    touched: set[int | None] = set(added.values())
    refused: list[Refusal] = []
    for outcome, basket in zip(purchases.write(orders, by=run.by, customers=customers), with_order, strict=True):
        order = outcome.order
        if outcome.refusal:
            refused.append(_refusal(basket, outcome.refusal))
            continue
        tally.counts["accepted"] += basket.accepted
        if outcome.created:
            touched.add(outcome.customer_id)
            tally.counts["orders"] += 1
            tally.counts["lines"] += basket.accepted
            tally.amounts[order.currency] += order.total
        else:
            tally.counts["known"] += 1
            tally.known_amounts[order.currency] += order.total
    profile.refresh((pk for pk in touched if pk), locked=True)
    return refused


def customers_of(run: ImportRun, numbers: set[str]) -> tuple[dict[str, int], dict[str, int]]:
    """The customers of a batch, and those of them that had to be added: nothing is known of them but their numbers."""
    found, added = purchases.standing_ids(numbers, counted=True), dict[str, int]()
    unknown = numbers - found.keys()
    if unknown and run.mapping.get("create_customers", True):
        added = _add([number for number in unknown if _can_be(number)], run)
        if len(added) < len(unknown):  # somebody else was faster, or they cannot be
            found = purchases.standing_ids(numbers, counted=True)
    return found | added, added


def _add(numbers: list[str], run: ImportRun) -> dict[str, int]:
    if not numbers:
        return {}
    together, divider = divided(numbers)
    given = {"numbers": together, "divider": divider, "source": run.source.code, "by": run.by_id}
    with connection.cursor() as cursor:
        cursor.execute(ADD, given | {"at": timezone.now()})
        added = dict(cursor.fetchall())
    history.note_many(added.values(), AccessLog.What.ADDED, by=run.by)
    return added


def _can_be(number: str) -> bool:
    try:
        return number_of(number) == number
    except CustomerRefused:
        return False


def _refusal(basket: Basket, refusal: purchases.PurchaseRefused) -> Refusal:
    """The order's own rows go out with the order's reason; those that were out before keep theirs."""
    error = refusal.error_list[0]
    return Refusal(basket.in_order, error.code or "refused", " ".join(refusal.messages))
