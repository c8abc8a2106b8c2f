"""Tiers, members and gifts of the invented company: where two years of purchases have led, month by month."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Max

from customers.demo.company import Tell
from customers.models import Customer, Segment
from loyalty.actions import audit, causes, memberships, programmes, standings, tiers
from loyalty.actions.tiers import Step
from loyalty.models import Benefit, Cause, EarlyAccess, Plan, Programme, Reward, TierTable, Wallet
from people.models import User

STEPS = (Step("bronze", "Bronze", 0), Step("silver", "Silver", 250), Step("gold", "Gold", 600, points_last=24))
BEGAN = timedelta(days=720)
MONTH = timedelta(days=30)
GRACE_DAYS = 14
BENEFITS = (
    ("samples", "A sample with every order", "bronze"),
    ("free-shipping", "Free shipping", "silver"),
    ("tasting", "Invitation to the tea tasting", "gold"),
    ("own-blend", "A blend of one's own, once a year", "gold"),
)


def fill(count: int, *, today: date, tell: Tell) -> None:
    """Let tiers apply since two years ago, sell memberships, give points away. What is there is left alone."""
    programme = programmes.main(fresh=True)
    if TierTable.objects.exists():
        return
    now = datetime.combine(today, time(), tzinfo=UTC)
    changes = live_through(programme, now)
    tell(f"Bronze, Silver and Gold: {changes} times somebody's tier was settled")
    programme = programmes.main(fresh=True)
    members = sell(programme, now)
    gifts = give(programme, now)
    standings.settle_all(programme, at=now)
    tell(f"{members} members, {gifts} gifts to two causes")
    audit.seal()
    audit.audit()


def live_through(programme: Programme, now: datetime) -> int:
    marketer = User.objects.filter(username="marketing").first()
    began = now - BEGAN
    table = tiers.draft(programme, steps=STEPS, grace_days=GRACE_DAYS)
    tiers.apply(table, by=marketer, at=began, starts_at=began)
    for code, name, tier in BENEFITS:
        Benefit.objects.create(programme=programme, code=code, name=name, tier=tier)
    tiered, changes = programmes.main(fresh=True), 0
    for at in months(began, now):
        changes += standings.settle_all(tiered, at=at)
    return changes


def months(began: datetime, now: datetime) -> Iterator[datetime]:
    while began < now:
        began = min(began + MONTH, now)
        yield began


def sell(programme: Programme, now: datetime) -> int:
    """A membership for people who care: some run, one was renewed, one ends soon, one was cancelled."""
    plan = Plan.objects.create(
        programme=programme,
        code="circle",
        name="Tea circle",
        price=4900,
        currency=programme.currency,
        grace_days=14,
        tier="silver",
    )
    Benefit.objects.create(programme=programme, code="first-flush", name="First flush before all others", plan=plan)
    if segment := Segment.objects.order_by("pk").first():
        Benefit.objects.create(programme=programme, code="card", name="A card on paper", segment=segment)
    early = EarlyAccess.objects.create(
        code="first-flush",
        name="First flush",
        opens_at=now - timedelta(days=2),
        public_at=now + timedelta(days=5),
        tier="gold",
    )
    early.plans.add(plan)
    customers = list(Customer.objects.standing().filter(profile__purchases__gte=3).order_by("pk")[:12])
    for n, customer in enumerate(customers):
        begins = now - timedelta(days=(340, 500, 200, 355, 90, 30)[n % 6] - n)
        made = memberships.start(customer, plan, at=begins, key=f"demo-membership:{customer.number}")
        if n % 6 == 1:
            memberships.renew(made, at=made.ends_at - timedelta(days=3))
        if n % 6 == 4:
            memberships.cancel(made, at=now - timedelta(days=20))
    memberships.tell_what_is_due(at=now)
    return len(customers)


def give(programme: Programme, now: datetime) -> int:
    """Some gave points to a cause a day after they had last heard of their points."""
    trees = {"value_points": 1, "value_money": 1, "currency": programme.currency, "smallest": 10}
    made = [
        Cause.objects.create(programme=programme, code="trees", name="Trees for the tea gardens", **trees),
        Cause.objects.create(
            programme=programme,
            code="school",
            name="School in the valley",
            **trees | {"match_adds": 1, "match_for": 2},
        ),
    ]
    Reward.objects.filter(code="trees").update(cause=made[0])
    rich = Wallet.objects.filter(programme=programme, available__gte=60, held=0, debt=0, status=Wallet.Status.OPEN)
    given = 0
    for wallet in rich.annotate(last=Max("transactions__effective_at")).select_related("customer").order_by("pk")[:60]:
        at = wallet.last + timedelta(days=1)
        if given < 24 and at < now:
            cause = made[given % 2]
            causes.give(wallet.customer, 20 + 10 * (given % 4), to=cause, at=at, key=f"demo-gift:{wallet.pk}")
            given += 1
    return given
