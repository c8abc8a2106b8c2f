"""The SQL of ``queries.standings``: what counts, and how it is judged. It only reads."""

from functools import cache

from loyalty.models import TierTable

By = TierTable.By

# What counts of the movements within the window; ``known`` is when it was known, for what was taken back later.
MOVED = {
    By.POINTS: """
        SELECT {who}, e.effective_at AS at, e.effective_at AS known, t.points AS amount
        FROM {source} JOIN loyalty_transfer t ON t.transaction_id = e.id AND t.number = 1
        WHERE e.kind = 'earn' AND {within}
        UNION ALL
        SELECT {who}, e.effective_at, c.effective_at, -t.points
        FROM {source} JOIN loyalty_transaction c ON c.reverses_id = e.id AND c.kind = 'claw_back'
        JOIN loyalty_transfer t ON t.transaction_id = c.id AND t.target = 'clawed_back'
        WHERE e.kind = 'earn' AND {within} AND c.effective_at <= {until}""",
    By.SPEND: """
        SELECT {who}, e.at, e.at AS known, e.goods - e.returned AS amount FROM {source}
        WHERE e.status = 'standing' AND e.currency = %(currency)s::text AND {within}""",
    By.PURCHASES: """
        SELECT {who}, e.at, e.at AS known, 1 AS amount FROM {source}
        WHERE e.status = 'standing' AND (e.returned < e.goods OR e.goods = 0) AND {within}""",
}

# Of everybody, by the lots in which points came: what did not come by earning is taken off again. That reads one table
# instead of joining every transaction with its transfers; the check ``lot_is_as_it_came`` of the audit stands for it.
# What takes off is little, found by one look at the transactions. The rows that belong to it are looked up one by one,
# in their order (OFFSET 0), for PostgreSQL would rather compare all transfers and all earnings with them.
OTHERS = """
others AS MATERIALIZED (
    SELECT id, wallet_id, kind, reverses_id, effective_at FROM loyalty_transaction
    WHERE kind IN ('grant', 'import', 'adjust', 'claw_back') AND effective_at <= {until}
),"""
CAME = """
        SELECT l.wallet_id, l.earned_at AS at, l.earned_at AS known, l.granted AS amount
        FROM loyalty_lot l WHERE l.source_id IS NULL AND l.earned_at > {after} AND l.earned_at <= {until}
        UNION ALL
        SELECT o.wallet_id, o.effective_at, o.effective_at, -t.points FROM others o CROSS JOIN LATERAL (
            SELECT t.points FROM loyalty_transfer t WHERE t.transaction_id = o.id AND t.number = 1
                AND t.lot_id IS NOT NULL AND t.source NOT IN ('pending', 'available', 'held') OFFSET 0
        ) t WHERE o.kind <> 'claw_back' AND o.effective_at > {after}
        UNION ALL
        SELECT e.wallet_id, e.effective_at, c.effective_at, -t.points FROM (
            SELECT * FROM others WHERE kind = 'claw_back' ORDER BY reverses_id
        ) c CROSS JOIN LATERAL (
            SELECT e.wallet_id, e.effective_at FROM loyalty_transaction e
            WHERE e.id = c.reverses_id AND e.kind = 'earn' AND e.effective_at > {after} AND e.effective_at <= {until}
            OFFSET 0
        ) e CROSS JOIN LATERAL (
            SELECT t.points FROM loyalty_transfer t
            WHERE t.transaction_id = c.id AND t.target = 'clawed_back' OFFSET 0
        ) t"""

WANTED = """
wanted AS MATERIALIZED (
    SELECT * FROM unnest(
        %(customers)s::bigint[], %(after)s::timestamptz[], %(turn)s::timestamptz[], %(until)s::timestamptz[],
        %(review_after)s::timestamptz[], %(review_turn)s::timestamptz[], %(review)s::timestamptz[]
    ) AS w (customer_id, after, turn, until, review_after, review_turn, review)
),
"""
# The wallets of a customer: the own one, and those that were merged into it.
FAMILY = """
family AS (
    SELECT wanted.*, w.id AS wallet_id FROM wanted
    JOIN loyalty_wallet w ON w.programme_id = %(programme)s AND w.customer_id = wanted.customer_id
    UNION ALL
    SELECT wanted.*, w.id FROM wanted JOIN customers_customer c ON c.merged_into_id = wanted.customer_id
    JOIN loyalty_wallet w ON w.programme_id = %(programme)s AND w.customer_id = c.id
),
"""

