"""Proving the ledger: every derived figure is worked out again from the transfers, and the chain of seals is kept."""

from dataclasses import asdict, dataclass
from datetime import datetime
from time import monotonic, sleep
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from loyalty.models import AuditRun, Seal, Transaction

SHOWN = 100  # rows kept per check; the count says how many there are

# Each answers with the rows that are wrong. They are one snapshot: nothing written meanwhile can be half seen.
CHECKS = {
    # A wallet's columns are what came into its accounts less what left them, and so are its latest balances after.
    "wallet_equals_its_transfers": """
        SELECT w.id AS wallet, w.pending, w.available, w.held, w.debt, m.pending AS moved_pending,
            m.available AS moved_available, m.held AS moved_held, m.debt AS moved_debt
        FROM loyalty_wallet w FULL JOIN (
            SELECT x.wallet_id,
                sum(CASE 'pending' WHEN t.target THEN points WHEN t.source THEN -points ELSE 0 END) AS pending,
                sum(CASE 'available' WHEN t.target THEN points WHEN t.source THEN -points ELSE 0 END) AS available,
                sum(CASE 'held' WHEN t.target THEN points WHEN t.source THEN -points ELSE 0 END) AS held,
                sum(CASE 'debt' WHEN t.source THEN points WHEN t.target THEN -points ELSE 0 END) AS debt
            FROM loyalty_transfer t JOIN loyalty_transaction x ON x.id = t.transaction_id GROUP BY x.wallet_id
        ) m ON m.wallet_id = w.id
        WHERE w.id IS NULL OR w.pending <> coalesce(m.pending, 0) OR w.available <> coalesce(m.available, 0)
            OR w.held <> coalesce(m.held, 0) OR w.debt <> coalesce(m.debt, 0)""",
    "wallet_equals_its_lots": """
        SELECT w.id AS wallet, w.pending, w.available, w.held, l.pending AS lots_pending,
            l.available AS lots_available, l.held AS lots_held
        FROM loyalty_wallet w FULL JOIN (
            SELECT wallet_id, sum(pending) AS pending, sum(available) AS available, sum(held) AS held
            FROM loyalty_lot GROUP BY wallet_id
        ) l ON l.wallet_id = w.id
        WHERE w.id IS NULL OR w.pending <> coalesce(l.pending, 0) OR w.available <> coalesce(l.available, 0)
            OR w.held <> coalesce(l.held, 0)""",
    "lot_equals_its_transfers": """
        SELECT coalesce(l.id, m.lot_id) AS lot, l.pending, l.available, l.held, m.pending AS moved_pending,
            m.available AS moved_available, m.held AS moved_held
        FROM loyalty_lot l FULL JOIN (
            SELECT lot_id,
                sum(CASE 'pending' WHEN target THEN points WHEN source THEN -points ELSE 0 END) AS pending,
                sum(CASE 'available' WHEN target THEN points WHEN source THEN -points ELSE 0 END) AS available,
                sum(CASE 'held' WHEN target THEN points WHEN source THEN -points ELSE 0 END) AS held
            FROM loyalty_transfer WHERE lot_id IS NOT NULL GROUP BY lot_id
        ) m ON m.lot_id = l.id
        WHERE l.id IS NULL OR m.lot_id IS NULL OR l.pending <> m.pending OR l.available <> m.available
            OR l.held <> m.held""",
    "lot_moves_within_its_wallet": """
        SELECT t.transaction_id AS transaction, t.lot_id AS lot FROM loyalty_transfer t
        JOIN loyalty_transaction x ON x.id = t.transaction_id JOIN loyalty_lot l ON l.id = t.lot_id
        WHERE l.wallet_id <> x.wallet_id""",
    # Tiers are judged by the lots in which points came: they must say what the transactions say.
    "lot_is_as_it_came": """
        SELECT l.id AS lot, l.origin_id AS transaction FROM loyalty_lot l
        LEFT JOIN loyalty_transaction x ON x.id = l.origin_id
        LEFT JOIN loyalty_transfer t ON t.transaction_id = l.origin_id AND t.number = 1
        WHERE l.source_id IS NULL AND (x.wallet_id, x.effective_at, t.lot_id, t.points)
            IS DISTINCT FROM (l.wallet_id, l.earned_at, l.id, l.granted)
            OR l.source_id IS NULL AND x.kind NOT IN ('earn', 'grant', 'import', 'adjust')""",
    "transaction_has_its_transfers": """
        SELECT coalesce(x.id, t.transaction_id) AS transaction, x.transfer_count, t.transfers
        FROM loyalty_transaction x FULL JOIN (
            SELECT transaction_id, count(*) AS transfers, min(points) AS least
            FROM loyalty_transfer GROUP BY transaction_id
        ) t ON t.transaction_id = x.id
        WHERE x.transfer_count IS DISTINCT FROM t.transfers OR t.least < 1""",
    # Each line's balances after are those of the line before and its own transfers; numbers have no gaps.
    "statement_adds_up": """
        SELECT transaction, sequence FROM (
            SELECT x.id AS transaction, x.sequence, row_number() OVER line AS place,
                x.pending_after - coalesce(lag(x.pending_after) OVER line, 0) - m.pending AS pending,
                x.available_after - coalesce(lag(x.available_after) OVER line, 0) - m.available AS available,
                x.held_after - coalesce(lag(x.held_after) OVER line, 0) - m.held AS held,
                x.debt_after - coalesce(lag(x.debt_after) OVER line, 0) - m.debt AS debt
            FROM loyalty_transaction x JOIN (
                SELECT transaction_id,
                    sum(CASE 'pending' WHEN target THEN points WHEN source THEN -points ELSE 0 END) AS pending,
                    sum(CASE 'available' WHEN target THEN points WHEN source THEN -points ELSE 0 END) AS available,
                    sum(CASE 'held' WHEN target THEN points WHEN source THEN -points ELSE 0 END) AS held,
                    sum(CASE 'debt' WHEN source THEN points WHEN target THEN -points ELSE 0 END) AS debt
                FROM loyalty_transfer GROUP BY transaction_id
            ) m ON m.transaction_id = x.id
            WINDOW line AS (PARTITION BY x.wallet_id ORDER BY x.sequence)
        ) lines WHERE sequence <> place OR pending <> 0 OR available <> 0 OR held <> 0 OR debt <> 0""",
    # Over all accounts the sum is zero by construction; what goes between wallets must arrive as well.
    "moved_points_arrive": """
        SELECT w.programme_id AS programme,
            sum(CASE 'moved' WHEN t.target THEN points WHEN t.source THEN -points ELSE 0 END) AS lost
        FROM loyalty_transfer t JOIN loyalty_transaction x ON x.id = t.transaction_id
        JOIN loyalty_wallet w ON w.id = x.wallet_id
        GROUP BY w.programme_id
        HAVING sum(CASE 'moved' WHEN t.target THEN points WHEN t.source THEN -points ELSE 0 END) <> 0""",
    "totals_equal_what_is_sealed": """
        SELECT coalesce(d.programme_id, t.programme_id) AS programme, coalesce(d.source, t.source) AS source,
            coalesce(d.target, t.target) AS target, d.points AS kept, t.points AS moved
        FROM (
            SELECT programme_id, source, target, sum(points) AS points FROM loyalty_daytotal
            GROUP BY programme_id, source, target
        ) d FULL JOIN (
            SELECT w.programme_id, t.source, t.target, sum(t.points) AS points
            FROM loyalty_transfer t JOIN loyalty_transaction x ON x.id = t.transaction_id
            JOIN loyalty_wallet w ON w.id = x.wallet_id
            WHERE x.id <= (SELECT coalesce(max(through), 0) FROM loyalty_seal)
            GROUP BY w.programme_id, t.source, t.target
        ) t USING (programme_id, source, target)
        WHERE d.points IS DISTINCT FROM t.points""",
}

