"""Time does its work on wallets: pending points become available, points past their date expire.

Whatever touches a wallet settles it first, so a late job can never be exploited; the nightly one only makes visible.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction

from loyalty.actions import answers
from loyalty.actions.answers import Statement
from loyalty.actions.statements import compact, writes
from loyalty.models import Wallet

# Wallets in which something may be due, locked unless somebody works with them: they are settled by that touch, or by
# the next run. Nobody is passed over twice, for a wallet that was looked at is due later or never.
DUE = """
SELECT id FROM loyalty_wallet WHERE next_due <= %(at)s ORDER BY next_due, id LIMIT %(many)s
FOR NO KEY UPDATE SKIP LOCKED
"""

# What time has done to locked wallets up to a moment: pending points become available (repaying debt first, in order
# of time), available points expire. Each transaction takes effect at its own moment, however late it is posted.
# Lots do not touch each other, except that the earliest ones repay the debt: hence one window and no loop.
SETTLE = Statement(
    compact(
        """WITH
locked AS MATERIALIZED (
    SELECT * FROM loyalty_wallet WHERE id = ANY(%(wallets)s::bigint[]) ORDER BY id FOR NO KEY UPDATE
),
opening AS (
    SELECT l.id, l.wallet_id, l.pending, l.available, l.activates_at, l.expires_at,
        greatest(0, least(l.pending, w.debt - coalesce(sum(l.pending) OVER earlier, 0)))::bigint AS repaid
    FROM locked w JOIN loyalty_lot l ON l.wallet_id = w.id
    WHERE l.pending > 0 AND l.activates_at <= %(at)s::timestamptz
    WINDOW earlier AS (
        PARTITION BY l.wallet_id ORDER BY l.activates_at, l.expires_at, l.id
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )
),
lapsing AS (
    SELECT id, wallet_id, expires_at, available + pending - repaid AS lapsed FROM opening
    WHERE expires_at <= %(at)s::timestamptz
    UNION ALL
    SELECT l.id, l.wallet_id, l.expires_at, l.available FROM locked w JOIN loyalty_lot l ON l.wallet_id = w.id
    WHERE l.available > 0 AND l.expires_at <= %(at)s::timestamptz
        AND NOT (l.pending > 0 AND l.activates_at <= %(at)s::timestamptz)
),
steps AS MATERIALIZED (
    SELECT wallet_id, activates_at AS moment, 'activate' AS kind, 1 AS step, id AS lot_id,
        'pending' AS source, 'available' AS target, pending AS points FROM opening
    UNION ALL
    SELECT wallet_id, activates_at, 'activate', 2, id, 'available', 'debt', repaid FROM opening WHERE repaid > 0
    UNION ALL
    SELECT wallet_id, expires_at, 'expire', 1, id, 'available', 'expired', lapsed FROM lapsing WHERE lapsed > 0
),
fit AS MATERIALIZED (
    SELECT nextval('loyalty_transaction_id_seq') AS id, e.*, NULL::text AS key, NULL::uuid AS request,
        NULL::text AS natural_key, '' AS reference, '' AS reason, NULL::bigint AS purchase_id,
        NULL::bigint AS reverses_id, NULL::bigint AS by_id, moment AS effective_at, '{}'::jsonb AS meta,
        CASE kind WHEN 'activate' THEN 'points_activated' ELSE 'points_expired' END AS verb,
        jsonb_build_object('points', points) AS about
    FROM (
        SELECT s.wallet_id, w.customer_id, s.moment, s.kind,
            row_number() OVER (PARTITION BY s.wallet_id ORDER BY s.moment, s.kind) AS ordinal,
            sum(s.points) FILTER (WHERE s.step = 1) AS points
        FROM steps s JOIN locked w ON w.id = s.wallet_id
        GROUP BY s.wallet_id, w.customer_id, s.moment, s.kind ORDER BY s.wallet_id, ordinal
    ) e
),
moves AS MATERIALIZED (
    SELECT f.id, row_number() OVER (PARTITION BY f.id ORDER BY s.step, s.lot_id) AS number,
        s.source, s.target, s.points, s.lot_id
    FROM steps s JOIN fit f USING (wallet_id, moment, kind)
),
-- What comes next is in the lots that stay: the first to activate, the first to expire. FULL gives what LEFT would,
-- for only locked wallets open lots; but it is never planned to compare each row with each other.
coming AS (SELECT wallet_id, min(expires_at) AS due FROM opening WHERE expires_at > %(at)s::timestamptz GROUP BY 1),
nexts AS MATERIALIZED (
    SELECT w.id AS wallet_id, least(c.due,
        (SELECT activates_at FROM loyalty_lot l WHERE l.wallet_id = w.id AND pending > 0
            AND activates_at > %(at)s::timestamptz ORDER BY activates_at LIMIT 1),
        (SELECT expires_at FROM loyalty_lot l WHERE l.wallet_id = w.id AND available > 0
            AND expires_at > %(at)s::timestamptz ORDER BY expires_at LIMIT 1)
    ) AS due FROM locked w FULL JOIN coming c ON c.wallet_id = w.id
),
quiet AS (
    UPDATE loyalty_wallet w SET next_due = n.due FROM nexts n
    WHERE w.id = n.wallet_id AND NOT EXISTS (SELECT FROM fit f WHERE f.wallet_id = w.id)
),
"""
        + writes(new_lots=False, changed_lots=True, next_due="n.due", dues="JOIN nexts n USING (wallet_id)")
        + "SELECT kind, count(*), sum(available), sum(pending) FROM lines GROUP BY kind"
    )
)


def settle(wallets: Iterable[Wallet], *, at: datetime) -> bool:
    """Settle wallets that the caller has locked. Returns whether anything was due."""
    due = [wallet.pk for wallet in wallets if wallet.next_due and wallet.next_due <= at]
    if due:
        answers.run(SETTLE, {"wallets": answers.array(due), "at": at})
    return bool(due)


def settle_due(*, at: datetime, many: int = 5000) -> int:
    """Settle every wallet in which something is due, some thousand at a time. Returns how many transactions it took.

    Run again it finds nothing and writes nothing; stopped in the middle it goes on where it stopped.
    """
    total = 0
    while (posted := _settle_some(at, many)) is not None:
        total += posted
    return total


@transaction.atomic
def _settle_some(at: datetime, many: int) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"at": at, "many": many})
        wallets = [pk for (pk,) in cursor.fetchall()]
    if not wallets:
        return None
    answer = answers.run(SETTLE, {"wallets": answers.array(wallets), "at": at}, many=True)
    return sum(int(row[1] or 0) for row in answer)
