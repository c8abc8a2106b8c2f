"""Each report over 100,000 cases of two years, with their clocks.

    python -m benchmarks.reports [cases]

A report is asked as its page asks it, for two years and all teams; the slowest of five rounds' medians counts.
"""

import statistics
import sys
import time
from datetime import UTC, datetime, timedelta

from benchmarks.ground import Bars, customers, ground

MOST_MS, ROUNDS = 200, 5
YEARS = timedelta(days=730)

CASES = """
INSERT INTO feedback_case (kind, stage, waiting, channel, customer_id, sender_name, sender_address, language, subject,
    severity, impact, priority, wanted, product, store, outcome, outcome_reason, spam, asleep_firmly, received_at,
    reopenings, due_metric, closed_at, decided_at, answered_at, team_id, root_cause_id, last_entry_at)
SELECT kind, CASE WHEN is_open THEN 'received' ELSE 'closed' END, '', 'email',
    people[1 + n %% array_length(people, 1)], '', '', 'en', 'Case ' || n, 2, 1, 1 + n %% 4, '', '', '',
    CASE WHEN is_open OR kind <> 'complaint' THEN '' ELSE (ARRAY['upheld', 'partly', 'not'])[1 + n %% 3] END, '',
    false, false, at, CASE WHEN n %% 17 = 0 THEN 1 ELSE 0 END, '', CASE WHEN NOT is_open THEN at + took END,
    CASE WHEN NOT is_open THEN at + took END, at + took / 3, teams[1 + n %% array_length(teams, 1)],
    CASE WHEN NOT is_open THEN causes[1 + n %% array_length(causes, 1)] END, at
FROM (SELECT n, (ARRAY['complaint', 'question', 'praise', 'suggestion'])[1 + n %% 4] AS kind, n %% 40 = 0 AS is_open,
        (1 + n %% 300) * interval '1 hour' AS took, %(since)s + n * (%(span)s / %(many)s) AS at
    FROM generate_series(1, %(many)s) n) made,
    (SELECT %(people)s::bigint[] AS people, %(teams)s::bigint[] AS teams, %(causes)s::bigint[] AS causes) given
"""
CLOCKS = """
INSERT INTO feedback_clock (case_id, metric, cycle, state, started_at, target_id, calendar_version_id, judged_at,
    due_at, fulfilled_at, breached_at, taken, told, moved_because)
SELECT one.id, target.metric, 1, CASE WHEN late THEN 'missed' ELSE 'met' END, one.received_at, target.id, %(version)s,
    one.received_at, due, done, CASE WHEN late THEN due END, 3600 * (1 + one.id %% 60), '{}', ''
FROM feedback_case one JOIN feedback_target target ON target.priority = one.priority,
    LATERAL (SELECT one.received_at + interval '5 days' AS due,
        CASE target.metric WHEN 'resolution' THEN one.closed_at ELSE one.answered_at END AS done) times,
    LATERAL (SELECT done > due AS late) judged
WHERE one.closed_at IS NOT NULL
"""


def main() -> None:
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with ground():
        make(many)
        measure(many)


def make(many: int) -> None:
    from django.db import connection

    from calendars.actions import calendars
    from calendars.queries import ready
    from feedback.actions import policies
    from feedback.actions.policies import Goal, Terms
    from feedback.models import RootCause, Team

    office = calendars.create("Office", zone="UTC")
    goals = [
        Goal(metric, level, hours, "hours")
        for metric, hours in (("first_response", 8), ("resolution", 40))
        for level in (1, 2, 3, 4)
    ]
    policies.create("All", Terms(goals, []))
    given = {
        "many": many, "since": datetime.now(UTC) - YEARS, "span": YEARS, "people": customers(max(many // 10, 1)),
        "teams": [Team.objects.create(code=f"team-{n}", name=f"Team {n}").pk for n in range(8)],
        "causes": [RootCause.objects.create(code=f"cause-{n}", name=f"Cause {n}").pk for n in range(30)],
        "version": ready(office.pk).version_id,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(CASES, given)
        cursor.execute(CLOCKS, given)
        cursor.execute("VACUUM ANALYZE")


def measure(many: int) -> None:
    from feedback.queries import reports

    now = datetime.now(UTC)
    asked = reports.Asked((now - YEARS).date(), now.date())
    bars = Bars(f"Reports over {many:,} cases")
    for key, report in reports.REPORTS.items():
        times, lines = [], 0
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            lines = len(reports.rows(report, asked, at=now))
            times.append((time.perf_counter() - begun) * 1000)
        bars.at_most(f"{key}, ms", statistics.median(times), MOST_MS, f"{lines} rows")
    bars.end()


if __name__ == "__main__":
    main()