# One link of the chain: the digest before, and every transaction of the range with all its transfers, as text whose
# form depends on no setting of the session. In the text of a row each column keeps its place, an empty one too.
DIGEST = """
SELECT count(*), encode(sha256(convert_to(%(before)s || coalesce(string_agg(line, E'\\n' ORDER BY id), ''), 'UTF8')),
    'hex')
FROM (
    SELECT x.id, ROW(x.id, x.wallet_id, x.sequence, x.kind, x.key, x.request, x.natural_key, x.reference,
        x.reason, x.purchase_id, x.reverses_id, x.by_id, extract(epoch FROM x.effective_at),
        extract(epoch FROM x.posted_at), x.meta, x.transfer_count, x.pending_after, x.available_after, x.held_after,
        x.debt_after, (
            SELECT string_agg(concat_ws(':', t.number, t.source, t.target, t.points, coalesce(t.lot_id, 0)), ','
                ORDER BY t.number)
            FROM loyalty_transfer t WHERE t.transaction_id = x.id))::text AS line
    FROM loyalty_transaction x WHERE x.id > %(after)s AND x.id <= %(through)s
) lines
"""
# Seals of the first form still hold. It left empty columns out: what stood in one could be moved to the next, unseen.
FIRST_DIGEST = DIGEST.replace("ROW(", "concat_ws('|', ").replace("::text AS line", " AS line")

