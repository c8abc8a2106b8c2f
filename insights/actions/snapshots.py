"""Take figures and keep them: those of the month under way often, all that something changed every night."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from time import monotonic
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Max, Min
from django.utils import timezone

from customers.models import Profile
from insights.actions import rows
from insights.definitions import DEFINITIONS
from insights.metrics.cohorts import later
from insights.models import BuyerMonth, DirtyMonth, Snapshot
from insights.queries import activity, boards, cohorts, money, programme, repeats, rfm, risk, voice
from insights.queries import settings as meanings
from insights.queries.asked import DIMENSIONS, Asked, Figure, gather_members, months_before


@dataclass(frozen=True)
class Family:
    """Figures that one query answers together; those of several months at once where that costs less."""

    ask: Callable[[Asked], list[Figure]]
    metrics: tuple[str, ...]
    of_months: Callable[[Asked, list[date]], dict[date, list[Figure]]] | None = None

    def each(self, at: Sequence[date], asked: Callable[[date], Asked]) -> Iterator[tuple[date, Figure]]:
        """As of each of these days."""
        ends = [as_of for as_of in at if as_of.day == 1]
        together = self.of_months(asked(max(ends)), ends) if self.of_months and ends else {}
        for as_of in at:
            for figure in together[as_of] if as_of in together else self.ask(asked(as_of)):
                yield as_of, figure


ACTIVITY = Family(activity.figures, ("retention", "churn", "active", "new", "reactivated", "lost"))
REPEATS = Family(repeats.figures, ("repeat_rate", "loyal_share", "frequency", "repeat_rate_ever", "loyal_share_ever"))
MONEY = Family(
    money.figures,
    ("revenue", "revenue_net", "orders", "buyers", "aov", "aov_net", "aov_median", "aov_paid"),
    money.of_months,
)
VALUE = Family(money.value_so_far, ("clv",))
KNOWN = Family(money.to_known_customers, ("returning_share",))
AGAIN = Family(repeats.next_month, ("next_month",))
DAYS = Family(repeats.by_days, ("repeat_days", "loyal_days", "second_order", "gap_median", "gap_closed", "back_in_90"))
PROGRAMME = Family(
    programme.figures,
    ("redemption_rate", "redeemed_of_issue", "active_members", "breakage", "referral_share", "membership_churn"),
)
BOARDS = Family(boards.figures, ("advice_answer", "advice_shipped", "board_attendance"))
VOICE = Family(voice.figures, ("nps", "csat", "ces", "complaints", "first_answer", "resolved_after"))

JUST_OVER = timedelta(days=3)
MONTHS = 36  # of history that is kept up to date
LOCK = 0x4D53_0008  # one at a time takes figures
AT_ONCE = 4  # days whose figures are taken together
SECONDS = 200  # of one turn; what is left is taken in the next
BY_GROUP = (ACTIVITY, REPEATS, DAYS, MONEY, VALUE, KNOWN, AGAIN, PROGRAMME, VOICE)
QUICK = (ACTIVITY, MONEY, KNOWN, AGAIN)
UNMARKED = (PROGRAMME, VOICE, BOARDS)  # no purchase says that these changed: answers, points, meetings
ALL = (*BY_GROUP, BOARDS)


def today() -> date:
    """The date of the business."""
    return timezone.now().astimezone(ZoneInfo(settings.BUSINESS_ZONE)).date()


def now_of(day: date) -> date:
    """The day before which all of ``day`` counts: the ``as_of`` of the period that is under way."""
    return day + timedelta(days=1)


@transaction.atomic
def take(at: Sequence[date], families: Iterable[Family] = ALL, *, dimension: str = "", day: date | None = None) -> int:
    """Take figures as of these days, in place of those that were taken before. Returns how many.

    Of the period under way only the latest is kept.
    """
    day, families, means = day or today(), list(families), meanings.current()
    _alone()
    if dimension == "segment":
        gather_members()
    found = [
        _row(figure, as_of, dimension, day)
        for family in families
        for as_of, figure in family.each(at, lambda as_of: Asked(as_of, means, dimension))
    ]
    return _keep(found, [metric for family in families for metric in family.metrics], at, dimension, day)


def _alone() -> None:
    """Nobody else takes figures, and no rows are being added up: what is read is what is marked as changed before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s), pg_advisory_xact_lock(%s)", [LOCK, rows.LOCK])


def _row(figure: Figure, as_of: date, dimension: str, day: date) -> Snapshot:
    return Snapshot(
        metric=figure.metric, version=DEFINITIONS[figure.metric].version, as_of=as_of, finished=as_of <= day,
        dimension=dimension, member=figure.member, currency=figure.currency, numerator=figure.numerator,
        denominator=figure.denominator, value=figure.value, low=figure.low, high=figure.high,
    )  # fmt: skip


