"""Redeeming from up to ten lots of a wallet with a thousand, beside one earn.

python -m benchmarks.ledger_redeem [redemptions per round]
"""

import random
import sys
import time
from collections.abc import Callable
from datetime import timedelta

from benchmarks.ground import Bars, customers, ground, in_turns
from benchmarks.ledger_ground import analyse

BAR = 3.0
ROUNDS = 7
MEMBERS, LOTS = 40, 1_000


def main(many: int) -> None:
    with ground():
        from django.utils import timezone

        from customers.models import Customer
        from loyalty.actions import points, redemptions

        at = timezone.now()
        people = Customer.objects.in_bulk(customers(MEMBERS))
        for n in range(LOTS // 100):
            points.earn_many(
                [
                    points.Points(pk, 10, at, expires_at=at + timedelta(days=30 + n * 100 + lot))
                    for pk in people
                    for lot in range(100)
                ]
            )
        analyse()
        chosen = list(people.values())

        def timed(work: Callable[[], object]) -> Callable[[], float]:
            def side() -> float:
                begun = time.perf_counter()
                for _ in range(many):
                    work()
                return (time.perf_counter() - begun) / many

            return side

        sides = {
            "earn": timed(lambda: points.earn(random.choice(chosen), 10)),
            "redeem": timed(lambda: redemptions.redeem(random.choice(chosen), 95)),
        }
        for side in sides.values():
            side()
        cost = in_turns(sides, ROUNDS)
        bars = Bars("Redeeming 95 points of lots of 10")
        print(f"  earn {cost['earn'] * 1e6:.0f} us, redeem {cost['redeem'] * 1e6:.0f} us")
        bars.at_most("redeem from ten of a thousand lots, in earns", cost["redeem"] / cost["earn"], BAR)
    bars.end()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
