"""Fit the model of buying every night, score everybody by it, and hold earlier lists beside what happened."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from time import monotonic

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from customers.actions import profile, timeline
from customers.models import Fact, Verb
from insights.actions.snapshots import now_of, today
from insights.metrics import risk as rules
from insights.metrics.value import Buying, CannotFit, Spending, correlation, fit_buying, fit_spending
from insights.metrics.value import History as Weeks
from insights.models import Backtest, Fit, Risk
from insights.queries import histories, rfm
from insights.queries import settings as meanings
from insights.queries.asked import Asked
from insights.queries.histories import History

HORIZON = 90  # days in which nothing is bought: what the chance is of
YEAR = 365
EXACT = 5_000  # buyers up to whom every day counts; above, whole weeks
MOST = 100_000  # buyers that the model learns from
QUARTERS = 4  # back-tests of the last year
AT_ONCE = 5_000
KNOWN = 50_000  # histories whose scores are remembered

KEEP = """
INSERT INTO insights_risk (
    customer_id, repeats, last_day, known_days, chance, band, expected, value, at_stake, gap_low, gap_high,
    no_purchase, no_visit, complaint, told_band, scored_at
)
SELECT *, '', clock_timestamp() FROM unnest(
    %s::bigint[], %s::int[], %s::date[], %s::int[], %s::float[], %s::text[], %s::float[], %s::bigint[], %s::bigint[],
    %s::int[], %s::int[], %s::bool[], %s::bool[], %s::bool[]
)
ON CONFLICT (customer_id) DO UPDATE SET
    repeats = excluded.repeats, last_day = excluded.last_day, known_days = excluded.known_days,
    chance = excluded.chance, band = excluded.band, expected = excluded.expected, value = excluded.value,
    at_stake = excluded.at_stake, gap_low = excluded.gap_low, gap_high = excluded.gap_high,
    no_purchase = excluded.no_purchase, no_visit = excluded.no_visit, complaint = excluded.complaint,
    scored_at = excluded.scored_at
