"""What customers say, and how soon they are answered: feedback's own scores, of answers of a month."""

from collections import defaultdict

from feedback.surveys.scores import CES, CSAT, NPS, score
from insights.queries.asked import Asked, Figure, fetch
from insights.queries.groups import group_of
from insights.queries.programme import begin_of

ANSWERS = """
SELECT member, s.kind, i.score, count(*)
FROM feedback_invitation i JOIN feedback_survey s ON s.id = i.survey_id {group}
WHERE i.answered_at >= %(since)s AND i.answered_at < %(until)s AND i.score IS NOT NULL GROUP BY 1, 2, 3
"""
COMPLAINTS = """
SELECT member, count(*), count(answered_at), count(closed_at),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM answered_at - received_at) / 3600.0)
        FILTER (WHERE answered_at IS NOT NULL),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM closed_at - received_at) / 3600.0)
        FILTER (WHERE closed_at IS NOT NULL)
FROM feedback_case c {group} WHERE kind = 'complaint' AND NOT spam AND merged_into_id IS NULL
    AND received_at >= %(since)s AND received_at < %(until)s GROUP BY 1
"""
ORDERS = "WITH rows AS ({rows}) SELECT member, sum(orders)::bigint FROM rows WHERE month = %(month)s GROUP BY 1"


def figures(asked: Asked) -> list[Figure]:
    """Of the month that the day ends."""
    month = asked.values() | {"since": begin_of(asked.month), "until": begin_of(asked.as_of)}
    counts: dict[str, dict[str, dict[int, int]]] = defaultdict(lambda: defaultdict(dict))
    for member, kind, value, many in fetch(ANSWERS.format(group=group_of(asked, "i.customer_id")), month):
        counts[member][kind][value] = many
    told = {row[0]: row[1:] for row in fetch(COMPLAINTS.format(group=group_of(asked, "c.customer_id")), month)}
    orders = dict(fetch(ORDERS.format(rows=asked.rows), month))
    members = {"", *counts, *told, *orders} if not asked.dimension else {*counts, *told, *orders}
    found = []
    for member in sorted(members):
        found += _answers(counts[member], member)
        found += _complaints(told.get(member, (0, 0, 0, None, None)), orders.get(member, 0), member)
    return found


def _answers(counts: dict[str, dict[int, int]], member: str) -> list[Figure]:
    nps, csat, ces = (score(kind, counts[kind]) for kind in (NPS, CSAT, CES))
    total = sum(value * many for value, many in counts[CES].items())
    return [
        Figure("nps", nps.good - nps.bad, nps.n, nps.value, member).give_or_take(nps.margin),
        Figure.share("csat", csat.good, csat.n, member).give_or_take(csat.margin and csat.margin / 100),
        Figure.share("ces", total, ces.n, member).give_or_take(ces.margin),
    ]


def _complaints(row: tuple[int, int, int, float | None, float | None], orders: int, member: str) -> list[Figure]:
    received, answered, closed, soon, done = row
    return [
        Figure.share("complaints", received, orders, member),
        Figure("first_answer", answered, received, None if soon is None else float(soon), member),
        Figure("resolved_after", closed, received, None if done is None else float(done), member),
    ]
