"""Pages of a statement of 100,000 lines, first and deep, beside OFFSET; and the balance.

python -m benchmarks.ledger_statement [lines]
"""

import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.ground import Bars, customers, ground, in_turns
from benchmarks.ledger_ground import analyse

ROUNDS = 9


def timed(work: Callable[[], object], times: int) -> Callable[[], float]:
    def side() -> float:
        begun = time.perf_counter()
        for _ in range(times):
            work()
        return (time.perf_counter() - begun) / times

    return side


def main(lines: int) -> None:
    with ground():
        from django.utils import timezone

        from config import prepared
        from customers.models import Customer
        from loyalty import queries
        from loyalty.actions import points
        from loyalty.models import Transaction, Wallet

        at = timezone.now()
        (customer,) = Customer.objects.in_bulk(customers(1)).values()
        for _ in range(lines // 10_000):
            points.earn_many([points.Points(customer.pk, 1, at)] * 10_000)
        analyse()
        wallet = Wallet.objects.get()
        all_lines = Transaction.objects.filter(wallet=wallet).order_by("-sequence")
        page, deep = all_lines[:50], all_lines.filter(sequence__lt=lines // 2)[:50]

        def read(lines: Any) -> Callable[[], object]:
            sql, values = lines.query.sql_with_params()
            return lambda: prepared.rows(sql, values)

        cost = in_turns(
            {
                "first": timed(lambda: queries.statement(customer), 20),
                "deep": timed(lambda: queries.statement(customer, before=lines // 2), 20),
                "first by SQL alone": timed(read(page), 50),
                "deep by SQL alone": timed(read(deep), 50),
                "OFFSET by SQL alone": timed(read(all_lines[lines // 2 : lines // 2 + 50]), 2),
                "balance": timed(lambda: queries.balance(customer), 50),
                "a wallet's row by SQL alone": timed(read(Wallet.objects.filter(pk=wallet.pk)), 50),
            },
            ROUNDS,
        )
        bars = Bars(f"A statement of {lines:,} lines")
        print("  " + ", ".join(f"{name} {seconds * 1e3:.2f} ms" for name, seconds in cost.items()))
        bars.at_most("deep page, in first pages", cost["deep"] / cost["first"], 2)
        bars.at_least(
            "a deep page's SQL, times faster than OFFSET", cost["OFFSET by SQL alone"] / cost["deep by SQL alone"], 100
        )
        print(f"  the whole page with its objects: {cost['OFFSET by SQL alone'] / cost['deep']:.0f} times")
    bars.end()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
