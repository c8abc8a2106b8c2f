"""What the invented shop has to show of figures: all of them, taken, remarks on days, risks and two experiments."""

from collections.abc import Callable
from datetime import date, timedelta

from django.utils import timezone

from customers.models import Customer
from insights.actions import annotations, belongings, experiments, outreach, risk, rows, snapshots
from insights.actions.experiments import Wish
from insights.assignment import arm
from insights.models import Annotation, Assignment, Experiment, FigureSettings, Risk, Snapshot
from insights.queries.asked import months_before
from people.models import User

REMARKS = (
    (14, 5, "Shipping is free from 50 EUR on"), (8, 12, "Prices went up by 4 %"), (3, 20, "Open day in the shop"),
)  # fmt: skip
ASKED = 20  # of whom those are called who agreed to it


def fill(customers: int, *, today: date, tell: Callable[[str], None]) -> None:
    if Snapshot.objects.exists():
        return
    manager = User.objects.filter(username="manager").first()
    for months, day, text in REMARKS:
        annotations.write(months_before(today.replace(day=1), months).replace(day=day), text, by=manager)
    # A shop of some hundred buyers would wait for years for its list of customers at risk.
    FigureSettings.objects.update_or_create(pk=1, defaults={"least_buyers": 200})
    belongings.catch_up(seconds=60)
    rows.refresh()
    taken = snapshots.take_all()
    risk.score()
    risk.backtest()
    _call(manager)
    _experiments(snapshots.today(), manager)
    tell(
        f"{taken:,} figures, {Annotation.objects.count()} remarks, {Risk.objects.count():,} customers scored,"
        f" {Experiment.objects.count()} experiments"
    )


def _call(manager: User | None) -> None:
    """Of the first ones of the list, those who may be are to be called."""
    first = Risk.objects.filter(repeats__gt=0).order_by("-at_stake", "customer")[:ASKED]
    people = [one.pk for one in first]
    if people and manager:
        outreach.call(people, by=manager)


def _experiments(today: date, manager: User | None) -> None:
    """One that ended some weeks ago and was decided, and one that runs."""
    old = experiments.plan(
        "points-on-page", name="Points shown on the product page", by=manager, base=0.2, better=0.35,
        hypothesis="Who sees what a purchase would earn buys more often within two months.", days=60,
        arms=(Wish("today", "Without points", 50), Wish("points", "Points shown", 50)), ends_on=today + timedelta(1),
    )  # fmt: skip
    begun = timezone.now() - timedelta(days=120)
    old = experiments.begin(old, by=manager, at=begun)
    _came_in(old)
    old = experiments.end(old, by=manager, at=timezone.now() - timedelta(days=21))
    experiments.decide(old, "We look at it again with more customers before the page is changed.", by=manager)
    new = experiments.plan(
        "free-shipping-hint", name="A hint at free shipping in the basket", by=manager, base=0.3, better=0.35,
        hypothesis="Who sees how little is missing puts one thing more into the basket.", looks=True,
        arms=(Wish("today", "No hint", 50), Wish("hint", "“8 EUR to free shipping”", 50)),
        ends_on=today + timedelta(days=45),
    )  # fmt: skip
    experiments.begin(new, by=manager, at=timezone.now() - timedelta(days=14))


def _came_in(experiment: Experiment) -> None:
    """Whoever was a customer then, over a month; the arm as the draw gives it."""
    variants = list(experiment.variants.order_by("position"))
    begun = experiment.begins_at or timezone.now()
    known = Customer.objects.standing().filter(created_at__isnull=False).order_by("pk").values_list("pk", "number")
    percents = [variant.percent for variant in variants]
    Assignment.objects.bulk_create(
        Assignment(
            experiment=experiment, customer_id=pk, variant=variants[arm(experiment.key, number, percents)],
            at=begun + timedelta(days=pk % 30),
        )
        for pk, number in known
    )  # fmt: skip
