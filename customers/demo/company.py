"""Put the company into the database by the product's own actions, a batch of customers at a time."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from django.db import transaction

from customers.actions import consents, customers, duplicates, facts, merging, privacy, purchases, returns, traits
from customers.demo.happenings import decisions, happenings, heard_at
from customers.demo.history import SHOP, TILLS, History, history
from customers.demo.people import Person, number_of, person
from customers.models import Customer, Purchase, Source
from customers.orders import Order
from customers.reports import Report
from customers.wording import consent_wording

BATCH = 250
Tell = Callable[[str], None]


def fill(count: int, *, today: date, tell: Tell) -> None:
    """Record the first ``count`` customers and all that they did. Batches that are there already are left alone."""
    open_sources()
    for places in batches(count):
        if Customer.objects.filter(number=number_of(places[0])).exists():
            continue
        record([person(place, today=today) for place in places], today=today)
        tell(f"{places[-1]} of {count} customers")
    duplicates.find()


def batches(count: int) -> Iterator[range]:
    for first in range(1, count + 1, BATCH):
        yield range(first, min(first + BATCH, count + 1))


def open_sources() -> None:
    for code, name in ((SHOP, "Web shop"), (TILLS, "Tills")):
        Source.objects.get_or_create(code=code, defaults={"name": name, "currency": "EUR", "zone": "Europe/Berlin"})


@transaction.atomic
def record(people: Sequence[Person], *, today: date) -> None:
    """A batch, whole or not at all: an interrupted demo goes on where it stopped."""
    added = customers.add_many([one.newcomer for one in people])
    pairs = list(zip(people, added, strict=True))
    agree(pairs, today=today)
    for one, customer in pairs:
        if one.heard:
            traits.learn(customer, one.heard, came_from="said on the phone", at=heard_at(one, today=today))
    told = [history(one, today=today) for one in people]
    bought = buy([order for one in told for order in one.orders])
    for past in told:
        undo(past, bought)
    report([happening for one in people for happening in happenings(one, today=today)])
    tidy(pairs)


def tidy(pairs: Sequence[tuple[Person, Customer]]) -> None:
    """Some of those who stand there twice were found out and merged; somebody asked to be forgotten."""
    known = {one.place: customer for one, customer in pairs}
    for one, customer in pairs:
        if one.place % 300 == 25 and one.same_as in known:
            merging.merge(customer, into=known[one.same_as])
        if one.place == 45:
            privacy.erase(customer)


def agree(pairs: Sequence[tuple[Person, Customer]], *, today: date) -> None:
    consents.decide_many(
        [
            consents.Decision(
                customer,
                decided.channel,
                decided.purpose,
                decided.granted,
                decided.source,
                consent_wording(decided.purpose, customer.language),
                decided.at,
            )
            for one, customer in pairs
            for decided in decisions(one, today=today)
        ]
    )


def report(reports: Sequence[Report]) -> None:
    for first in range(0, len(reports), facts.AT_ONCE):
        for outcome in facts.report_many(reports[first : first + facts.AT_ONCE]):
            if outcome.refusal:
                raise outcome.refusal


def buy(orders: Sequence[Order]) -> dict[tuple[str, str], Purchase]:
    bought = {}
    for outcome in purchases.record_many(sorted(orders, key=lambda order: order.at)):
        if outcome.refusal:
            raise outcome.refusal
        assert outcome.purchase is not None
        bought[outcome.order.source, outcome.order.number] = outcome.purchase
    return bought


def undo(told: History, bought: dict[tuple[str, str], Purchase]) -> None:
    """Goods that come back, and purchases that are cancelled and billed again."""

    def purchase_of(order: Order) -> Purchase:
        return bought[order.source, order.number]

    for back in told.comebacks:
        returns.record(purchase_of(back.order), back.quantities, reason=back.reason, at=back.at)
    for wrong in told.cancellations:
        instead = purchase_of(wrong.instead) if wrong.instead else None
        purchases.cancel(purchase_of(wrong.order), at=wrong.at, rebilled_as=instead)
