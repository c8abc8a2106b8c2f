"""How the loyalty programme is used: from the ledger, the lots, memberships and referrals."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from insights.queries.asked import Asked, Figure, fetch, months_before
from loyalty.models import Account, Programme
from loyalty.queries.liability import liability, movement

# Lots keep the day on which their points first came, also when they went to another wallet.
LOTS = """
WITH lot AS (
    SELECT id, source_id, granted FROM loyalty_lot WHERE earned_at >= %(since)s AND earned_at < %(until)s
)
SELECT coalesce(sum(granted) FILTER (WHERE source_id IS NULL), 0)::bigint,
    (SELECT coalesce(sum(CASE WHEN t.target = %(account)s THEN points ELSE -points END), 0)::bigint
     FROM loyalty_transfer t JOIN lot ON lot.id = t.lot_id WHERE %(account)s IN (t.target, t.source))
FROM lot
"""
MEMBERS = """
SELECT count(DISTINCT customer_id), count(DISTINCT customer_id) FILTER (WHERE EXISTS (
    SELECT FROM loyalty_transaction t WHERE t.wallet_id = w.id AND t.effective_at >= %(since)s
        AND t.effective_at < %(until)s AND t.kind IN ('earn', 'grant', 'redeem', 'capture', 'give')
)) FROM loyalty_wallet w WHERE status IN ('open', 'frozen') AND least(opened_at, (
    SELECT effective_at FROM loyalty_transaction first WHERE first.wallet_id = w.id ORDER BY sequence LIMIT 1
)) < %(until)s
"""
REFERRED = """
WITH first AS (SELECT customer_id, min(first_day) AS day FROM insights_buyer GROUP BY 1)
SELECT count(*), count(*) FILTER (WHERE EXISTS (
    SELECT FROM loyalty_referral r WHERE r.friend_id = customer_id AND r.state <> 'refused'
)) FROM first WHERE day >= %(month)s AND day < %(as_of)s
"""
MEMBERSHIPS = """
SELECT count(DISTINCT customer_id), count(DISTINCT customer_id) FILTER (WHERE NOT EXISTS (
    SELECT FROM loyalty_membership later WHERE later.customer_id = m.customer_id AND later.starts_at <= %(until)s
        AND later.ends_at > %(until)s
)) FROM loyalty_membership m WHERE starts_at <= %(since)s AND ends_at > %(since)s
"""


def begin_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(settings.BUSINESS_ZONE))


def figures(asked: Asked) -> list[Figure]:
    """Of the month that the day ends. All programmes together."""
    month = {"since": begin_of(asked.month), "until": begin_of(asked.as_of)}
    members, active = fetch(MEMBERS, month)[0]
    first, referred = fetch(REFERRED, asked.values())[0]
    begun, ended = fetch(MEMBERSHIPS, month)[0]
    return [
        *_points(asked),
        Figure.share("active_members", active, members),
        Figure.share("referral_share", referred, first),
        Figure.share("membership_churn", ended, begun),
    ]


def _points(asked: Asked) -> list[Figure]:
    issued = redeemed = 0
    for programme in Programme.objects.order_by("pk"):
        net = dict(movement(programme, since=asked.month, until=asked.as_of).lines)
        issued += net.get(Account.ISSUED, 0)
        redeemed -= net.get(Account.REDEEMED, 0)
    year, two, three = (begin_of(months_before(asked.as_of, months)) for months in (12, 24, 36))
    recent = fetch(LOTS, {"since": year, "until": begin_of(asked.as_of), "account": Account.REDEEMED})[0]
    old = fetch(LOTS, {"since": three, "until": two, "account": Account.EXPIRED})[0]
    return [
        Figure("redemption_rate", redeemed, issued, redeemed / issued) if issued > 0
        else Figure("redemption_rate", redeemed, 0, None),
        Figure.share("redeemed_of_issue", recent[1], recent[0]),
        Figure.share("breakage", old[1], old[0]),
    ]  # fmt: skip


def owed() -> list[Figure]:
    """What points outstanding are worth now, by currency: what the books say, nothing of our own."""
    worth: dict[str, list[int]] = {}
    for programme in Programme.objects.order_by("pk"):
        found = liability(programme)
        sums = worth.setdefault(programme.currency, [0, 0])
        sums[0] += found.worth
        sums[1] += found.outstanding
    return [
        Figure("liability", money, points, money, currency=currency) for currency, (money, points) in worth.items()
    ]
