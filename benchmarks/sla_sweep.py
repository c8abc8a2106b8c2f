"""The sweep over 300,000 clocks where nothing is due, where some are, and judging 100,000 running clocks anew.

    python -m benchmarks.sla_sweep [cases]

100,000 cases with three clocks each, 45,000 of them running, the others kept; every clock came about as it does in the
product. CPU is of this process and of PostgreSQL's together. Rejudging counts from the original start, with pauses,
for 33,334 open cases with three clocks each.
"""

import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.ground import Bars, ground

SWEEP_BAR, CLOCK_BAR = 50, 1.0  # ms of CPU; ms of CPU for each clock
TICK = os.sysconf("SC_CLK_TCK")
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)

KEEP = """
INSERT INTO feedback_clock (case_id, metric, cycle, state, started_at, target_id, calendar_version_id, judged_at,
    due_at, fulfilled_at, taken, told, moved_because)
SELECT one.id, target.metric, 1, 'met', one.received_at, target.id, %(version)s, one.received_at,
    one.received_at + interval '9 days', one.closed_at, 3600, '{}', ''
FROM feedback_case one JOIN feedback_target target ON target.priority = one.priority
WHERE one.closed_at IS NOT NULL
"""


def main() -> None:
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with ground():
        run(many, many * 15 // 100, rejudged=many // 3 + 1)


def run(many: int, still_open: int, *, rejudged: int) -> None:
    from django.db import connection

    from calendars.actions import calendars
    from calendars.queries import ready
    from feedback.actions import policies, sweeping
    from feedback.actions.policies import Goal, Rung, Terms
    from feedback.models import Clock

    office = calendars.create("Office", zone="UTC")
    promised = [("first_response", 400), ("resolution", 800), ("acknowledge", 600)]
    goals = [Goal(metric, 2, hours, "hours") for metric, hours in promised]
    policy = policies.create("All", Terms(goals, [Rung("before", 30, "tell_agent")]))
    seed(many, still_open, MONDAY)
    with connection.cursor() as cursor:
        cursor.execute(KEEP, {"version": ready(office.pk).version_id})
        cursor.execute("ANALYZE")
    policies.carry_on(at=MONDAY + timedelta(days=10))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE feedback_clock, feedback_case")
    bars = Bars(f"{Clock.objects.count():,} clocks, {Clock.objects.filter(state='running').count():,} running")

    nothing = [spent(lambda: sweeping.sweep(at=MONDAY + timedelta(days=11)))[0] for _ in range(7)]
    bars.at_most("sweep with nothing due, ms of CPU", sorted(nothing)[3], SWEEP_BAR)
    soon = Clock.objects.order_by("next_at").exclude(next_at=None)[still_open // 15].next_at
    cpu, cases = spent(lambda: sweeping.sweep(at=soon))
    print(f"        sweep with {cases:,} cases due: {cpu / max(1, cases):.2f} ms of CPU for each")

    seed(rejudged - still_open, rejudged, MONDAY + timedelta(days=12))
    policies.carry_on(at=MONDAY + timedelta(days=13))
    policies.change(policy, Terms([Goal(metric, 2, hours + 8, "hours") for metric, hours in promised]))
    begun = time.perf_counter()
    cpu, cases = spent(lambda: policies.carry_on(at=MONDAY + timedelta(days=14)))
    clocks = Clock.objects.filter(target__version__number=2).count()
    seconds = time.perf_counter() - begun
    note = f"{clocks:,} clocks of {cases:,} cases in {seconds:.0f} s"
    bars.at_most("judging anew, ms of CPU for each clock", cpu / clocks, CLOCK_BAR, note)
    bars.end()


def seed(many: int, still_open: int, at: datetime) -> None:
    """So many cases, the first of them open; no clocks yet."""
    from feedback.models import Case

    def case(n: int) -> Case:
        received = at + timedelta(seconds=7 * n)
        closed = None if n < still_open else received + timedelta(hours=1)
        return Case(
            kind="question", stage="closed" if closed else "received", channel="email", subject="Case",
            received_at=received, closed_at=closed,
        )  # fmt: skip

    Case.objects.bulk_create([case(n) for n in range(many)], batch_size=2000)


def spent(work: Callable[[], int]) -> tuple[float, int]:
    """Milliseconds of CPU, of this process and of its backend, and what the work returned."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = Path(f"/proc/{cursor.fetchone()[0]}/stat")
    before = _ticks(backend), time.process_time()
    answer = work()
    return (time.process_time() - before[1]) * 1000 + (_ticks(backend) - before[0]) * 1000 / TICK, answer


def _ticks(stat: Path) -> int:
    fields = stat.read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


if __name__ == "__main__":
    main()
