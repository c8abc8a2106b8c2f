"""Points for the invented company: what its purchases earned, what was spent of it since, and what waits for staff."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from django.db import transaction

from customers.actions import readers
from customers.demo.company import Tell
from customers.models import Customer
from loyalty.actions import adjustments, audit, earning, programmes, redemptions, settlement, wallets
from loyalty.models import Programme, Transaction, Wallet
from people.models import User

SEED = 20
WEEKS = 26  # of redemptions: so long has the shop had rewards
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
    if read := read_timeline():
        tell(f"{read} facts read: purchases earned, returns took back")
    if not Transaction.objects.filter(key__startswith=KEY).exists():
        spent = spend(today)
        tell(f"{spent} rewards taken")
        read_timeline()
    audit.seal()


def read_timeline() -> int:
    return readers.catch_up("loyalty", earning.react, verbs=earning.VERBS, seconds=3600)


def open_programme() -> Programme:
    """The main programme with dates, where nobody has given it others."""
    programme = programmes.main(fresh=True)
    if programme.expiry_months is None and not Transaction.objects.exists():
        programme.name, programme.expiry_months, programme.expiry_at_month_end = "Leaves", 12, True
        programme.save(update_fields=["name", "expiry_months", "expiry_at_month_end"])
    return programmes.main(fresh=True)


@transaction.atomic
def spend(today: date) -> int:
    """A reward now and then, week by week, by those whose last purchase lies before; then what is under way today."""
    dice = Random(SEED)  # noqa: S311  (an invented company needs no secrets)
    midnight = datetime.combine(today, time(), tzinfo=UTC)
    spent = 0
    for weeks in range(WEEKS, 0, -1):
        at = midnight - timedelta(weeks=weeks, hours=dice.randrange(5, 14), minutes=dice.randrange(60))
        settlement.settle_due(at=at)
        spent += sum(redeem(wallet, at, dice) for wallet in able(at) if dice.random() < 0.04)
    settlement.settle_due(at=midnight)
    leave_under_way(able(midnight), midnight)
    return spent


def able(at: datetime) -> Iterable[Wallet]:
    """Wallets that can pay the smallest reward, and whose later purchases would not stand above it."""
    found = Wallet.objects.filter(available__gte=REWARDS[0][0], debt=0, status=Wallet.Status.OPEN)
    return list(found.filter(customer__profile__last_purchase_at__lt=at).select_related("customer").order_by("pk"))


def redeem(wallet: Wallet, at: datetime, dice: Random) -> bool:
    points, reward = dice.choice([reward for reward in REWARDS if reward[0] <= wallet.available])
    key = f"{KEY}:{wallet.customer.number}:{at:%y%m%d}"
    redemptions.redeem(wallet.customer, points, reason=reward, key=key, at=at)
    return True


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