FLOORS = """
floors AS (
    SELECT customer_id, max(rank) AS floor, (array_agg(membership_id IS NULL ORDER BY rank DESC))[1] AS granted FROM (
        SELECT f.customer_id, f.membership_id, array_position(%(codes)s::text[], f.tier::text) - 1 AS rank
        FROM loyalty_tierfloor f {wanted}
        WHERE f.programme_id = %(programme)s AND f.starts_at <= {until} AND (f.ends_at IS NULL OR f.ends_at > {until})
            AND f.tier = ANY(%(codes)s::text[])
    ) held GROUP BY customer_id
),
"""

# Ranks count from 0; PostgreSQL's arrays from 1. A tier that the table no longer has is judged by the sum alone.
# Each OFFSET 0 keeps PostgreSQL from working the expressions of a step out anew wherever the next steps name them.
JUDGED = """
judged AS (
    SELECT m.*, width_bucket(greatest(m.total, 0), %(thresholds)s::bigint[]) - 1 AS enough,
        width_bucket(greatest(m.reviewed, 0), %(thresholds)s::bigint[]) - 1 AS enough_at_review,
        array_position(%(codes)s::text[], m.was::text) - 1 AS was_rank,
        array_position(%(codes)s::text[], m.was_earned::text) - 1 AS was_earned_rank
    FROM members m OFFSET 0
),
short AS (
    SELECT *, coalesce(was_earned_rank, enough) AS rank, coalesce(
        enough < was_earned_rank AND NOT (%(keeps)s::boolean[])[was_earned_rank + 1] {at_review}, false) AS is_short
    FROM judged OFFSET 0
),
due AS (
    SELECT *, is_short AND at >= (
        coalesce(short_since, {noticed}) AT TIME ZONE %(zone)s::text + make_interval(days => %(grace)s::int)
    ) AT TIME ZONE %(zone)s::text AS is_due FROM short OFFSET 0
),
ranked AS (
    SELECT *, CASE
        WHEN is_due THEN greatest(
            CASE WHEN %(one_step)s::boolean THEN rank - 1 ELSE enough END, (%(stops)s::int[])[rank + 1])
        ELSE greatest(rank, enough) END AS earned_rank,
        CASE WHEN is_short AND NOT is_due THEN coalesce(short_since, {noticed}) END AS new_short_since
    FROM due OFFSET 0
),
shown AS (
    SELECT *, greatest(earned_rank, floor) AS new_rank FROM ranked OFFSET 0
),
settled AS (
    SELECT customer_id, at, total, was, was_earned, was_earned_since, short_since AS was_short_since, sequence,
        (%(codes)s::text[])[new_rank + 1] AS tier, (%(names)s::text[])[new_rank + 1] AS name,
        (%(codes)s::text[])[earned_rank + 1] AS earned, new_rank,
        CASE WHEN was_earned_rank IS DISTINCT FROM earned_rank THEN at ELSE was_earned_since END AS earned_since,
        CASE WHEN was_rank IS DISTINCT FROM new_rank THEN at ELSE since END AS since, new_short_since AS short_since,
        new_rank > coalesce(was_rank, -1) AS rose,
        CASE
            WHEN %(because)s::text <> '' THEN %(because)s::text
            WHEN was IS NOT NULL AND was_rank IS NULL THEN 'table'
            WHEN new_rank > coalesce(was_rank, -1) THEN
                CASE WHEN new_rank = earned_rank THEN 'reached' WHEN granted THEN 'granted' ELSE 'floor' END
            WHEN was_rank > was_earned_rank THEN 'ended'
            ELSE 'lowered' END AS why
    FROM shown OFFSET 0
),
news AS (
    SELECT * FROM settled
    WHERE was IS NULL OR tier <> was OR earned <> was_earned OR short_since IS DISTINCT FROM was_short_since
)
"""


