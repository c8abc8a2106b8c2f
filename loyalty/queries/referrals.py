"""Whose referrals are due, who shares what with whom, and how somebody stands who brings friends."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Count, Q, QuerySet

from customers.models import Customer
from loyalty import arithmetic
from loyalty.models import Programme, Referral, ReferralRules, ReferralSignal

# Of each open referral the friend's first purchase that was still worth enough when its return window closed: what
# came back later does not matter, however late this is asked.
DUE = """
SELECT DISTINCT ON (r.id) r.id, p.id, closed.at
FROM loyalty_referral r
JOIN loyalty_referralrules rules ON rules.id = r.rules_id
JOIN loyalty_programme programme ON programme.id = rules.programme_id
JOIN customers_purchase p ON p.customer_id = r.friend_id AND p.at >= r.attributed_at AND p.at >= rules.starts_at
    AND p.currency = programme.currency
CROSS JOIN LATERAL (
    SELECT CASE WHEN rules.wait_days = 0 THEN p.at ELSE
        ((p.at AT TIME ZONE programme.zone)::date + rules.wait_days)::timestamp AT TIME ZONE programme.zone END AS at
) closed
CROSS JOIN LATERAL (
    SELECT coalesce(sum(back.amount), 0) AS returned FROM customers_return back
    WHERE back.purchase_id = p.id AND back.at < closed.at
) came
WHERE r.state = 'open' AND closed.at <= %(at)s AND (p.cancelled_at IS NULL OR p.cancelled_at >= closed.at)
    AND p.goods > 0 AND greatest(p.goods - p.gift_card - p.points_paid, 0)::numeric * (p.goods - came.returned)
        >= rules.minimum::numeric * p.goods
    AND (%(only)s::bigint IS NULL OR r.id = %(only)s)
ORDER BY r.id, p.at, p.id
"""
# Who came as a friend and had bought before: known only now, because the purchase was told of late.
KNOWN_BEFORE = """
SELECT r.id FROM loyalty_referral r WHERE r.state = 'open' AND EXISTS (
    SELECT FROM customers_purchase p WHERE p.customer_id = r.friend_id AND p.at < r.attributed_at)
