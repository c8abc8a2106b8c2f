"""Points for the invented company: what its purchases earned, what was spent of it since, and what waits for staff."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from random import Random
from typing import NamedTuple

from django.db import transaction
from django.db.models import Min, Q, QuerySet

from customers.actions import readers
from customers.demo.company import Tell
from customers.models import Bookmark, Customer, Fact, Purchase, Return, Verb
from loyalty import demo_orders
from loyalty.actions import adjustments, audit, earning, programmes, redemptions, settlement, wallets
from loyalty.models import Programme, Transaction, Wallet
from people.models import User

SEED = 20
FORTNIGHT = 14
YEARS = 2
REWARDED = 180  # the last days: so long has the shop had rewards
CHANCE = 0.006  # that somebody who can takes one on a day
REWARDS = (
    (100, "Voucher for 5.00"),
    (200, "Voucher for 10.00"),
    (300, "A tin of Evening herbs"),
    (500, "Tea tasting"),
)
KEY = "demo-reward"


def fill(count: int, *, today: date, tell: Tell) -> None:
    """Let the purchases earn, then spend. ``count`` does not matter: the points follow the purchases."""
    open_programme()
    if news():
        earned = live_through(today)
        tell(f"{earned} purchases earned, some of it was taken back, spent or expired")
        readers.catch_up("loyalty", hear_the_rest, verbs=earning.VERBS, seconds=3600)
        audit.seal()
        audit.audit()


def news() -> bool:
    """Whether loyalty has purchases still to read."""
    read = Bookmark.objects.filter(reader="loyalty").aggregate(last=Min("position"))["last"] or 0
    return Fact.objects.filter(Q(position=None) | Q(position__gt=read), verb=Verb.BOUGHT).exists()


def open_programme() -> Programme:
    """The main programme with dates, where nobody has given it others."""
    programme = programmes.main(fresh=True)
    if programme.expiry_months is None and not Transaction.objects.exists():
        programme.name, programme.expiry_months, programme.expiry_at_month_end = "Leaves", 12, True
        programme.breakage_percent = 20
        programme.save(update_fields=["name", "expiry_months", "expiry_at_month_end", "breakage_percent"])
    return programmes.main(fresh=True)


def live_through(today: date) -> int:
    """A while at a time, as if it were lived: time passes, purchases earn, returns take back, rewards are taken.

    The reader of the timeline would do the same, but in the order in which it was told. Asked again, nothing is
    posted twice.
    """
    dice = Random(SEED)  # noqa: S311  (an invented company needs no secrets)
    midnight = datetime.combine(today, time(), tzinfo=UTC)
    spending = not Transaction.objects.filter(key__startswith=KEY).exists()
    paid: dict[int, Sequence[Purchase]] = {}
    earned = 0
    for left, days in whiles():
        start = midnight - timedelta(days=left)
        earned += a_while(start, start + timedelta(days=days))
        if spending and left <= REWARDED:
            at = start + timedelta(hours=dice.randrange(14, 21), minutes=dice.randrange(60))
            take_rewards(at, dice)
            demo_orders.bring_back(paid.get(left + FORTNIGHT, ()), at)
            if left % 4 == 0:
                paid[left] = demo_orders.pay_with_points(able(), at, dice, key=KEY)
    if spending:
        settlement.settle_due(at=midnight)  # what lapsed with the month cannot be held in its last hours
        leave_under_way(able()[:10], midnight)
    return earned


def whiles() -> Iterator[tuple[int, int]]:
    """How many days ago each while began, and how many it lasted: weeks, and since there are rewards, days."""
    left = YEARS * 365 + FORTNIGHT
    while left:
        days = 1 if left <= REWARDED else min(7, left - REWARDED)
        yield left, days
        left -= days


def hear_the_rest(facts: list[Fact]) -> None:
    """What loyalty does about facts whose purchases have earned, and been taken back, day by day."""
    lived = (Verb.BOUGHT, Verb.RETURNED, Verb.PURCHASE_CANCELLED)
    earning.react([fact for fact in facts if fact.verb not in lived])


@transaction.atomic
def a_while(start: datetime, end: datetime) -> int:
    """What happened from ``start`` until before ``end``, in its order. Returns how many purchases earned."""
    settlement.settle_due(at=start)
    earned = 0
    for undone, some in groupby(events(start, end), key=lambda event: event.undone):
        if undone:
            for event in some:
                earning.undo(event.purchase, at=event.at)
        else:
            outcomes = earning.earn_for([event.purchase for event in some])
            earned += sum(outcome.posted for outcome in outcomes.values())
    return earned


class Event(NamedTuple):
    """Something that moved points: a purchase, or its undoing by a return or a cancellation."""

    at: datetime
    undone: bool
    purchase: Purchase


def events(start: datetime, end: datetime) -> list[Event]:
    within = (start, end - timedelta(microseconds=1))
    bought = [Event(one.at, False, one) for one in Purchase.objects.filter(at__range=within)]
    backs = Return.objects.filter(at__range=within).select_related("purchase")
    returned = [Event(back.at, True, back.purchase) for back in backs]
    wrong = Purchase.objects.filter(cancelled_at__range=within)
    cancelled = [Event(one.cancelled_at, True, one) for one in wrong if one.cancelled_at]
    return sorted(bought + returned + cancelled, key=lambda event: (event.at, event.undone, event.purchase.pk))


def take_rewards(at: datetime, dice: Random) -> None:
    taking = [pk for pk in able().values_list("pk", flat=True) if dice.random() < CHANCE]
    for wallet in able().filter(pk__in=taking):
        points, reward = dice.choice([reward for reward in REWARDS if reward[0] <= wallet.available])
        key = f"{KEY}:{wallet.customer.number}:{at:%y%m%d}"
        redemptions.redeem(wallet.customer, points, reason=reward, key=key, at=at)


def able() -> QuerySet[Wallet]:
    """Wallets that can pay the smallest reward."""
    found = Wallet.objects.filter(available__gte=REWARDS[0][0], debt=0, status=Wallet.Status.OPEN)
    found = found.filter(customer__status=Customer.Status.ACTIVE)
    return found.select_related("customer").order_by("pk")


def leave_under_way(rich: Iterable[Wallet], at: datetime) -> None:
    """Two redemptions are being paid, a wallet is frozen, adjustments are done or wait for a second person."""
    agent = User.objects.filter(username="support").first()
    customers: list[Customer] = [wallet.customer for wallet in rich]
    hour = timedelta(hours=1)
    for customer in customers[:2]:
        redemptions.hold(
            customer, 100, reason="Checkout on the web", key=f"{KEY}-hold:{customer.number}", at=at - hour
        )
    for customer in customers[2:3]:
        wallets.freeze(customer, reason="Says that somebody else signed in", by=agent, at=at - 2 * hour)
    for customer, points, reason in zip(
        customers[3:7],
        (50, 1500, 2000, -40),
        ("Tea tasting was cancelled", "Wedding list, agreed by mail", "Points of the old card", "Counted twice"),
        strict=False,
    ):
        adjustments.adjust(customer, points, reason=reason, by=agent, at=at - 3 * hour)
