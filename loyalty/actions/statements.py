"""The SQL of the one write path. Each statement finds out what fits, and all of them end in the same writes.

How they are made, and why:
- One statement is one round trip, and needs no transaction around it to be atomic.
- ``locked`` waits for the wallet; the rest of the statement still sees the database as it was when it began. Where the
  wallet's sequence differs in that older view, somebody wrote in between, nothing is written and the caller asks
  again (``stale``). Whoever changes a wallet's lots changes its sequence.
- Everything derived (a wallet's columns, a lot's columns, the balances after) comes from the same rows that are
  inserted as transfers: they cannot differ.
- The programme's version is checked: callers keep a copy of the rules without ever using an old one.
"""

import re

from customers.actions.timeline import INSERT_FACTS


def compact(sql: str) -> str:
    """Without comments and spaces: psycopg keeps what it has parsed only of statements below 4,096 characters."""
    return re.sub(r"\s+", " ", re.sub(r"--.*", "", sql)).strip()


# Wants: locked (wallets), fit (a row per transaction), moves (a row per transfer), new_lots. Gives: lines.
_WRITE = f"""
shifts AS (
    SELECT id, count(*) AS transfers,
        sum(CASE 'pending' WHEN target THEN points WHEN source THEN -points ELSE 0 END)::bigint AS pending,
        sum(CASE 'available' WHEN target THEN points WHEN source THEN -points ELSE 0 END)::bigint AS available,
        sum(CASE 'held' WHEN target THEN points WHEN source THEN -points ELSE 0 END)::bigint AS held,
        sum(CASE 'debt' WHEN source THEN points WHEN target THEN -points ELSE 0 END)::bigint AS debt
    FROM moves GROUP BY id
),
lines AS MATERIALIZED (
    SELECT f.*, s.transfers, s.pending, s.available, s.held, s.debt, clock_timestamp() AS posted_at,
        w.sequence + row_number() OVER line AS sequence,
        (w.pending + sum(s.pending) OVER line)::bigint AS pending_after,
        (w.available + sum(s.available) OVER line)::bigint AS available_after,
        (w.held + sum(s.held) OVER line)::bigint AS held_after,
        (w.debt + sum(s.debt) OVER line)::bigint AS debt_after
    FROM fit f JOIN shifts s USING (id) JOIN locked w ON w.id = f.wallet_id
    WINDOW line AS (PARTITION BY f.wallet_id ORDER BY f.ordinal)
),
posted AS (
    INSERT INTO loyalty_transaction (
        id, wallet_id, sequence, kind, key, request, natural_key, reference, reason, purchase_id, reverses_id, by_id,
        effective_at, posted_at, meta, transfer_count, pending_after, available_after, held_after, debt_after
    ) SELECT
        id, wallet_id, sequence, kind, key, request, natural_key, reference, reason, purchase_id, reverses_id, by_id,
        effective_at, posted_at, meta, transfers, pending_after, available_after, held_after, debt_after
    FROM lines
),
transferred AS (
    INSERT INTO loyalty_transfer (transaction_id, number, source, target, points, lot_id)
    SELECT id, number, source, target, points, lot_id FROM moves
),
lot_shifts AS (
    SELECT lot_id,
        sum(CASE 'pending' WHEN target THEN points WHEN source THEN -points ELSE 0 END)::bigint AS pending,
        sum(CASE 'available' WHEN target THEN points WHEN source THEN -points ELSE 0 END)::bigint AS available,
        sum(CASE 'held' WHEN target THEN points WHEN source THEN -points ELSE 0 END)::bigint AS held,
        sum(points) FILTER (WHERE source NOT IN ('pending', 'available', 'held'))::bigint AS granted
    FROM moves WHERE lot_id IS NOT NULL GROUP BY lot_id
),
lots_added AS (
    INSERT INTO loyalty_lot (
        id, wallet_id, origin_id, source_id, granted, earned_at, activates_at, expires_at, pending, available, held
    ) SELECT n.id, n.wallet_id, n.origin_id, n.source_id, s.granted, n.earned_at, n.activates_at, n.expires_at,
        s.pending, s.available, s.held
    FROM new_lots n JOIN lot_shifts s ON s.lot_id = n.id
    RETURNING wallet_id, least(CASE WHEN pending > 0 THEN activates_at END, expires_at) AS due
),
lots_changed AS (
    UPDATE loyalty_lot l
    SET pending = l.pending + s.pending, available = l.available + s.available, held = l.held + s.held
    FROM lot_shifts s WHERE l.id = s.lot_id
    RETURNING l.wallet_id, least(CASE WHEN l.pending > 0 THEN l.activates_at END, l.expires_at) AS due
),
settled AS (
    UPDATE loyalty_wallet w SET
        pending = w.pending + d.pending, available = w.available + d.available, held = w.held + d.held,
        debt = w.debt + d.debt, sequence = w.sequence + d.transactions, next_due = least(w.next_due, u.due)
    FROM (
        SELECT wallet_id, count(*) AS transactions, sum(pending)::bigint AS pending,
            sum(available)::bigint AS available, sum(held)::bigint AS held, sum(debt)::bigint AS debt
        FROM lines GROUP BY wallet_id
    ) d LEFT JOIN (
        SELECT wallet_id, min(due) AS due FROM (
            SELECT wallet_id, due FROM lots_added UNION ALL SELECT wallet_id, due FROM lots_changed
        ) t GROUP BY wallet_id
    ) u USING (wallet_id)
    WHERE w.id = d.wallet_id
),
told AS (
    {INSERT_FACTS}
    SELECT customer_id, verb, effective_at, by_id, about || jsonb_build_object('transaction', id) FROM lines
)
"""