ORDER BY r.id
"""
# Rewarded, or about to be, for a purchase of which it was told only afterwards that it had not come to stay: goods
# that came back, or an order that was cancelled, before the window had closed. What came back later changes nothing.
HAD_NOT_STAYED = """
SELECT r.id FROM loyalty_referral r
JOIN loyalty_referralrules rules ON rules.id = r.rules_id
JOIN customers_purchase p ON p.id = r.purchase_id
CROSS JOIN LATERAL (
    SELECT coalesce(sum(back.amount), 0) AS returned,
        bool_or(back.recorded_at > coalesce(r.decided_at, r.due_at)) AS told_late
    FROM customers_return back WHERE back.purchase_id = p.id AND back.at < r.due_at
) came
WHERE r.state IN ('review', 'rewarded') AND (p.returned > 0 OR p.cancelled_at IS NOT NULL) AND (
    p.cancelled_at < r.due_at
    OR came.told_late AND greatest(p.goods - p.gift_card - p.points_paid, 0)::numeric * (p.goods - came.returned)
        < rules.minimum::numeric * p.goods
) AND (%(only)s::bigint IS NULL OR r.id = %(only)s) ORDER BY r.id
"""
# All who brought somebody, who brought them, and so on; a union, so that a circle ends.
ANCESTORS = """
WITH RECURSIVE above AS (
    SELECT %(customer)s::bigint AS id
    UNION
    SELECT r.referrer_id FROM loyalty_referral r JOIN above ON r.friend_id = above.id
    WHERE r.rules_id = %(rules)s AND r.state <> 'refused'
)
SELECT id FROM above
"""


@dataclass(frozen=True)
class Due:
    """A referral whose reward is due: for which purchase, and since when."""

    referral_id: int
    purchase_id: int
    closed_at: datetime


@dataclass(frozen=True)
class Shared:
    """A hash that several share who have to do with referrals."""

    kind: str
    digest: str
    customers: tuple[Customer, ...]

    @property
    def label(self) -> str:
        return str(ReferralSignal.Kind(self.kind).label)


@dataclass(frozen=True)
class Tally:
    """How one stands who brings friends: ``pending`` are points that wait for return windows or to be looked at."""

    friends: int
    rewarded: int
    open: int
    points: int
    pending: int
    left_this_month: int | None


def rules_of(programme: Programme) -> ReferralRules | None:
    return ReferralRules.objects.select_related("programme").filter(programme=programme).first()


def due(at: datetime, *, only: int | None = None) -> list[Due]:
    """In the order in which the windows closed, so that monthly limits count in the order of what happened."""
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"at": at, "only": only})
        found = [Due(*row) for row in cursor.fetchall()]
    return sorted(found, key=lambda each: (each.closed_at, each.purchase_id))


def had_not_stayed(*, only: int | None = None) -> list[int]:
    """Referrals whose purchase turned out not to have come to stay."""
    with connection.cursor() as cursor:
        cursor.execute(HAD_NOT_STAYED, {"only": only})
        return [pk for (pk,) in cursor.fetchall()]


def known_before() -> list[int]:
    """Open referrals of friends who were customers already."""
    with connection.cursor() as cursor:
        cursor.execute(KNOWN_BEFORE)
        return [pk for (pk,) in cursor.fetchall()]


def ancestors(customer_id: int, rules: ReferralRules) -> set[int]:
    """Who brought them, who brought those, and they themselves."""
    with connection.cursor() as cursor:
        cursor.execute(ANCESTORS, {"customer": customer_id, "rules": rules.pk})
        return {pk for (pk,) in cursor.fetchall()}


def month_of(moment: datetime, zone: str) -> tuple[datetime, datetime]:
    """The calendar month in the zone: [begins, ends)."""
    first = moment.astimezone(ZoneInfo(zone)).date().replace(day=1)
    return arithmetic.start_of(first, zone), arithmetic.start_of(arithmetic.add_months(first, 1), zone)


def rewarded_in_month(referrer_id: int, rules: ReferralRules, moment: datetime) -> int:
    """How many have brought them points for purchases of the month of this moment."""
    begins, ends = month_of(moment, rules.programme.zone)
    rewarded = Referral.objects.filter(rules=rules, referrer=referrer_id, state=Referral.State.REWARDED)
    return rewarded.filter(referrer_points__gt=0, purchase__at__gte=begins, purchase__at__lt=ends).count()


def suspicions(referral: Referral) -> list[str]:
    """What the friend shares with who brought them, or with others who came by the same person."""
    own = set(ReferralSignal.objects.filter(customer=referral.friend_id).values_list("kind", "digest"))
    if not own:
        return []
    same = Referral.objects.filter(rules=referral.rules_id, referrer=referral.referrer_id).exclude(pk=referral.pk)
    others = {referral.referrer_id: "referrer"} | dict.fromkeys(same.values_list("friend_id", flat=True), "friend")
    rows = ReferralSignal.objects.filter(customer__in=others).values_list("customer_id", "kind", "digest")
    return sorted({f"{kind}_of_{others[pk]}" for pk, kind, digest in rows if (kind, digest) in own})


def clusters(*, most: int = 50) -> list[Shared]:
    """Hashes that two or more share, the largest first."""
    shared = ReferralSignal.objects.values("kind", "digest").annotate(many=Count("pk")).filter(many__gt=1)
    found = list(shared.order_by("-many", "kind", "digest")[:most])
    wanted = Q(pk=None)
    for each in found:
        wanted |= Q(kind=each["kind"], digest=each["digest"])
    who: dict[tuple[str, str], list[Customer]] = defaultdict(list)
    for signal in ReferralSignal.objects.filter(wanted).select_related("customer").order_by("pk"):
        who[signal.kind, signal.digest].append(signal.customer)
    return [Shared(each["kind"], each["digest"], tuple(who[each["kind"], each["digest"]])) for each in found]


def tally(customer: Customer, rules: ReferralRules, *, at: datetime) -> Tally:
    rows = list(Referral.objects.filter(rules=rules, referrer=customer).values_list("state", "referrer_points"))
    waiting = _with_a_purchase(customer.pk, rules)
    limit = rules.monthly_limit
    left = None if limit is None else max(0, limit - rewarded_in_month(customer.pk, rules, at))
    return Tally(
        friends=len(rows),
        rewarded=sum(state == Referral.State.REWARDED for state, _points in rows),
        open=sum(state in (Referral.State.OPEN, Referral.State.REVIEW) for state, _points in rows),
        points=sum(points for _state, points in rows),
        pending=waiting * rules.referrer_points,
        left_this_month=left,
    )


def _with_a_purchase(referrer_id: int, rules: ReferralRules) -> int:
    """Referrals whose friend has bought enough by now, and whose window is open or which wait to be looked at."""
    sql = DUE.replace("closed.at <= %(at)s AND ", "r.referrer_id = %(referrer)s AND r.rules_id = %(rules)s AND ")
    with connection.cursor() as cursor:
        cursor.execute(sql, {"only": None, "referrer": referrer_id, "rules": rules.pk})
        bought = len(cursor.fetchall())
    return bought + Referral.objects.filter(rules=rules, referrer=referrer_id, state=Referral.State.REVIEW).count()


def waiting() -> QuerySet[Referral]:
    """To be looked at, the oldest first."""
    chosen = Referral.objects.filter(state=Referral.State.REVIEW).order_by("due_at", "pk")
    return chosen.select_related("referrer", "friend", "purchase", "rules__programme")


def of_customer(customer: Customer) -> QuerySet[Referral]:
    """Those whom they brought and who brought them, latest first."""
    chosen = Referral.objects.filter(Q(referrer=customer) | Q(friend=customer)).order_by("-pk")
    return chosen.select_related("referrer", "friend", "purchase")
