"""How the loyalty programme is used: from the ledger, the lots, memberships and referrals."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from insights.queries.asked import Asked, Figure, fetch, months_before
from insights.queries.groups import group_of
from loyalty.models import Account, Programme
from loyalty.queries.liability import liability, movement, value_of, worth

# Lots keep the day on which their points first came, also when they went to another wallet.
LOTS = """
WITH lot AS (
    SELECT l.id, l.source_id, l.granted, member FROM loyalty_lot l JOIN loyalty_wallet w ON w.id = l.wallet_id {group}
    WHERE l.earned_at >= %(since)s AND l.earned_at < %(until)s
), came AS (
    SELECT member, coalesce(sum(granted) FILTER (WHERE source_id IS NULL), 0)::bigint AS granted FROM lot GROUP BY 1
), went AS (
    SELECT lot.member, sum(CASE WHEN t.target = %(account)s THEN points ELSE -points END)::bigint AS points
    FROM loyalty_transfer t JOIN lot ON lot.id = t.lot_id WHERE %(account)s IN (t.target, t.source) GROUP BY 1
)
SELECT member, granted, coalesce(points, 0)::bigint FROM came LEFT JOIN went USING (member)
"""
MEMBERS = """
SELECT member, count(DISTINCT customer_id), count(DISTINCT customer_id) FILTER (WHERE EXISTS (
    SELECT FROM loyalty_transaction t WHERE t.wallet_id = w.id AND t.effective_at >= %(since)s
        AND t.effective_at < %(until)s AND t.kind IN ('earn', 'grant', 'redeem', 'capture', 'give')
)) FROM loyalty_wallet w {group} WHERE status IN ('open', 'frozen') AND least(opened_at, (
    SELECT effective_at FROM loyalty_transaction first WHERE first.wallet_id = w.id ORDER BY sequence LIMIT 1
)) < %(until)s GROUP BY 1
"""
REFERRED = """
WITH first AS (SELECT customer_id, min(first_day) AS day FROM insights_buyer GROUP BY 1)
SELECT member, count(*), count(*) FILTER (WHERE EXISTS (
    SELECT FROM loyalty_referral r WHERE r.friend_id = customer_id AND r.state <> 'refused'
)) FROM first {group} WHERE day >= %(month)s AND day < %(as_of)s GROUP BY 1
"""
MEMBERSHIPS = """
SELECT member, count(DISTINCT customer_id), count(DISTINCT customer_id) FILTER (WHERE NOT EXISTS (
    SELECT FROM loyalty_membership later WHERE later.customer_id = m.customer_id AND later.starts_at <= %(until)s
        AND later.ends_at > %(until)s
)) FROM loyalty_membership m {group} WHERE starts_at <= %(since)s AND ends_at > %(since)s GROUP BY 1
"""
# As the books have it, by the days of each programme: what was issued less what went back, and redeemed likewise.
POINTS = """
SELECT member,
    coalesce(sum(CASE 'issued' WHEN t.source THEN t.points WHEN t.target THEN -t.points END), 0)::bigint,
    coalesce(sum(CASE 'redeemed' WHEN t.target THEN t.points WHEN t.source THEN -t.points END), 0)::bigint
FROM loyalty_transaction x JOIN loyalty_transfer t ON t.transaction_id = x.id
JOIN loyalty_wallet w ON w.id = x.wallet_id JOIN loyalty_programme p ON p.id = w.programme_id {group}
WHERE x.effective_at >= %(roughly_since)s AND x.effective_at < %(roughly_until)s
    AND (x.effective_at AT TIME ZONE p.zone)::date >= %(month)s
    AND (x.effective_at AT TIME ZONE p.zone)::date < %(as_of)s GROUP BY 1
