"""What the rows of one earn cost by themselves: the ledger's statement driven by pgbench, as limit A is.

    python -m benchmarks.ledger_floor [seconds]

With what guards the tables, and without (no triggers, no CHECKs): the second is the most that any client could reach
with these rows and indexes. No bar: it tells what a bar of ``ledger_earn`` leaves to everything else.
"""

import re
import statistics
import sys
from typing import Any

from benchmarks.ground import Bars, ground, pgbench
from benchmarks.ledger_ground import LIMIT_A, PEOPLE, prepare

ROUNDS = 5
UNGUARDED = """
ALTER TABLE loyalty_transaction DISABLE TRIGGER USER; ALTER TABLE loyalty_transfer DISABLE TRIGGER USER;
ALTER TABLE loyalty_wallet DISABLE TRIGGER USER; ALTER TABLE loyalty_lot DISABLE TRIGGER USER;
ALTER TABLE loyalty_wallet DROP CONSTRAINT IF EXISTS wallet_is_sound;
ALTER TABLE loyalty_lot DROP CONSTRAINT IF EXISTS lot_is_sound;
"""
VARIABLES = f"\\set customer random(1, {PEOPLE})\n\\set key random(1, 1000000000000000)\n"


def script(programme: Any, first: int) -> str:
    """The statement for one wish that fits, with pgbench's variables for customer and key."""
    from customers.models import Verb
    from loyalty.actions import issuing
    from loyalty.models import Account, Kind

    values = dict.fromkeys(issuing.FIT_NAMES, "NULL") | {
        "programme": str(programme.pk),
        "version": str(programme.version),
        "customer": f"(:customer + {first - 1})",
        "points": "10",
        "effective": "now()",
        "key": ":key",
        "request": "'3b241101-e2bb-4255-8caf-4136c566a962'",
        **dict.fromkeys(("reference", "reason"), "''"),
        "meta": "'{}'",
        "opening": "0",
        "closing": "10",
        "target": "'available'",
    }
    statement = issuing.fit(Kind.EARN, Verb.POINTS_GRANTED, Account.ISSUED)
    given = [values[name] for name in statement.names]
    sql = re.sub(r"\$(\d+)", lambda place: given[int(place[1]) - 1], statement.sql.decode())
    return f"{VARIABLES}{sql};\n"


def main(seconds: float) -> None:
    with ground() as services:
        prepare()
        from django.db import connection

        from customers.models import Customer
        from loyalty.models import Programme

        earn = script(Programme.objects.get(), Customer.objects.order_by("pk")[0].pk)
        bars = Bars("One earn's rows by pgbench, in shares of limit A")
        for what in ("as they are guarded", "unguarded"):
            for many in (1, 4):
                rates: dict[str, list[float]] = {"limit": [], "rows": []}
                for _ in range(ROUNDS):
                    for side, sql in (("limit", LIMIT_A), ("rows", earn)):
                        one = pgbench(services, sql, clients=many, seconds=max(1, round(seconds)), scale=1)
                        rates[side].append(one["rate"])
                        print(f"  {many} x {side}, {what}: {one['client']:.0f} + {one['server']:.0f}")
                limit, rows = (statistics.median(found) for found in rates.values())
                print(f"  {many} clients, {what}: {rows / limit:.2f} ({rows:,.0f} beside {limit:,.0f}/s)")
            with connection.cursor() as cursor:
                cursor.execute(UNGUARDED)
    bars.end()


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 2)
