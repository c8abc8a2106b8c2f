"""Points for the invented company: what its purchases earned, what was spent of it since, and what waits for staff."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from django.db import transaction
from django.db.models import Min, Q

from customers.actions import readers
from customers.demo.company import Tell
from customers.models import Bookmark, Customer, Fact, Purchase, Return, Verb
from loyalty.actions import adjustments, audit, earning, programmes, redemptions, settlement, wallets
from loyalty.models import Programme, Transaction, Wallet
from people.models import User

SEED = 20
FORTNIGHT = timedelta(days=14)
YEARS = 2
REWARDED = 13  # the last fortnights: so long has the shop had rewards
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
        readers.catch_up("loyalty", earning.react, verbs=earning.VERBS, seconds=3600)
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
        programme.save(update_fields=["name", "expiry_months", "expiry_at_month_end"])
    return programmes.main(fresh=True)


def live_through(today: date) -> int:
    """A fortnight at a time, as if it were lived: purchases earn, returns take back, time passes, rewards are taken.

    The reader of the timeline would do the same, but in the order in which it was told. Asked again, nothing is
    posted twice.
    """
    dice = Random(SEED)  # noqa: S311  (an invented company needs no secrets)
    midnight = datetime.combine(today, time(), tzinfo=UTC)
    fortnights = YEARS * 365 // FORTNIGHT.days + 2
    spending = not Transaction.objects.filter(key__startswith=KEY).exists()
    earned = 0
    for left in range(fortnights, 0, -1):
        start = midnight - left * FORTNIGHT
        earned += a_fortnight(start)
        if spending and left <= REWARDED:
            take_rewards(start + FORTNIGHT - timedelta(hours=dice.randrange(3, 12), minutes=dice.randrange(60)), dice)
    if spending:
        leave_under_way(able(midnight), midnight)
    return earned


@transaction.atomic
def a_fortnight(start: datetime) -> int:
    within = (start, start + FORTNIGHT - timedelta(microseconds=1))
    outcomes = earning.earn_for(Purchase.objects.filter(at__range=within).order_by("at", "pk"))
    for back in Return.objects.filter(at__range=within).select_related("purchase").order_by("at", "pk"):
        earning.undo(back.purchase, at=back.at)
    for wrong in Purchase.objects.filter(cancelled_at__range=within).order_by("cancelled_at", "pk"):
        assert wrong.cancelled_at is not None
        earning.undo(wrong, at=wrong.cancelled_at)
    settlement.settle_due(at=start + FORTNIGHT - timedelta(hours=12))
    return sum(outcome.posted for outcome in outcomes.values())


def take_rewards(at: datetime, dice: Random) -> None:
    for wallet in able(at):
        if dice.random() < 0.08:
            points, reward = dice.choice([reward for reward in REWARDS if reward[0] <= wallet.available])
            key = f"{KEY}:{wallet.customer.number}:{at:%y%m%d}"
            redemptions.redeem(wallet.customer, points, reason=reward, key=key, at=at)


def able(at: datetime) -> Iterable[Wallet]:
    """Wallets that can pay the smallest reward."""
    found = Wallet.objects.filter(available__gte=REWARDS[0][0], debt=0, status=Wallet.Status.OPEN)
    return list(found.select_related("customer").order_by("pk"))


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
