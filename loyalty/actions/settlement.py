"""Time does its work on wallets: pending points become available, points past their date expire.

Whatever touches a wallet settles it first, so a late job can never be exploited; the nightly one only makes visible.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction

from config.statements import Statement, array
from customers.actions.timeline import INSERT_FACTS
from loyalty.actions import answers
from loyalty.actions.statements import compact
from loyalty.models import Wallet

# Wallets in which something is due, looked for once: a search for the next ones would pass by all that came before.
DUE = "SELECT id FROM loyalty_wallet WHERE next_due <= %s ORDER BY id"
# Some of them, locked unless somebody works with them: they are settled by that touch, or by the next run.
LOCK = "SELECT id FROM loyalty_wallet WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED"

# What time has done to locked wallets up to a moment: pending points become available (repaying debt first, in order
# of time), available points expire. Each transaction takes effect at its own moment, however late it is posted.
# Lots do not touch each other, except that the earliest ones repay the debt: hence windows and no loop. All windows
# want one order, so that it is sorted once: a million lots come due in a night, and each step more shows.
SETTLE = Statement(
    compact(
        f"""WITH
locked AS MATERIALIZED (
    SELECT id, customer_id, sequence, pending, available, held, debt FROM loyalty_wallet
    WHERE id = ANY(%(wallets)s::bigint[]) ORDER BY id FOR NO KEY UPDATE
),
-- The lots in which something is due, with what opens, what of it repays debt, and what lapses. Looked up wallet by
-- wallet, which OFFSET 0 keeps: by statistics all lots might be read for each thousand.
due AS MATERIALIZED (
    SELECT o.*, CASE WHEN expires_at <= %(at)s::timestamptz THEN available + opens - repaid ELSE 0 END AS lapsed
    FROM (
        SELECT l.id, w.id AS wallet_id, l.available, l.activates_at, l.expires_at, l.pending AS opens,
            CASE w.debt WHEN 0 THEN 0
                ELSE greatest(0, least(l.pending, w.debt - coalesce(sum(l.pending) OVER earlier, 0)))::bigint
            END AS repaid
        FROM (SELECT id, debt FROM locked WHERE pending > 0) w CROSS JOIN LATERAL (
            SELECT * FROM loyalty_lot l
            WHERE l.wallet_id = w.id AND l.pending > 0 AND l.activates_at <= %(at)s::timestamptz OFFSET 0
        ) l WINDOW earlier AS (
            PARTITION BY w.id ORDER BY l.activates_at, l.expires_at, l.id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        )
    ) o
    UNION ALL
    SELECT l.id, w.id, l.available, NULL, l.expires_at, 0, 0, l.available
    FROM (SELECT id FROM locked WHERE available > 0) w CROSS JOIN LATERAL (
        SELECT * FROM loyalty_lot l
        WHERE l.wallet_id = w.id AND l.available > 0 AND l.expires_at <= %(at)s::timestamptz
            AND NOT (l.pending > 0 AND l.activates_at <= %(at)s::timestamptz) OFFSET 0
    ) l
),
-- A row per transfer, with what the wallet comes to after the whole transaction, in the order of the statement.
-- ``coming`` is when the first of the opened lots expires.
steps AS MATERIALIZED (
    SELECT CASE number WHEN 1 THEN nextval('loyalty_transaction_id_seq')
        ELSE currval('loyalty_transaction_id_seq') END AS id, s.*
    FROM (
        SELECT wallet_id, moment, kind, lot_id, source, target, points, row_number() OVER transfers AS number,
            count(*) OVER whole AS transfers, sum(points) FILTER (WHERE step = 1) OVER whole AS total,
            dense_rank() OVER line AS place, sum(pending) OVER line AS pending, sum(available) OVER line AS available,
            sum(debt) OVER line AS debt, min(coming) OVER line AS coming
        FROM (
            SELECT wallet_id, activates_at AS moment, 'activate' AS kind, 1 AS step, id AS lot_id,
                'pending' AS source, 'available' AS target, opens AS points, -opens AS pending, opens AS available,
                0 AS debt, CASE WHEN expires_at > %(at)s::timestamptz THEN expires_at END AS coming
            FROM due WHERE opens > 0
            UNION ALL
            SELECT wallet_id, activates_at, 'activate', 2, id, 'available', 'debt', repaid, 0, -repaid, -repaid, NULL
            FROM due WHERE repaid > 0
            UNION ALL
            SELECT wallet_id, expires_at, 'expire', 1, id, 'available', 'expired', lapsed, 0, -lapsed, 0, NULL
            FROM due WHERE lapsed > 0
        ) u
        WINDOW whole AS (PARTITION BY wallet_id, moment, kind),
            transfers AS (PARTITION BY wallet_id, moment, kind ORDER BY step, lot_id),
            line AS (PARTITION BY wallet_id ORDER BY moment, kind)
        ORDER BY wallet_id, moment, kind, step, lot_id
    ) s
),
lines AS MATERIALIZED (
    SELECT s.id, s.wallet_id, w.customer_id, s.moment, s.kind, s.transfers, s.total, s.coming,
        w.sequence + s.place AS sequence, w.pending + s.pending AS pending, w.available + s.available AS available,
        w.held, w.debt + s.debt AS debt, lead(s.id) OVER (PARTITION BY s.wallet_id ORDER BY s.id) IS NULL AS latest
    FROM steps s JOIN locked w ON w.id = s.wallet_id WHERE s.number = 1
),
posted AS (
    INSERT INTO loyalty_transaction (
        id, wallet_id, sequence, kind, effective_at, posted_at, meta, transfer_count, pending_after, available_after,
        held_after, debt_after
    ) SELECT id, wallet_id, sequence, kind, moment, clock_timestamp(), '{{}}', transfers, pending, available, held,
        debt
    FROM lines
),
transferred AS (
    INSERT INTO loyalty_transfer (transaction_id, number, source, target, points, lot_id)
    SELECT id, number, source, target, points, lot_id FROM steps
),
-- Each lot by its key, in their order: nothing to be joined but for the few that repay.
lots_changed AS (
    UPDATE loyalty_lot SET
        pending = CASE WHEN activates_at <= %(at)s::timestamptz THEN 0 ELSE pending END,
        available = CASE WHEN expires_at <= %(at)s::timestamptz THEN 0
            WHEN activates_at <= %(at)s::timestamptz THEN available + pending ELSE available END
    WHERE id = ANY(ARRAY(SELECT id FROM due WHERE repaid = 0))
),
lots_repaying AS (
    UPDATE loyalty_lot l SET pending = 0, available = l.available + d.opens - d.repaid - d.lapsed
    FROM due d WHERE l.id = d.id AND d.repaid > 0
),
-- What comes next is in the lots that stay: the first of those that opened now to expire, the first of the others to
-- activate or to expire, looked for only where there are any. FULL gives what LEFT would, for only locked wallets have
-- lines; but it is never planned to compare each row with each other.
settled AS (
    UPDATE loyalty_wallet w SET pending = n.pending, available = n.available, debt = n.debt, sequence = n.sequence,
        next_due = least(n.coming,
            CASE WHEN n.pending > 0 THEN (
                SELECT activates_at FROM loyalty_lot l WHERE l.wallet_id = n.id AND pending > 0
                    AND activates_at > %(at)s::timestamptz ORDER BY activates_at LIMIT 1) END,
            CASE WHEN n.available > 0 AND n.had > 0 THEN (
                SELECT expires_at FROM loyalty_lot l WHERE l.wallet_id = n.id AND available > 0
                    AND expires_at > %(at)s::timestamptz ORDER BY expires_at LIMIT 1) END)
    FROM (
        SELECT k.id, l.coming, k.available AS had, coalesce(l.pending, k.pending) AS pending,
            coalesce(l.available, k.available) AS available, coalesce(l.debt, k.debt) AS debt,
            coalesce(l.sequence, k.sequence) AS sequence
        FROM locked k FULL JOIN (SELECT * FROM lines WHERE latest) l ON l.wallet_id = k.id
    ) n WHERE w.id = n.id AND w.id = ANY(%(wallets)s::bigint[])
),
told AS (
    {INSERT_FACTS}
    SELECT customer_id, CASE kind WHEN 'activate' THEN 'points_activated' ELSE 'points_expired' END, moment, NULL,
        jsonb_build_object('points', total, 'transaction', id)
    FROM lines
)
SELECT count(*) FROM lines"""
    )
)


def settle(wallets: Iterable[Wallet], *, at: datetime) -> bool:
    """Settle wallets that the caller has locked. Returns whether anything was due."""
    due = [wallet.pk for wallet in wallets if wallet.next_due and wallet.next_due <= at]
    if due:
        answers.run(SETTLE, {"wallets": array(due), "at": at})
    return bool(due)


def settle_due(*, at: datetime, many: int = 5000) -> int:
    """Settle every wallet in which something is due, some thousand at a time. Returns how many transactions it took.

    Run again it finds nothing and writes nothing; stopped in the middle it goes on where it stopped.
    """
    total = 0
    with connection.chunked_cursor() as due:
        due.execute(DUE, [at])
        while some := due.fetchmany(many):
            total += _settle_some([pk for (pk,) in some], at)
    return total


@transaction.atomic
def _settle_some(some: list[int], at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [some])
        wallets = [pk for (pk,) in cursor.fetchall()]
    if not wallets:
        return 0
    ((posted,),) = answers.run(SETTLE, {"wallets": array(wallets), "at": at}, many=True)
    return int(posted or 0)
