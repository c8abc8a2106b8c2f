"""The SQL by which points come into wallets from outside: for one wish at once, and for any list of them.

How the statements of the ledger are made, and why, stands in ``statements``.
"""

from functools import cache

from config.statements import Statement
from customers.actions.timeline import INSERT_FACTS
from customers.models import Verb
from loyalty.actions.statements import compact
from loyalty.models import Account, Kind

# Each transaction is one transfer into one new lot, so nothing needs to be summed but the balances after. Kind, verb
# and source are written out: there are few of them, and what is known to the plan is not worked out at each call.
_WRITES = """
posted AS (
    INSERT INTO loyalty_transaction (
        id, wallet_id, sequence, kind, key, request, natural_key, reference, reason, purchase_id, by_id, effective_at,
        posted_at, meta, transfer_count, pending_after, available_after, held_after, debt_after
    ) SELECT
        id, wallet_id, sequence, '{{kind}}', {key}, {request}, {natural_key}, {reference}, {reason}, {purchase_id},
        %(by)s::bigint, {effective_at}, posted_at, {meta}, 1, pending_after, available_after, held, debt
    FROM lines {fits}
),
transferred AS (
    INSERT INTO loyalty_transfer (transaction_id, number, source, target, points, lot_id)
    SELECT id, 1, '{{source}}', {target}, {points}, lot_id
    FROM lines {fits}
),
lots_added AS (
    INSERT INTO loyalty_lot (
        id, wallet_id, origin_id, granted, earned_at, activates_at, expires_at, pending, available, held
    ) SELECT lot_id, wallet_id, id, {points}, {effective_at}, {activates_at}, {expires_at}, {opening},
        {closing}, 0
    FROM lines {fits}
),
told AS (
    {insert_facts}
    SELECT {customer_id}, '{{verb}}', {effective_at}, %(by)s::bigint,
        jsonb_build_object('points', {points}, 'reason', {reason}, 'transaction', id)
    FROM lines {fits}
)
"""

# A wish, column by column, as it is given for one: with what follows from its dates, worked out by the caller.
WISH = {
    "customer_id": "%(customer)s::bigint",
    "points": "%(points)s::bigint",
    "effective_at": "%(effective)s::timestamptz",
    "activates_at": "%(activates)s::timestamptz",
    "expires_at": "%(expires)s::timestamptz",
    "key": "%(key)s::text",
    "request": "%(request)s::uuid",
    "natural_key": "%(natural)s::text",
    "reference": "%(reference)s::text",
    "reason": "%(reason)s::text",
    "purchase_id": "%(purchase)s::bigint",
    "meta": "%(meta)s::jsonb",
    "opening": "%(opening)s::bigint",
    "closing": "%(closing)s::bigint",
    "target": "%(target)s::text",
}
# The same as columns of a list of wishes.
WISHES = {name: name for name in WISH} | {
    "closing": "points - opening",
    "target": "CASE WHEN opening > 0 THEN 'pending' ELSE 'available' END",
}

# One wish where nothing is in its way, which is nearly always: the wallet is locked by changing it, and only a wallet
# that is as this statement saw it when it began is changed. Where anything is in the way nothing is written and no
# line comes back, and the caller asks by the statement for many, which says what it is.
ISSUE_FIT = compact(
    """WITH lines AS (
    UPDATE loyalty_wallet SET pending = pending + {opening}, available = available + {closing},
        sequence = sequence + 1, next_due = least(next_due, %(due)s::timestamptz)
    WHERE programme_id = %(programme)s AND customer_id = {customer_id} AND status = 'open' AND debt = 0
        AND sequence = (
            SELECT s.sequence FROM loyalty_wallet s
            WHERE s.programme_id = %(programme)s AND s.customer_id = {customer_id}
        )
        AND NOT EXISTS (SELECT FROM loyalty_transaction k WHERE k.key = {key})
        AND NOT EXISTS (SELECT FROM loyalty_transaction n WHERE n.natural_key = {natural_key})
        AND EXISTS (SELECT FROM loyalty_programme WHERE id = %(programme)s AND version = %(version)s)
    RETURNING id AS wallet_id, sequence, pending AS pending_after, available AS available_after, held, debt,
        nextval('loyalty_transaction_id_seq') AS id, nextval('loyalty_lot_id_seq') AS lot_id,
        clock_timestamp() AS posted_at
),""".format(**WISH)
    + _WRITES.format(insert_facts=INSERT_FACTS, fits="", **WISH)
    + """
SELECT id, wallet_id, sequence, posted_at, pending_after, available_after, held, debt FROM lines"""
)
FIT_NAMES = (
    *("programme", "version", "by", "customer", "points", "effective", "activates", "expires", "key", "request"),
    *("natural", "reference", "reason", "purchase", "meta", "opening", "closing", "target", "due"),
)