AT_REVIEW = "AND enough_at_review < was_earned_rank AND was_earned_since < review"


def judged(*, reviews: bool) -> str:
    """What follows from the sums: the part that ends in ``settled`` (everybody) and ``news`` (who moves)."""
    return JUDGED.format(at_review=AT_REVIEW if reviews else "", noticed="review" if reviews else "at")


def _moved(by: str) -> str:
    points = by == By.POINTS
    when = "e.effective_at" if points else "e.at"
    source = (
        "family w JOIN loyalty_transaction e ON e.wallet_id = w.wallet_id"
        if points
        else "wanted w JOIN customers_purchase e ON e.customer_id = w.customer_id"
    )
    within = f"{when} > least(w.after, w.review_after) AND {when} <= w.until"
    return MOVED[By(by)].format(who="w.customer_id", source=source, within=within, until="w.until")


@cache
def of_some(by: str, *, reviews: bool) -> str:
    """The statement for customers each at a moment of their own, up to and with ``news``."""
    points = by == By.POINTS
    return (
        "WITH"
        + WANTED
        + (FAMILY if points else "")
        + FLOORS.format(wanted="JOIN wanted w USING (customer_id)", until="w.until")
        + SOME.format(moved=_moved(by))
        + judged(reviews=reviews)
    )


SOME = """
totals AS (
    SELECT m.customer_id,
        greatest(sum(amount) FILTER (WHERE at > w.after AND at <= w.turn),
            sum(amount) FILTER (WHERE at > w.turn AND at <= w.until))::bigint AS total,
        greatest(sum(amount) FILTER (WHERE at > w.review_after AND at <= w.review_turn AND known <= w.review),
            sum(amount) FILTER (WHERE at > w.review_turn AND at <= w.review AND known <= w.review))::bigint AS reviewed
    FROM ({moved}) m JOIN wanted w USING (customer_id) GROUP BY m.customer_id
),
members AS (
    SELECT w.customer_id, w.until AS at, w.review, coalesce(t.total, 0) AS total, coalesce(t.reviewed, 0) AS reviewed,
        s.tier AS was, s.since, s.earned AS was_earned, s.earned_since AS was_earned_since, s.short_since,
        coalesce(f.floor, -1) AS floor, f.granted, 0::bigint AS sequence
    FROM wanted w LEFT JOIN totals t USING (customer_id) LEFT JOIN floors f USING (customer_id)
    LEFT JOIN loyalty_standing s ON s.programme_id = %(programme)s AND s.customer_id = w.customer_id
),
"""


@cache
def movements(by: str) -> str:
    """What counts, one row each: when and how much."""
    points = by == By.POINTS
    return "WITH" + WANTED + (FAMILY if points else "") + f"moved AS ({_moved(by)}) SELECT at, amount FROM moved"


