"""Whether being on a board goes with staying: each member beside customers who were like them when they joined.

That somebody joined may itself tell that they would stay; the figure is a comparison, and no proof.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from statistics import fmean, median, stdev
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from advisory.models import Board, Invitee, Presence, Recommendation, Term
from customers.models import Profile

PEERS = 5  # customers beside each member
FEWEST = 5  # members below which nothing is said
YEAR = timedelta(days=365)
LATELY = timedelta(days=180)
T95 = (
    12.71,
    4.30,
    3.18,
    2.78,
    2.57,
    2.45,
    2.36,
    2.31,
    2.26,
    2.23,
    2.20,
    2.18,
    2.16,
    2.14,
    2.13,
    2.12,
    2.11,
    2.10,
    2.09,
)
SPENT = """
WITH spent AS (
    SELECT customer_id,
        coalesce(sum(goods - returned) FILTER (WHERE at < %(joined)s), 0) AS before,
        coalesce(sum(goods - returned) FILTER (WHERE at >= %(joined)s), 0) AS after,
        bool_or(at >= %(lately)s) AS stayed
    FROM customers_purchase
    WHERE status = 'standing' AND currency = %(currency)s AND at >= %(since)s AND at < %(until)s
    GROUP BY customer_id
)
SELECT spent.customer_id, spent.before, spent.after, spent.stayed, profile.nps
FROM spent JOIN customers_profile profile USING (customer_id)
"""
MEMBER = SPENT + "WHERE spent.customer_id = %(member)s"
ALIKE = (
    SPENT
    + """
JOIN customers_customer customer ON customer.id = spent.customer_id AND customer.status = 'active'
WHERE spent.customer_id <> ALL(%(members)s) AND spent.before > 0
    AND profile.tier = %(tier)s
ORDER BY abs(spent.before - %(before)s), spent.customer_id LIMIT %(peers)s
"""
)


@dataclass(frozen=True)
class Difference:
    """Members less those beside them: the mean of the differences, with an interval of 95 %."""

    members: float
    others: float
    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Impact:
    """None where there are too few members to say anything."""

    n: int
    stayed: Difference | None
    spent: Difference | None
    nps: Difference | None
    currency: str


@dataclass(frozen=True)
class Work:
    """What the board's advice came to."""

    recommendations: int
    shipped: int
    answer_days: float | None
    attendance: float | None
    voices: int
    members: int

    @property
    def shipped_percent(self) -> float | None:
        return 100 * self.shipped / self.recommendations if self.recommendations else None


def difference(pairs: Sequence[tuple[float, float]]) -> Difference | None:
    """Of pairs (member, mean of those beside them).

    >>> found = difference([(2, 1), (3, 1), (4, 2), (5, 2), (6, 3)])
    >>> found.value, round(found.low, 2), round(found.high, 2)
    (2.2, 1.16, 3.24)
    """
    if len(pairs) < FEWEST:
        return None
    gaps = [member - other for member, other in pairs]
    factor = T95[len(gaps) - 2] if len(gaps) - 2 < len(T95) else 1.96
    half = factor * stdev(gaps) / sqrt(len(gaps))
    mean = fmean(gaps)
    return Difference(
        fmean(pair[0] for pair in pairs), fmean(pair[1] for pair in pairs), mean, mean - half, mean + half, len(gaps)
    )


def of(board: Board, at: datetime) -> Impact:
    """Spend in the year after joining (or until now), whether they bought lately, the last NPS answer."""
    return _compared(Term.objects.filter(board=board), at)


def of_all(at: datetime) -> Impact:
    """The same of the members of all boards; who sat on several counts with the first."""
    first = Term.objects.filter(state__in=Term.HELD, accepted_at__isnull=False).order_by(
        "customer", "accepted_at", "pk"
    )
    return _compared(Term.objects.filter(pk__in=first.distinct("customer").values("pk")), at)


def _compared(terms_of: QuerySet[Term], at: datetime) -> Impact:
    held = terms_of.filter(state__in=Term.HELD, renews=None, accepted_at__isnull=False)
    everybody = list(Term.objects.filter(state__in=Term.HELD).values_list("customer_id", flat=True))
    stayed, spent, nps, currencies = [], [], [], set()
    terms = list(held.filter(customer__status="active").order_by("pk"))
    profiles = Profile.objects.in_bulk([term.customer_id for term in terms])
    for term in terms:
        profile = profiles.get(term.customer_id)
        if profile is None or not profile.currency or term.accepted_at is None:
            continue
        own, peers = _beside(term, profile, everybody, at)
        if own is None or not peers:
            continue
        currencies.add(profile.currency)
        stayed.append((100.0 * own[3], fmean(100.0 * peer[3] for peer in peers)))
        spent.append((float(own[2]), fmean(float(peer[2]) for peer in peers)))
        told = [float(peer[4]) for peer in peers if peer[4] is not None]
        if own[4] is not None and told:
            nps.append((float(own[4]), fmean(told)))
    currency = currencies.pop() if len(currencies) == 1 else ""
    return Impact(len(spent), difference(stayed), difference(spent) if currency else None, difference(nps), currency)


Spent = tuple[int, int, int, bool, int | None]


def _beside(term: Term, profile: Profile, members: list[int], at: datetime) -> tuple[Spent | None, list[Spent]]:
    """What the member spent, and those of the same tier who had spent most nearly as much in the year before."""
    assert term.accepted_at
    asked: dict[str, Any] = {
        "joined": term.accepted_at, "since": term.accepted_at - YEAR, "until": min(at, term.accepted_at + YEAR),
        "lately": min(at, term.accepted_at + YEAR) - LATELY, "currency": profile.currency,
        "member": term.customer_id, "members": members, "tier": profile.tier, "peers": PEERS,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(MEMBER, asked)
        own: Spent | None = cursor.fetchone()
        if own is None:
            return None, []
        cursor.execute(ALIKE, asked | {"before": own[1]})
        return own, cursor.fetchall()


def work(board: Board) -> Work:
    """Its recommendations, how soon they were answered, who was there, how many different members spoke."""
    rows = Recommendation.objects.filter(board=board).exclude(state=Recommendation.State.MERGED)
    answered = rows.filter(decided_at__isnull=False).values_list("proposed_at", "decided_at")
    days = [(decided - proposed).total_seconds() / 86400 for proposed, decided in answered if decided]
    closed = Invitee.objects.filter(meeting__board=board, meeting__state="closed", term__isnull=False, removed_at=None)
    invited = closed.count()
    there = Presence.objects.filter(invitee__in=closed).values("invitee").distinct().count()
    spoke = Term.objects.filter(board=board).filter(Q(recommended__isnull=False) | Q(supports__isnull=False))
    return Work(
        rows.count(), rows.filter(state=Recommendation.State.SHIPPED).count(), median(days) if days else None,
        100 * there / invited if invited else None, spoke.values("customer").distinct().count(),
        Term.objects.filter(board=board, state__in=Term.HELD).values("customer").distinct().count(),
    )  # fmt: skip