# Any number of wishes, each answered with what came of it. A wallet in debt is left to the caller, because the points
# then repay it first. What may be there already is looked up through its keys, all in one go: an array that is not
# known when the statement is planned is taken for a short one, so that no statistics lead to reading whole tables.
# Whatever was locked or found belongs to a wish, so FULL gives what LEFT would; but it cannot be done by comparing
# each row with each other, which is how LEFT is planned where there are no statistics yet.
_MANY = """WITH
locked AS MATERIALIZED (
    SELECT id, customer_id, sequence, pending, available, held, debt, status FROM loyalty_wallet
    WHERE programme_id = %(programme)s AND customer_id = ANY(%(customer)s::bigint[]) ORDER BY id FOR NO KEY UPDATE
),
seen AS (SELECT id, sequence AS seen FROM loyalty_wallet WHERE id = ANY(ARRAY(SELECT id FROM locked))),
keyed AS (
    SELECT id, key, request FROM loyalty_transaction WHERE key = ANY(ARRAY(SELECT unnest(%(key)s::text[])))
),
events AS (
    SELECT id, natural_key FROM loyalty_transaction
    WHERE natural_key = ANY(ARRAY(SELECT unnest(%(natural)s::text[])))
),
checked AS (
    SELECT a.*, w.id AS wallet_id, w.sequence AS earlier_sequence, w.pending, w.available, w.held, w.debt, w.status,
        w.seen, k.id AS by_key, k.request AS earlier_request, n.id AS by_event,
        CASE WHEN a.activates_at > a.effective_at THEN a.points ELSE 0 END AS opening
    FROM unnest(
        %(customer)s::bigint[], %(points)s::bigint[], %(effective)s::timestamptz[], %(activates)s::timestamptz[],
        %(expires)s::timestamptz[], %(key)s::text[], %(request)s::uuid[], %(natural)s::text[],
        %(reference)s::text[], %(reason)s::text[], %(purchase)s::bigint[], %(meta)s::jsonb[]
    ) WITH ORDINALITY AS a(customer_id, points, effective_at, activates_at, expires_at, key, request, natural_key,
        reference, reason, purchase_id, meta, ordinal)
    FULL JOIN (SELECT * FROM locked FULL JOIN seen USING (id)) w ON w.customer_id = a.customer_id
    FULL JOIN keyed k ON k.key = a.key FULL JOIN events n ON n.natural_key = a.natural_key OFFSET 0
),
judged AS (
    SELECT c.*, coalesce(by_key, by_event) AS earlier,
        CASE WHEN by_key IS NOT NULL THEN 'replayed' WHEN by_event IS NOT NULL THEN 'duplicate'
            WHEN NOT EXISTS (SELECT FROM loyalty_programme WHERE id = %(programme)s AND version = %(version)s)
                THEN 'rules_changed' WHEN wallet_id IS NULL THEN 'no_wallet'
            WHEN earlier_sequence IS DISTINCT FROM seen THEN 'stale' WHEN status <> 'open' THEN status
            WHEN debt > 0 THEN 'in_debt' ELSE 'fit' END AS outcome,
        CASE WHEN opening > 0 THEN least(activates_at, expires_at) ELSE expires_at END AS due
    FROM checked c OFFSET 0
),
-- Ids in the order of wallets: bulk inserts then touch the pages of their indexes one after the other.
lines AS MATERIALIZED (
    SELECT r.*, outcome = 'fit' AS fits,
        CASE outcome WHEN 'fit' THEN nextval('loyalty_transaction_id_seq') END AS id,
        CASE outcome WHEN 'fit' THEN nextval('loyalty_lot_id_seq') END AS lot_id,
        clock_timestamp() AS posted_at
    FROM (
        SELECT j.*, earlier_sequence + row_number() OVER line AS sequence,
            (pending + sum(opening) OVER line)::bigint AS pending_after,
            (available + sum(points - opening) OVER line)::bigint AS available_after,
            min(due) OVER line AS due_after, lead(ordinal) OVER line IS NULL AS last
        FROM judged j WINDOW line AS (PARTITION BY wallet_id, outcome ORDER BY ordinal) OFFSET 0
    ) r
),
settled AS (
    UPDATE loyalty_wallet w SET pending = l.pending_after, available = l.available_after, sequence = l.sequence,
        next_due = least(w.next_due, l.due_after)
    FROM lines l WHERE w.id = l.wallet_id AND l.fits AND l.last
),""" + _WRITES.format(insert_facts=INSERT_FACTS, fits="WHERE fits", **WISHES)
ISSUE_MANY = compact(
    _MANY
    + """
SELECT ordinal, outcome, coalesce(id, earlier), earlier_request, wallet_id,
    sequence, posted_at, 1, pending_after, available_after, held, debt
FROM lines"""
)
# The same, answered with no more than what became of each wish: a row per outcome, with the wishes that came to it.
ISSUE_BATCH = compact(
    _MANY
    + """
SELECT outcome, array_agg(ordinal), array_agg(coalesce(id, earlier)),
    array_agg(earlier_request)
FROM lines GROUP BY outcome"""
)


@cache
def fit(kind: Kind, verb: Verb, source: Account) -> Statement:
    """The statement for one wish. Its values go in the order of ``FIT_NAMES``."""
    return Statement(ISSUE_FIT.format(kind=kind.value, verb=verb.value, source=source.value), FIT_NAMES)


@cache
def many(kind: Kind, verb: Verb, source: Account) -> Statement:
    return Statement(ISSUE_MANY.format(kind=kind.value, verb=verb.value, source=source.value))


@cache
def batch(kind: Kind, verb: Verb, source: Account) -> Statement:
    return Statement(ISSUE_BATCH.format(kind=kind.value, verb=verb.value, source=source.value))
