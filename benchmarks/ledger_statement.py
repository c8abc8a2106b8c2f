"""Pages of a statement of 100,000 lines among the movements of others, first and deep, beside OFFSET; and the balance.

    python -m benchmarks.ledger_statement [movements]

One member's lines lie as they come to lie over the years: far from each other, between those of 100,000 others. Four
million movements are made unless told otherwise, which puts each line on a page of its own; ten million take some
minutes. They are written straight into the table, with its indexes and without what guards it.
"""

import re
import sys
import time
from collections.abc import Callable
from itertools import count
from typing import Any

from benchmarks.ground import Bars, customers, ground, in_turns
from benchmarks.ledger_ground import analyse

ROUNDS = 9
LINES = 100_000
MOVEMENTS = """
INSERT INTO loyalty_transaction (
    wallet_id, sequence, kind, key, request, reference, reason, effective_at, posted_at, meta, transfer_count,
    pending_after, available_after, held_after, debt_after
) SELECT w, line, 'earn', 'order:' || n, md5(n::text)::uuid, 'R' || n, '', moment, moment,
    '{"rate": [1, 100], "money": "1999"}', 1, 0, line, 0, 0
FROM generate_series(%(start)s::bigint, %(end)s) n,
    LATERAL (SELECT now() - interval '2 years' + n * interval '5 seconds' AS moment) m,
    LATERAL (SELECT CASE WHEN n %% %(apart)s = 0 THEN %(member)s ELSE %(member)s + 1 + n %% 99991 END AS w,
        CASE WHEN n %% %(apart)s = 0 THEN 1 + n / %(apart)s ELSE n END AS line) l
"""
STEP = 500_000


def timed(work: Callable[[], object], times: int) -> Callable[[], float]:
    def side() -> float:
        begun = time.perf_counter()
        for _ in range(times):
            work()
        return (time.perf_counter() - begun) / times

    return side


def fill(member: int, movements: int) -> None:
    """So many movements, one in so many of them the member's, until the member has ``LINES``."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for start in range(1, movements + 1, STEP):
            end = min(start + STEP - 1, movements)
            cursor.execute(MOVEMENTS, {"start": start, "end": end, "apart": movements // LINES, "member": member})
        cursor.execute("RESET session_replication_role")
    analyse()


def main(movements: int) -> None:
    with ground():
        from config import prepared
        from customers.models import Customer
        from loyalty import queries
        from loyalty.actions import points
        from loyalty.models import Transaction, Wallet

        (customer,) = Customer.objects.in_bulk(customers(1)).values()
        points.grant(customer, 1, reason="opens the wallet")
        wallet = Wallet.objects.get()
        fill(wallet.pk, movements)
        all_lines = Transaction.objects.filter(wallet=wallet).order_by("-sequence")
        page, deep = all_lines[:50], all_lines.filter(sequence__lt=LINES // 2)[:50]

        def read(lines: Any) -> Callable[[], object]:
            """The query and its answer as PostgreSQL writes it: no object is made, on neither side."""
            sql, values = lines.query.sql_with_params()
            places = (f"${number}" for number in count(1))
            raw, texts = re.sub("%s", lambda _: next(places), sql).encode(), [str(value) for value in values]
            return lambda: prepared.texts(raw, texts)

        cost = in_turns(
            {
                "first": timed(lambda: queries.statement(customer), 20),
                "deep": timed(lambda: queries.statement(customer, before=LINES // 2), 20),
                "first by SQL alone": timed(read(page), 50),
                "deep by SQL alone": timed(read(deep), 50),
                "OFFSET by SQL alone": timed(read(all_lines[LINES // 2 : LINES // 2 + 50]), 2),
                "balance": timed(lambda: queries.balance(customer), 50),
                "a wallet's row by SQL alone": timed(read(Wallet.objects.filter(pk=wallet.pk)), 50),
            },
            ROUNDS,
        )
        bars = Bars(f"A statement of {LINES:,} lines among {movements:,} movements")
        print("  " + ", ".join(f"{name} {seconds * 1e3:.2f} ms" for name, seconds in cost.items()))
        bars.at_most("deep page, in first pages", cost["deep"] / cost["first"], 2)
        bars.at_least(
            "a deep page's SQL, times faster than OFFSET", cost["OFFSET by SQL alone"] / cost["deep by SQL alone"], 100
        )
        print(f"  the whole page with its objects: {cost['OFFSET by SQL alone'] / cost['deep']:.0f} times")
    bars.end()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 4_000_000)
