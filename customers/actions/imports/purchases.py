"""Write the orders of a batch, making customers that are not known yet."""

from collections.abc import Sequence

from customers.actions import customers, profile, purchases
from customers.actions.imports.tally import Tally
from customers.files.orders import Basket
from customers.files.reasons import Refusal
from customers.models import ImportRun
from customers.newcomers import CustomerRefused, Newcomer, number_of


def bring_in(run: ImportRun, baskets: Sequence[Basket], tally: Tally) -> list[Refusal]:
    """Record the orders of the baskets. Answers with the rows that stay out."""
    with_order = [basket for basket in baskets if basket.order]
    orders = [basket.order for basket in with_order if basket.order]
    if run.mapping.get("create_customers", True):
        tally.counts["customers"] += _add_unknown(run, {order.customer for order in orders})
    refused = [refusal for basket in baskets for refusal in basket.refused]
    touched = set()
    for outcome, basket in zip(purchases.write(orders, by=run.by), with_order, strict=True):
        order = outcome.order
        if outcome.refusal:
            refused += _refusals(basket, outcome.refusal)
            continue
        tally.counts["accepted"] += basket.accepted
        if outcome.created:
            touched.add(outcome.customer_id)
            tally.counts["orders"] += 1
            tally.counts["lines"] += len(order.lines)
            tally.amounts[order.currency] += order.total
        else:
            tally.counts["known"] += 1
            tally.known_amounts[order.currency] += order.total
    profile.refresh(pk for pk in touched if pk)
    return refused


def _add_unknown(run: ImportRun, numbers: set[str]) -> int:
    """Customers with nothing but their numbers. Answers with how many are new."""
    unknown = numbers - purchases.standing_ids(numbers).keys()
    possible = [Newcomer(number=number, came_from=run.source.code) for number in sorted(unknown) if _can_be(number)]
    if possible:
        customers.ensure_many(possible, by=run.by)
    return len(possible)


def _can_be(number: str) -> bool:
    try:
        return number_of(number) == number
    except CustomerRefused:
        return False


def _refusals(basket: Basket, refusal: purchases.PurchaseRefused) -> list[Refusal]:
    """The order's own rows go out with the order's reason; those that were out before keep theirs."""
    out = {one.row[0] for one in basket.refused} | {one.row[0] for one in basket.returns}
    error = refusal.error_list[0]
    sentence = " ".join(refusal.messages)
    return [Refusal(row, error.code or "refused", sentence) for row in basket.rows if row[0] not in out]
