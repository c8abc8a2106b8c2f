"""Pages of a statement of 100,000 lines, first and deep, beside OFFSET; and the balance.

python -m benchmarks.ledger_statement [lines]
"""

import sys
import time
from collections.abc import Callable

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
        all_lines = Transaction.objects.filter(wallet=wallet).select_related("by").order_by("-sequence")
        cost = in_turns(
            {
                "first": timed(lambda: queries.statement(customer), 20),
                "deep": timed(lambda: queries.statement(customer, before=lines // 2), 20),
                "offset": timed(lambda: list(all_lines[lines // 2 : lines // 2 + 50]), 1),
                "balance": timed(lambda: queries.balance(customer), 50),
            },
            ROUNDS,
        )
        bars = Bars(f"A statement of {lines:,} lines")
        print("  " + ", ".join(f"{name} {seconds * 1e3:.2f} ms" for name, seconds in cost.items()))
        bars.at_most("deep page, in first pages", cost["deep"] / cost["first"], 2)
        bars.at_least("deep page, times faster than OFFSET", cost["offset"] / cost["deep"], 100)
    bars.end()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