def _keep(found: list[Snapshot], metrics: Sequence[str], at: Sequence[date], dimension: str, day: date) -> int:
    old = Snapshot.objects.filter(metric__in=metrics, dimension=dimension)
    old.filter(as_of__in=at).delete()
    if any(as_of > day for as_of in at):
        old.filter(finished=False).delete()
    Snapshot.objects.bulk_create(found, batch_size=2_000)
    return len(found)


def take_current(*, day: date | None = None) -> int:
    """The month under way, and the one before where something in it changed or it is just over.

    Nothing where nothing did.
    """
    day = day or today()
    now, first = now_of(day), day.replace(day=1)
    if not BuyerMonth.objects.exists():
        return 0
    dirty = DirtyMonth.objects.aggregate(latest=Max("since"))["latest"]
    taken = Snapshot.objects.filter(metric="retention", dimension="", as_of=now).aggregate(at=Min("taken_at"))["at"]
    if taken and (dirty is None or dirty <= taken):
        return 0
    changed = DirtyMonth.objects.filter(month=months_before(first, 1)).exists()
    kept = Snapshot.objects.filter(metric="retention", dimension="", as_of=first, finished=True).exists()
    return take([now] if kept and not changed else [now, first], QUICK, day=day)


def take_all(*, day: date | None = None, everything: bool = False, seconds: float = SECONDS) -> int:
    """All figures that something changed since they were taken, or ``everything``, and what depends on the day or on
    more than purchases.

    Some days are a transaction each. What is not reached in the time is reached by the next call.
    """
    day, begun, until = day or today(), timezone.now(), monotonic() + seconds
    count = 0
    stale = _stale(day, everything)
    for start in range(0, len(stale), AT_ONCE):
        count += take(stale[start : start + AT_ONCE], day=day)
        if monotonic() > until:
            return count
    if not BuyerMonth.objects.exists():
        return count
    count += take(_compared(day), UNMARKED, day=day)
    for dimension in DIMENSIONS:
        count += take(_compared(day), BY_GROUP, dimension=dimension, day=day)
    count += _take_of_today(day)
    DirtyMonth.objects.filter(since__lte=begun).delete()
    return count


def _stale(day: date, everything: bool) -> list[date]:
    """The ends of months after which something changed, and the end of today; the latest first."""
    first = BuyerMonth.objects.aggregate(first=Min("month"))["first"]
    if first is None:
        return []
    first = max(first, months_before(day.replace(day=1), MONTHS))
    ends = [now_of(day)]
    while (end := later(first, len(ends))) <= day:
        ends.append(end)
    kept = Snapshot.objects.filter(metric="repeat_rate", dimension="").exclude(finished=False, as_of__lte=day)
    taken = dict(kept.values_list("as_of").annotate(Min("taken_at")))
    changes = list(DirtyMonth.objects.values_list("month", "since"))

    def stale(as_of: date) -> bool:
        changed = max((since for month, since in changes if month < as_of), default=None)
        return as_of not in taken or (changed is not None and changed > taken[as_of])

    return [as_of for as_of in sorted(ends, reverse=True) if everything or stale(as_of)]


def _compared(day: date) -> list[date]:
    """What groups are shown for: now, the last month that is over, the one before, and a year earlier."""
    first = day.replace(day=1)
    return [now_of(day), first, months_before(first, 1), months_before(first, 12)]


@transaction.atomic
def _take_of_today(day: date) -> int:
    """What is known of today only, also as that of the month that is just over; and the matrix of cohorts, whole."""
    _alone()
    first, now = day.replace(day=1), now_of(day)
    asked = Asked(now, meanings.current())
    gather_members()
    stages = dict(Profile.objects.values_list("stage").annotate(Count("pk")).order_by())
    total = sum(stages.values())
    kept: list[tuple[str, str, list[Figure]]] = [
        ("stage", "stage", [Figure("stage", n, total, n, stage) for stage, n in stages.items()]),
        ("rfm", "rfm", rfm.figures(asked)),
    ]
    for dimension in ("", *DIMENSIONS):
        of_groups = replace(asked, dimension=dimension)
        kept.append(("liability", dimension, programme.owed(of_groups)))
        kept.append(("clv_expected", dimension, risk.expected_value(of_groups)))
    if not Snapshot.objects.filter(metric="board_effect", as_of=now).exists():  # once a day: it reads all purchases
        kept += [(metric, "", found) for metric, found in boards.effect().items()]
    count = 0
    for as_of in [first, now] if day - first < JUST_OVER else [now]:
        for metric, dimension, found in kept:
            count += _keep([_row(one, as_of, dimension, day) for one in found], [metric], [as_of], dimension, day)
    Snapshot.objects.filter(metric__in=cohorts.WAYS, dimension="cohort").delete()
    cells = [_row(figure, over, "cohort", day) for over, figure in cohorts.figures(asked)]
    Snapshot.objects.bulk_create(cells, batch_size=2_000)
    return count + len(cells)
