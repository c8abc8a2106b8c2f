"""Read facts with an empty reaction, positions given on the way, beside a plain UPDATE + SELECT of as many rows.

    python -m benchmarks.timeline_reader [facts]

The plain side has the same columns, indexes and rows, updates them in one statement and fetches them in another: no
trigger, no order of commits, no bookmark, no batches, no objects. Both sides start from rows that were just written.
A second figure tells what a look for news costs when there are none.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

from benchmarks.ground import Bars, customers, ground

BAR = 0.4
ROUNDS = 5
COLUMNS = "customer_id, verb, at, about, key"
WRITE = f"""
INSERT INTO {{table}} ({COLUMNS})
SELECT 1 + (n * 7919) %% %s, 'bought', now(),
    jsonb_build_object('purchase', n, 'total', n %% 10000, 'currency', 'EUR'), 'bought:' || %s || ':' || n
FROM generate_series(1, %s) n
"""


class Cost(NamedTuple):
    wall: float
    cpu: float


def main(count: int) -> None:
    with ground():
        from django.db import connection

        from customers.actions import readers

        people = len(customers(20_000))
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE plain (LIKE customers_fact INCLUDING ALL)")

        def write(table: str, stamp: str) -> None:
            with connection.cursor() as cursor:
                cursor.execute(WRITE.format(table=table), [people, stamp, count])

        def read() -> None:
            done = readers.catch_up("benchmark", lambda facts: None, seconds=600)
            assert done == count, done

        def update_and_select() -> None:
            with connection.cursor() as cursor:
                cursor.execute("UPDATE plain SET position = id WHERE position IS NULL")
                cursor.execute("SELECT * FROM plain WHERE position > %s ORDER BY position", [seen[0]])
                rows = cursor.fetchall()
            assert len(rows) == count, len(rows)
            seen[0] = max(row[0] for row in rows)

        seen = [0]
        ours, plain = [], []
        for turn in range(ROUNDS + 1):  # the first one warms up
            write("customers_fact", f"ours-{turn}")
            write("plain", f"plain-{turn}")
            ours.append(cost(read))
            plain.append(cost(update_and_select))
        idle = statistics.median(cost(lambda: readers.read("benchmark", lambda facts: None)).wall for _ in range(50))
        report(ours[1:], plain[1:], idle, count)


def cost(work: Callable[[], object]) -> Cost:
    """Wall time, and CPU time of this process with its PostgreSQL backend."""
    wall, cpu = time.perf_counter(), time.process_time() + backend_seconds()
    work()
    return Cost(time.perf_counter() - wall, time.process_time() + backend_seconds() - cpu)


def backend_seconds() -> float:
    from django.db import connection

    connection.ensure_connection()
    with open(f"/proc/{connection.connection.info.backend_pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def report(ours: list[Cost], plain: list[Cost], idle: float, count: int) -> None:
    bars = Bars(f"timeline reader, {count:,} facts a round, medians of {len(ours)}")
    for name in Cost._fields:
        mine, theirs = (statistics.median(getattr(turn, name) for turn in side) for side in (ours, plain))
        note = f"{mine / count * 1e6:.1f} µs a fact beside {theirs / count * 1e6:.1f} µs ({name} time)"
        bars.at_least(f"facts read beside a plain UPDATE + SELECT, {name}", theirs / mine, BAR, note)
    print(f"  a look for news where there are none: {idle * 1e3:.2f} ms")
    bars.end()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
