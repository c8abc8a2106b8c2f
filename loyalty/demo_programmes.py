"""Two smaller programmes whose points end otherwise, and points that customers give to each other."""

from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction

from customers.actions import timeline
from customers.demo.company import Tell
from customers.models import Customer, Verb
from loyalty.actions import audit, point_gifts, points, programmes, sliding
from loyalty.models import Programme, Wallet

FEW, GIVEN = 8, 15
DAY = timedelta(days=1)


@transaction.atomic
def fill(count: int, *, today: date, tell: Tell) -> None:
    """A card of the café, whose points slide with each visit, and points of workshops that go at New Year."""
    if Programme.objects.filter(main=False).exists():
        return
    now = datetime.combine(today, time(), tzinfo=UTC)
    people = some()
    usual = {"currency": programmes.main(fresh=True).currency, "zone": programmes.main().zone}
    cafe = Programme.objects.create(
        code="cafe", name="Café card", expiry_months=3, expiry_activities="visited,bought", **usual
    )
    workshops = Programme.objects.create(
        code="workshops", name="Workshop points", expiry_dates="12-31", expiry_months=3, **usual
    )
    for place, customer in enumerate(people):
        points.grant(customer, 20 + place, reason="Opening of the café", at=now - 80 * DAY, programme=cafe)
        points.grant(customer, 50, reason="Blending workshop", at=now - 40 * DAY, programme=workshops)
    sliding.slide(timeline.record(customer, Verb.VISITED, at=now - 5 * DAY, place="cafe") for customer in people[::2])
    gifts = give(people, now)
    tell(f"points of {len(people)} customers that slide or go on fixed days; {gifts} gifts among them")
    audit.seal()
    audit.audit()


def some() -> list[Customer]:
    open_ = Wallet.objects.filter(programme__main=True, status=Wallet.Status.OPEN, debt=0, available__gte=2 * GIVEN)
    found = open_.filter(customer__status=Customer.Status.ACTIVE).select_related("customer").order_by("-pk")
    return [wallet.customer for wallet in found[:FEW]]


def give(people: list[Customer], now: datetime) -> int:
    """One that was confirmed, one that is not to be given, and those that wait for their givers."""
    Programme.objects.filter(main=True).update(gift_smallest=10, gift_daily=200, gift_monthly=500, gift_confirmed=True)
    programmes.forget()
    pairs = zip(people[::2], people[1::2], strict=False)
    made = [point_gifts.give(giver, GIVEN, to=taker, at=now - DAY) for giver, taker in pairs]
    for gift, decide in zip(made, (point_gifts.confirm, point_gifts.decline), strict=False):
        decide(gift, at=now)
    return len(made)