# Available points out of one wallet, in the order of consumption. No more than ``reach`` lots are looked at: a wallet
# may have thousands, and a few of them nearly always do; the caller reaches further where they do not.
TAKE = compact(
    f"""WITH
locked AS MATERIALIZED (
    SELECT * FROM loyalty_wallet WHERE programme_id = %(programme)s AND customer_id = %(customer)s::bigint
    FOR NO KEY UPDATE
),
walk AS MATERIALIZED (
    SELECT id, available, expires_at, row_number() OVER line AS number, sum(available) OVER line AS upto
    FROM (
        SELECT id, available, expires_at, earned_at FROM loyalty_lot
        WHERE wallet_id = (SELECT id FROM locked) AND available > 0
        ORDER BY expires_at, earned_at, id LIMIT %(reach)s
    ) near WINDOW line AS (ORDER BY expires_at, earned_at, id ROWS UNBOUNDED PRECEDING)
),
judged AS (
    SELECT w.*, k.id AS earlier, k.request AS earlier_request,
        CASE WHEN k.id IS NOT NULL THEN 'replayed'
            WHEN NOT EXISTS (SELECT FROM loyalty_programme WHERE id = %(programme)s AND version = %(version)s)
                THEN 'rules_changed'
            WHEN w.id IS NULL THEN 'no_wallet'
            WHEN w.sequence IS DISTINCT FROM (SELECT s.sequence FROM loyalty_wallet s WHERE s.id = w.id) THEN 'stale'
            WHEN w.status <> 'open' THEN w.status
            WHEN w.next_due <= %(at)s::timestamptz THEN 'due'
            WHEN w.available < %(points)s::bigint THEN 'insufficient'
            WHEN (SELECT max(upto) FROM walk) < %(points)s::bigint THEN 'further' ELSE 'fit' END AS outcome
    FROM (SELECT) one LEFT JOIN locked w ON true LEFT JOIN loyalty_transaction k ON k.key = %(key)s::text OFFSET 0
),
lines AS MATERIALIZED (
    SELECT j.*, CASE outcome WHEN 'fit' THEN nextval('loyalty_transaction_id_seq') END AS made,
        clock_timestamp() AS posted_at, j.sequence + 1 AS number, j.available - %(points)s::bigint AS left_over,
        j.held + CASE WHEN %(target)s::text = 'held' THEN %(points)s::bigint ELSE 0 END AS held_after,
        (SELECT count(*) FROM walk WHERE upto - available < %(points)s::bigint)::int AS transfers
    FROM judged j
),
moves AS MATERIALIZED (
    SELECT l.made, w.number, least(w.available, %(points)s::bigint - (w.upto - w.available))::bigint AS points,
        w.id AS lot_id
    FROM lines l, walk w WHERE l.made IS NOT NULL AND w.upto - w.available < %(points)s::bigint
),
posted AS (
    INSERT INTO loyalty_transaction (
        id, wallet_id, sequence, kind, key, request, reference, reason, by_id, effective_at, posted_at, meta,
        transfer_count, pending_after, available_after, held_after, debt_after
    ) SELECT made, id, number, %(kind)s::text, %(key)s::text, %(request)s::uuid, %(reference)s::text,
        %(reason)s::text, %(by)s::bigint, %(at)s::timestamptz, posted_at, %(meta)s::jsonb,
        transfers, pending, left_over, held_after, debt
    FROM lines WHERE made IS NOT NULL
),
transferred AS (
    INSERT INTO loyalty_transfer (transaction_id, number, source, target, points, lot_id)
    SELECT made, number, 'available', %(target)s::text, points, lot_id FROM moves
),
lots_changed AS (
    UPDATE loyalty_lot l SET available = l.available - m.points,
        held = l.held + CASE WHEN %(target)s::text = 'held' THEN m.points ELSE 0 END
    FROM moves m WHERE l.id = m.lot_id
),
settled AS (
    UPDATE loyalty_wallet w SET available = l.left_over, held = l.held_after, sequence = l.number,
        next_due = least(w.next_due, (SELECT min(expires_at) FROM walk))
    FROM lines l WHERE w.id = l.id AND l.made IS NOT NULL
),
told AS (
    {INSERT_FACTS}
    SELECT customer_id, %(verb)s::text, %(at)s::timestamptz, %(by)s::bigint,
        jsonb_build_object('points', %(points)s::bigint, 'reason', %(reason)s::text, 'transaction', made)
    FROM lines WHERE made IS NOT NULL
)
SELECT 1, outcome, coalesce(made, earlier), earlier_request, id, number, posted_at, transfers, pending, left_over,
    held_after, debt
FROM lines
"""
)

