"""What the advisory boards came to: how soon and how often advice was answered, who was there, who stays."""

from datetime import datetime

from django.utils import timezone

from advisory.queries import impact
from insights.queries.asked import Asked, Figure, fetch, months_before
from insights.queries.programme import begin_of

ADVICE = """
SELECT count(*) FILTER (WHERE decided_at >= %(since)s AND decided_at < %(until)s),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM decided_at - proposed_at) / 86400.0)
        FILTER (WHERE decided_at >= %(since)s AND decided_at < %(until)s),
    count(*), count(*) FILTER (WHERE state = 'shipped' AND state_at < %(until)s)
FROM advisory_recommendation WHERE state <> 'merged' AND proposed_at < %(until)s
"""
ATTENDANCE = """
SELECT count(*), count(*) FILTER (WHERE EXISTS (SELECT FROM advisory_presence p WHERE p.invitee_id = i.id))
FROM advisory_invitee i JOIN advisory_meeting m ON m.id = i.meeting_id
WHERE m.state = 'closed' AND i.term_id IS NOT NULL AND i.removed_at IS NULL
    AND m.starts_at >= %(since)s AND m.starts_at < %(until)s
"""


def figures(asked: Asked) -> list[Figure]:
    """Of all boards together, over the year before the day; what shipped, of all that was ever recommended."""
    year = {"since": begin_of(months_before(asked.as_of, 12)), "until": begin_of(asked.as_of)}
    answered, days, advice, shipped = fetch(ADVICE, year)[0]
    invited, there = fetch(ATTENDANCE, year)[0]
    return [
        Figure("advice_answer", answered, answered, None if days is None else float(days)),
        Figure.share("advice_shipped", shipped, advice),
        Figure.share("board_attendance", there, invited),
    ]


def effect(at: datetime | None = None) -> dict[str, list[Figure]]:
    """Members beside customers like them, now: nothing where there are too few."""
    found = impact.of_all(at or timezone.now()).stayed
    if found is None:
        return {"board_stay": [], "board_effect": []}
    stayed = round(found.members * found.n / 100)
    return {
        "board_stay": [Figure.share("board_stay", stayed, found.n)],
        "board_effect": [Figure("board_effect", None, found.n, found.value, low=found.low, high=found.high)],
    }
