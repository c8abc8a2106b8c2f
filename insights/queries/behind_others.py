"""The customers behind figures that are not of purchases: of points, memberships, answers, complaints, the model."""

from typing import Any

from insights.queries.asked import Asked, months_before
from insights.queries.groups import group_of
from insights.queries.programme import begin_of
from loyalty.models import Account

POINTS = """SELECT DISTINCT w.customer_id FROM loyalty_transaction x JOIN loyalty_transfer t ON t.transaction_id = x.id
JOIN loyalty_wallet w ON w.id = x.wallet_id {group}
WHERE x.effective_at >= %(since)s AND x.effective_at < %(until)s AND t.target = 'redeemed'"""
OF_LOTS = """SELECT DISTINCT w.customer_id FROM loyalty_lot l JOIN loyalty_wallet w ON w.id = l.wallet_id
JOIN loyalty_transfer t ON t.lot_id = l.id {group}
WHERE l.earned_at >= %(first)s AND l.earned_at < %(last)s AND t.target = %(account)s"""
MEMBERS = """SELECT DISTINCT w.customer_id FROM loyalty_wallet w {group}
WHERE w.status IN ('open', 'frozen') AND EXISTS (
    SELECT FROM loyalty_transaction t WHERE t.wallet_id = w.id AND t.effective_at >= %(since)s
        AND t.effective_at < %(until)s AND t.kind IN ('earn', 'grant', 'redeem', 'capture', 'give'))"""
REFERRED = """SELECT f.customer_id FROM (
    SELECT customer_id, min(first_day) AS day FROM insights_buyer GROUP BY 1) f {group}
WHERE f.day >= %(month)s AND f.day < %(as_of)s AND EXISTS (
    SELECT FROM loyalty_referral r WHERE r.friend_id = f.customer_id AND r.state <> 'refused')"""
MEMBERSHIPS = """SELECT DISTINCT m.customer_id FROM loyalty_membership m {group}
WHERE m.starts_at <= %(since)s AND m.ends_at > %(since)s AND NOT EXISTS (
    SELECT FROM loyalty_membership later WHERE later.customer_id = m.customer_id AND later.starts_at <= %(until)s
        AND later.ends_at > %(until)s)"""
HOLDING = """SELECT DISTINCT w.customer_id FROM loyalty_wallet w {group} WHERE w.pending + w.available + w.held > 0"""
ANSWERED = """SELECT DISTINCT i.customer_id
FROM feedback_invitation i JOIN feedback_survey s ON s.id = i.survey_id {group}
WHERE s.kind = %(kind)s AND i.answered_at >= %(since)s AND i.answered_at < %(until)s AND i.score IS NOT NULL"""
COMPLAINED = """SELECT DISTINCT c.customer_id FROM feedback_case c {group}
WHERE c.kind = 'complaint' AND NOT c.spam AND c.merged_into_id IS NULL AND c.customer_id IS NOT NULL
    AND c.received_at >= %(since)s AND c.received_at < %(until)s"""
SCORED = "SELECT r.customer_id FROM insights_risk r {group} WHERE true"

# Who is behind each figure, and the column that names the customer.
WHO = {
    "redemption_rate": (POINTS, "w.customer_id"), "redeemed_of_issue": (OF_LOTS, "w.customer_id"),
    "breakage": (OF_LOTS, "w.customer_id"), "active_members": (MEMBERS, "w.customer_id"),
    "referral_share": (REFERRED, "f.customer_id"), "membership_churn": (MEMBERSHIPS, "m.customer_id"),
    "liability": (HOLDING, "w.customer_id"), "nps": (ANSWERED, "i.customer_id"), "csat": (ANSWERED, "i.customer_id"),
    "ces": (ANSWERED, "i.customer_id"), "complaints": (COMPLAINED, "c.customer_id"),
    "first_answer": (f"{COMPLAINED} AND c.answered_at IS NOT NULL", "c.customer_id"),
    "resolved_after": (f"{COMPLAINED} AND c.closed_at IS NOT NULL", "c.customer_id"),
    "clv_expected": (SCORED, "r.customer_id"),
}  # fmt: skip


def statement(metric: str, asked: Asked, group: str) -> str:
    sql, who = WHO[metric]
    return f"{sql.format(group=group_of(asked, who))} AND {group}"


def values_of(metric: str, asked: Asked) -> dict[str, Any]:
    """The month that the day ends, and the years of lots."""
    until = begin_of(asked.as_of)
    year, two, three = (begin_of(months_before(asked.as_of, months)) for months in (12, 24, 36))
    lots = (three, two, Account.EXPIRED) if metric == "breakage" else (year, until, Account.REDEEMED)
    return {
        "since": begin_of(asked.month), "until": until, "kind": metric,
        "first": lots[0], "last": lots[1], "account": lots[2],
    }  # fmt: skip