"""
OWED = """
SELECT member, w.programme_id, sum(w.pending + w.available + w.held)::bigint
FROM loyalty_wallet w {group} GROUP BY 1, 2
"""


def begin_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(settings.BUSINESS_ZONE))


def figures(asked: Asked) -> list[Figure]:
    """Of the month that the day ends. All programmes together."""
    month = asked.values() | {"since": begin_of(asked.month), "until": begin_of(asked.as_of)}
    return [
        *_points(asked),
        *_of_issue(asked),
        *_shares("active_members", asked, MEMBERS, "w.customer_id", month),
        *_shares("referral_share", asked, REFERRED, "first.customer_id", month),
        *_shares("membership_churn", asked, MEMBERSHIPS, "m.customer_id", month),
    ]


def _shares(metric: str, asked: Asked, sql: str, who: str, values: dict[str, Any]) -> list[Figure]:
    """Rows of a group, how many there are and how many it is about; of everybody also where there is nobody."""
    rows = fetch(sql.format(group=group_of(asked, who)), values)
    return [Figure.share(metric, part, of, member) for member, of, part in _whole(asked, rows)]


def _whole(asked: Asked, rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    found = sorted(rows)
    return found if found or asked.dimension else [("", 0, 0)]


def _points(asked: Asked) -> list[Figure]:
    """Everybody's is read from the books' days, as bookkeeping has it; a group's from its wallets."""
    rows = _by_group(asked) if asked.dimension else [("", *_of_all(asked))]
    return [
        Figure("redemption_rate", redeemed, issued, redeemed / issued, member) if issued > 0
        else Figure("redemption_rate", redeemed, 0, None, member)
        for member, issued, redeemed in rows
    ]  # fmt: skip


def _of_all(asked: Asked) -> tuple[int, int]:
    issued = redeemed = 0
    for programme in Programme.objects.order_by("pk"):
        net = dict(movement(programme, since=asked.month, until=asked.as_of).lines)
        issued += net.get(Account.ISSUED, 0)
        redeemed -= net.get(Account.REDEEMED, 0)
    return issued, redeemed


def _by_group(asked: Asked) -> list[tuple[Any, ...]]:
    day = timedelta(days=1)
    roughly = {"roughly_since": begin_of(asked.month) - day, "roughly_until": begin_of(asked.as_of) + day}
    return sorted(fetch(POINTS.format(group=group_of(asked, "w.customer_id")), asked.values() | roughly))


def _of_issue(asked: Asked) -> list[Figure]:
    year, two, three = (begin_of(months_before(asked.as_of, months)) for months in (12, 24, 36))
    sql = LOTS.format(group=group_of(asked, "w.customer_id"))
    found = []
    for metric, since, until, account in (
        ("redeemed_of_issue", year, begin_of(asked.as_of), Account.REDEEMED),
        ("breakage", three, two, Account.EXPIRED),
    ):
        rows = fetch(sql, asked.values() | {"since": since, "until": until, "account": account})
        found += [Figure.share(metric, went, granted, member) for member, granted, went in _whole(asked, rows)]
    return found


def owed(asked: Asked) -> list[Figure]:
    """What points outstanding are worth now, by currency: what the books say, nothing of our own."""
    programmes = {programme.pk: programme for programme in Programme.objects.order_by("pk")}
    sums: dict[tuple[str, str], list[int]] = {}
    if not asked.dimension:
        for programme in programmes.values():
            books = liability(programme)
            _add(sums, ("", programme.currency), books.worth, books.outstanding)
    else:
        for member, pk, points in fetch(OWED.format(group=group_of(asked, "w.customer_id")), asked.values()):
            programme = programmes[pk]
            cost = worth(points, value=value_of(programme), breakage=programme.breakage_percent).__floor__()
            _add(sums, (member, programme.currency), cost, points)
    return [
        Figure("liability", money, points, money, member, currency)
        for (member, currency), (money, points) in sorted(sums.items())
    ]


def _add(sums: dict[tuple[str, str], list[int]], key: tuple[str, str], money: int, points: int) -> None:
    both = sums.setdefault(key, [0, 0])
    both[0] += money
    both[1] += points