"""


@dataclass(frozen=True)
class Model:
    """What was fitted. Without a model of spending, customers are expected to spend what all do on average."""

    buying: Buying
    spending: Spending | None
    mean: float
    correlation: float

    def spend(self, history: History) -> float:
        if self.spending is None or self.spending.q <= 1:
            return history.mean if history.repeats and history.mean > 0 else self.mean
        return self.spending.expected(history.repeats if history.mean > 0 else 0, history.mean)


@transaction.atomic
def score(*, day: date | None = None) -> Fit:
    """Fit the model to all buyers and score each of them; or write down why it makes no sense yet and score nobody.

    Memory does not grow with them: their histories are a table of the transaction, read some at a time.
    """
    day, started = day or today(), monotonic()
    as_of = now_of(day)
    shop = histories.gather(as_of)
    refused = rules.refusal(shop, meanings.current().least_buyers) or ""
    model: Model | None = None
    if not refused:
        try:
            model = fit(as_of, shop.buyers)
        except CannotFit:
            refused = "cannot_fit"
    row = _fit_row(model, refused, shop, as_of, monotonic() - started)
    if model is None:
        Risk.objects.all().delete()
        _show(as_of)
    else:
        _keep(model, as_of, day)
    return row


def fit(as_of: date, buyers: int) -> Model:
    """The model of those histories that were gathered. Raises CannotFit."""
    step = max(1, -(-buyers // MOST))
    buying = fit_buying(histories.people(as_of, step=step, exact=buyers <= EXACT))
    spent = histories.spent(step=step)
    mean = sum(amount for _, amount in spent) / len(spent) if spent else 0.0
    try:
        spending = fit_spending(spent)
    except CannotFit:
        spending = None
    return Model(buying, spending, mean, correlation(spent))


def _fit_row(model: Model | None, refused: str, shop: rules.Shop, as_of: date, seconds: float) -> Fit:
    known: dict[str, float | None] = {}
    if model:
        known = {name: getattr(model.buying, name) for name in ("r", "alpha", "a", "b", "log_likelihood")}
        known["correlation"] = model.correlation
        if model.spending:
            known |= {name: getattr(model.spending, name) for name in ("p", "q", "gamma")}
    return Fit.objects.create(
        as_of=as_of, refused=refused, buyers=shop.buyers, days=shop.days, seconds=seconds, **known
    )


def _show(as_of: date) -> None:
    profile.show_risks(rfm.each_with_risk(Asked(as_of, meanings.current())))


def _keep(model: Model, as_of: date, day: date) -> None:
    """Score those who are customers still; tell the timeline who came into the highest band."""
    means = meanings.current()
    quiet, unseen = (timedelta(days=days) for days in (means.quiet_purchase_days, means.quiet_visit_days))
    begun = Risk.objects.aggregate(latest=Max("scored_at"))["latest"]
    scores = _Scores(model, as_of)
    for some in histories.to_score(as_of, quiet=day - quiet, unseen=day - unseen, at_once=AT_ONCE):
        with connection.cursor() as cursor:
            cursor.execute(KEEP, [list(column) for column in zip(*map(scores.of, some), strict=True)])
    if begun:
        Risk.objects.filter(scored_at__lte=begun).delete()
    _tell(as_of, silently=begun is None)
    _show(as_of)


class _Scores:
    """What the model says, worked out once for all who have the same history."""

    def __init__(self, model: Model, as_of: date):
        self.model, self.as_of = model, as_of
        self.buying = lru_cache(KNOWN)(self._buying)

    def of(self, one: History) -> tuple[object, ...]:
        chance, expected = self.buying(one.weeks)
        value = round(expected * max(self.model.spend(one), 0))
        known = (self.as_of - one.first).days
        return (
            one.customer, one.repeats, one.last, known, chance, rules.band(chance), expected, value,
            round(chance * value), one.gap_low, one.gap_high, one.quiet, one.unseen, one.complaint,
        )  # fmt: skip

    def _buying(self, history: Weeks) -> tuple[float, float]:
        buying = self.model.buying
        chance = min(1.0, max(0.0, buying.silent(*history, HORIZON / 7)))
        return chance, max(0.0, buying.expected(*history, YEAR / 7))


def _tell(as_of: date, *, silently: bool) -> None:
    """Leave a fact for each regular who came into the highest band since the timeline last heard of them."""
    moved = Risk.objects.filter(repeats__gt=0, band="high").exclude(told_band="high")
    while not silently and (some := list(moved.order_by("pk")[:AT_ONCE])):
        timeline.record_many(_facts(some, as_of))
        Risk.objects.filter(pk__in=[one.pk for one in some]).update(told_band="high")
    moved.update(told_band="high")
    Risk.objects.exclude(band="high").exclude(told_band="").update(told_band="")


def _facts(moved: Iterable[Risk], as_of: date) -> list[Fact]:
    at = timezone.now()
    return [
        Fact(
            customer_id=one.customer_id, verb=Verb.CUSTOMER_AT_RISK, at=at, by=None, key=f"at_risk:{one.pk}:{as_of}",
            about={"chance": round(one.chance, 2), "last_day": one.last_day.isoformat(), "at_stake": one.at_stake},
        )
        for one in moved
    ]  # fmt: skip


def backtest(*, day: date | None = None) -> int:
    """Hold the lists of the last quarters, as they would have been, beside what happened. Returns how many are new."""
    day, made = day or today(), 0
    for as_of in quarters(day):
        if not Backtest.objects.filter(as_of=as_of).exists():
            Backtest.objects.create(as_of=as_of, **_held_beside(as_of))
            made += 1
    return made


def quarters(day: date) -> list[date]:
    """The beginnings of the last four quarters after which the horizon has gone by, the latest first."""
    first = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    found: list[date] = []
    while len(found) < QUARTERS:
        if first + timedelta(days=HORIZON) <= day:
            found.append(first)
        first = (first - timedelta(days=1)).replace(day=1)
        first = first.replace(month=(first.month - 1) // 3 * 3 + 1)
    return found


@transaction.atomic
def _held_beside(as_of: date) -> dict[str, object]:
    shop = histories.gather(as_of)
    refused = rules.refusal(shop, meanings.current().least_buyers) or ""
    if refused:
        return {"refused": refused}
    try:
        scores = _Scores(fit(as_of, shop.buyers), as_of)
    except CannotFit:
        return {"refused": "cannot_fit"}
    followed = histories.what_followed(as_of, as_of + timedelta(days=HORIZON))
    judged = [(scores.buying((x, until, known))[0], days, gone, n) for x, until, known, days, gone, n in followed]
    bands = {name: [0, 0] for name in rules.BANDS}
    for chance, _days, gone, n in judged:
        counts = bands[rules.band(chance)]
        counts[0] += n
        counts[1] += gone * n
    people, left = (sum(counts[place] for counts in bands.values()) for place in (0, 1))
    return {
        "people": people, "gone": left, "bands": bands,
        "auc": rules.auc_of((chance, gone, n) for chance, _, gone, n in judged),
        "auc_days": rules.auc_of((float(days), gone, n) for _, days, gone, n in judged),
    }  # fmt: skip
