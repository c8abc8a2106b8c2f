"""What customers say, and how soon they are answered: feedback's own scores, of answers of a month."""

from collections import defaultdict

from feedback.surveys.scores import CES, CSAT, NPS, score
from insights.queries.asked import Asked, Figure, fetch
from insights.queries.programme import begin_of

ANSWERS = """
SELECT s.kind, i.score, count(*) FROM feedback_invitation i JOIN feedback_survey s ON s.id = i.survey_id
WHERE i.answered_at >= %(since)s AND i.answered_at < %(until)s AND i.score IS NOT NULL GROUP BY 1, 2
"""
COMPLAINTS = """
SELECT count(*), count(answered_at), count(closed_at),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM answered_at - received_at) / 3600.0)
        FILTER (WHERE answered_at IS NOT NULL),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM closed_at - received_at) / 3600.0)
        FILTER (WHERE closed_at IS NOT NULL)
FROM feedback_case WHERE kind = 'complaint' AND NOT spam AND merged_into_id IS NULL
    AND received_at >= %(since)s AND received_at < %(until)s
"""
ORDERS = "SELECT coalesce(sum(orders), 0)::bigint FROM insights_buyermonth WHERE month = %(month)s"


def figures(asked: Asked) -> list[Figure]:
    """Of the month that the day ends."""
    month = {"since": begin_of(asked.month), "until": begin_of(asked.as_of)}
    counts: dict[str, dict[int, int]] = defaultdict(dict)
    for kind, value, many in fetch(ANSWERS, month):
        counts[kind][value] = many
    received, answered, closed, soon, done = fetch(COMPLAINTS, month)[0]
    orders = fetch(ORDERS, asked.values())[0][0]
    nps, csat = score(NPS, counts[NPS]), score(CSAT, counts[CSAT])
    ces = sum(value * many for value, many in counts[CES].items())
    return [
        Figure("nps", nps.good - nps.bad, nps.n, nps.value),
        Figure.share("csat", csat.good, csat.n),
        Figure.share("ces", ces, sum(counts[CES].values())),
        Figure.share("complaints", received, orders),
        Figure("first_answer", answered, received, None if soon is None else float(soon)),
        Figure("resolved_after", closed, received, None if done is None else float(done)),
    ]