ADD_TO_TOTALS = """
INSERT INTO loyalty_daytotal AS total (programme_id, day, source, target, points, transfers)
SELECT w.programme_id, (x.effective_at AT TIME ZONE p.zone)::date, t.source, t.target, sum(t.points), count(*)
FROM loyalty_transaction x JOIN loyalty_transfer t ON t.transaction_id = x.id
JOIN loyalty_wallet w ON w.id = x.wallet_id JOIN loyalty_programme p ON p.id = w.programme_id
WHERE x.id > %(after)s AND x.id <= %(through)s GROUP BY 1, 2, 3, 4
ON CONFLICT (programme_id, day, source, target) DO UPDATE
SET points = total.points + excluded.points, transfers = total.transfers + excluded.transfers
"""

WRITERS = """
SELECT DISTINCT virtualtransaction FROM pg_locks
WHERE relation = 'loyalty_transaction'::regclass AND mode = 'RowExclusiveLock' AND granted AND pid <> pg_backend_pid()
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@dataclass(frozen=True)
class Finding:
    check: str
    row: dict[str, Any]


class LedgerInUse(Exception):
    """A transaction that began to write before the sealing has not ended; try again later."""


@transaction.atomic
def audit(*, at: datetime | None = None) -> AuditRun:
    """Work everything out again and note what is wrong. Reads one snapshot, so it needs no pause of the business."""
    started = at or timezone.now()
    findings: list[Finding] = []
    count = 0
    for check, sql in CHECKS.items():
        rows = _rows(sql)
        count += len(rows)
        findings += [Finding(check, row) for row in rows[:SHOWN]]
    broken = broken_seals()
    count += len(broken)
    findings += [
        Finding("seal_fits_what_it_sealed", {"seal": seal.pk, "after": seal.after}) for seal in broken[:SHOWN]
    ]
    last = Seal.objects.order_by("-through").first()
    return AuditRun.objects.create(
        started_at=started,
        finished_at=timezone.now(),
        transactions=Transaction.objects.count(),
        findings=[asdict(finding) for finding in findings],
        finding_count=count,
        head=last.digest if last else "",
        sealed_through=last.through if last else 0,
    )


def seal(*, many: int = 10_000, patience: float = 30) -> int:
    """Extend the chain over all transactions that are posted, and the days' totals with it. Returns how many.

    Off the hot path: writers do not wait. An id may be drawn and not yet committed, so those who were writing when the
    last id was looked up are waited for. Raises LedgerInUse when they do not end.
    """
    through = _last_id()
    _wait_for_writers(patience)
    sealed = 0
    while (step := _seal_some(through, many)) is not None:
        sealed += step
    return sealed


def broken_seals() -> list[Seal]:
    """Links of the chain that no longer fit what they sealed, or the link before."""
    broken, before, after = [], "", 0
    for link in Seal.objects.order_by("through"):
        forms = (_digest(before, link.after, link.through, form) for form in (DIGEST, FIRST_DIGEST))
        if link.after != after or (link.transactions, link.digest) not in forms:
            broken.append(link)
        before, after = link.digest, link.through
    return broken


@transaction.atomic
def _seal_some(through: int, many: int) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE loyalty_seal IN SHARE ROW EXCLUSIVE MODE")
    last = Seal.objects.order_by("-through").first()
    after, before = (last.through, last.digest) if last else (0, "")
    chosen = Transaction.objects.filter(pk__gt=after, pk__lte=through).order_by("pk").values_list("pk", flat=True)
    ids = list(chosen[:many])
    if not ids:
        return None
    end = ids[-1] if len(ids) == many else through
    count, digest = _digest(before, after, end)
    Seal.objects.create(after=after, through=end, transactions=count, digest=digest)
    with connection.cursor() as cursor:
        cursor.execute(ADD_TO_TOTALS, {"after": after, "through": end})
    return count


def _digest(before: str, after: int, through: int, form: str = DIGEST) -> tuple[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(form, {"before": before, "after": after, "through": through})
        count, digest = cursor.fetchone()
    return count, digest


def _last_id() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM loyalty_transaction_id_seq")
        return int(cursor.fetchone()[0])


def _wait_for_writers(patience: float) -> None:
    until = monotonic() + patience
    with connection.cursor() as cursor:
        cursor.execute(WRITERS)
        writing = {row[0] for row in cursor.fetchall()}
        while writing:
            if monotonic() > until:
                raise LedgerInUse
            sleep(0.05)
            cursor.execute(WRITERS)
            writing &= {row[0] for row in cursor.fetchall()}


def _rows(sql: str) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        names = [column.name for column in cursor.description or ()]
        return [{name: _plain(value) for name, value in zip(names, row, strict=True)} for row in cursor.fetchall()]


def _plain(value: Any) -> Any:
    return int(value) if value is not None and not isinstance(value, str | int) else value