@cache
def of_all(by: str, *, calendar: bool, reviews: bool, news: bool = False) -> str:
    """The statement for everybody who has a wallet or stands somewhere, at one moment, up to and with ``news``.

    With ``news`` those who obviously stay where they are, nearly everybody on most nights, are not judged at all.
    """
    points = by == By.POINTS
    who = "wallet_id" if points else "customer_id"
    after = "least(%(after)s::timestamptz, %(review_after)s::timestamptz)" if reviews else "%(after)s::timestamptz"
    if points:
        moved = CAME.format(after=after, until="%(until)s::timestamptz")
    else:
        within = f"e.at > {after} AND e.at <= %(until)s::timestamptz"
        moved = MOVED[By(by)].format(who=f"e.{who}", source="customers_purchase e", within=within)
    columns = _columns(calendar=calendar, reviews=reviews)
    # Exact up to nine thousand million million, in half the memory and time of sums of bigint, kept as numeric.
    sums = ", ".join(f"sum(amount::float8){only}::bigint AS {name}" for name, only in columns.items())
    totals = f"totals AS (SELECT {who}, {sums} FROM ({moved}) moved GROUP BY {who}),"
    if points:
        again = ", ".join(f"sum({name})::bigint AS {name}" for name in columns)
        totals = OTHERS.format(until="%(until)s::timestamptz") + totals + INHERITED.format(again=again)
    total = _better(columns, "", inherited=points)
    return (
        "WITH "
        + totals
        + FLOORS.format(wanted="", until="%(until)s::timestamptz")
        + EVERYBODY.format(
            total=total,
            those=STANDS_THERE.format(total=total) if news else "",
            reviewed=_better(columns, "review_", inherited=points) if reviews else "0::bigint",
            totals="LEFT JOIN totals t ON t.wallet_id = w.id LEFT JOIN inherited i USING (customer_id)"
            if points
            else "LEFT JOIN totals t USING (customer_id)",
            sequence="w.sequence" if points else "(extract(epoch FROM p.refreshed_at) * 1000000)::bigint",
            profile="" if points else "LEFT JOIN customers_profile p USING (customer_id)",
        )
        + judged(reviews=reviews)
    )


def _columns(*, calendar: bool, reviews: bool) -> dict[str, str]:
    """The sums that are needed, each with what it leaves out."""
    if not (calendar or reviews):
        return {"later": ""}
    columns = {}
    for name, until in [("", "until")] + [("review_", "review")] * reviews:
        known = f" AND known <= %({until})s::timestamptz" if name else ""
        if calendar:
            columns[f"{name}earlier"] = (
                f" FILTER (WHERE at > %({name}after)s::timestamptz AND at <= %({name}turn)s::timestamptz{known})"
            )
        columns[f"{name}later"] = (
            f" FILTER (WHERE at > %({name}turn)s::timestamptz AND at <= %({until})s::timestamptz{known})"
        )
    return columns


def _better(columns: dict[str, str], prefix: str, *, inherited: bool) -> str:
    halves = [
        f"coalesce(t.{name}, 0)" + (f" + coalesce(i.{name}, 0)" if inherited else "")
        for name in columns
        if name in (f"{prefix}earlier", f"{prefix}later")
    ]
    return f"greatest({', '.join(halves)})"


# What wallets that were merged away had counts for the one who is left.
INHERITED = """
inherited AS (
    SELECT c.merged_into_id AS customer_id, {again} FROM totals
    JOIN loyalty_wallet w ON w.id = totals.wallet_id AND w.status = 'merged' AND w.programme_id = %(programme)s
    JOIN customers_customer c ON c.id = w.customer_id AND c.merged_into_id IS NOT NULL
    GROUP BY c.merged_into_id
),
"""
EVERYBODY = """
members AS (
    SELECT customer_id, %(until)s::timestamptz AS at, %(review)s::timestamptz AS review,
        {total} AS total, {reviewed} AS reviewed,
        s.tier AS was, s.since, s.earned AS was_earned, s.earned_since AS was_earned_since, s.short_since,
        coalesce(f.floor, -1) AS floor, f.granted, coalesce({sequence}, 0) AS sequence
    FROM (
        SELECT id, customer_id, sequence FROM loyalty_wallet
        WHERE programme_id = %(programme)s AND status IN ('open', 'frozen')
    ) w
    FULL JOIN (SELECT * FROM loyalty_standing WHERE programme_id = %(programme)s) s USING (customer_id)
    {totals} LEFT JOIN floors f USING (customer_id) {profile} {those}
),
"""
# Nothing can come of judging somebody who stands just where the sum puts them, with no floor and no grace running.
STANDS_THERE = """WHERE (
    s.tier = s.earned AND s.short_since IS NULL AND f.floor IS NULL
    AND s.tier = (%(codes)s::text[])[width_bucket(greatest({total}, 0), %(thresholds)s::bigint[])]
) IS NOT TRUE"""