# The first reach is written out: with a number it cannot know, PostgreSQL would plan the statement anew at every call,
# which costs several times what the redemption does.
NEAR = 16  # lots looked at first: nearly always enough
TAKE_NEAR = TAKE.replace("%(reach)s", str(NEAR))

# What the caller has worked out under the wallets' locks: transactions with their transfers and new lots as JSON.
# A transfer names a lot by its id, or a new one by its place in the list (below zero: -1 is the first).
POST = compact(
    """WITH
locked AS MATERIALIZED (
    SELECT * FROM loyalty_wallet WHERE id = ANY(%(wallets)s::bigint[]) ORDER BY id FOR NO KEY UPDATE
),
fit AS MATERIALIZED (
    SELECT nextval('loyalty_transaction_id_seq') AS id, ordinal, wallet_id, w.customer_id, kind, key, request,
        natural_key, coalesce(reference, '') AS reference, coalesce(reason, '') AS reason, purchase_id, reverses_id,
        by_id, effective_at, coalesce(meta, '{}') AS meta, verb, about
    FROM jsonb_to_recordset(%(transactions)s::jsonb) AS t(
        ordinal int, wallet_id bigint, kind text, key text, request uuid, natural_key text, reference text,
        reason text, purchase_id bigint, reverses_id bigint, by_id bigint, effective_at timestamptz, meta jsonb,
        verb text, about jsonb
    ) JOIN locked w ON w.id = t.wallet_id
),
new_lots AS MATERIALIZED (
    SELECT nextval('loyalty_lot_id_seq') AS id, place, f.wallet_id, coalesce(t.origin_id, f.id) AS origin_id,
        t.source_id, t.earned_at, t.activates_at, t.expires_at
    FROM jsonb_to_recordset(%(lots)s::jsonb) AS t(
        place int, ordinal int, origin_id bigint, source_id bigint, earned_at timestamptz,
        activates_at timestamptz, expires_at timestamptz
    ) JOIN fit f USING (ordinal)
),
moves AS MATERIALIZED (
    SELECT f.id, t.number, t.source, t.target, t.points, coalesce(n.id, t.lot) AS lot_id
    FROM jsonb_to_recordset(%(transfers)s::jsonb) AS t(
        ordinal int, number int, source text, target text, points bigint, lot bigint
    ) JOIN fit f USING (ordinal) LEFT JOIN new_lots n ON n.place = t.lot
),
"""
    + _WRITE
    + """
SELECT ordinal, 'fit', id, NULL::uuid, wallet_id, sequence, posted_at, transfers,
    pending_after, available_after, held_after, debt_after
FROM lines ORDER BY ordinal
"""
)
