"""What a survey has brought: who was asked and answered, the score with its margin, over time and by group."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, Q, QuerySet

from customers.models import Segment
from customers.queries import segments
from feedback.models import Answer, Invitation, Survey, Team, Theme
from feedback.surveys import scores
from feedback.surveys.scores import Score

GROUPS = ("tier", "team", "theme", "language")
MOST_SEGMENTS = 12

# Counted once by everything together, which leaves few rows, and then by each.
COUNTED = """
SELECT grouping(month, tier, team, theme, language) AS which, month, tier, team, theme, language, score, sum(many)::int
FROM (
    SELECT (date_trunc('month', i.answered_at AT TIME ZONE %(zone)s))::date AS month, i.score, i.language,
        coalesce(p.tier, '') AS tier, c.team_id AS team, c.theme_id AS theme, count(*) AS many
    FROM feedback_invitation i
    LEFT JOIN customers_profile p ON p.customer_id = i.customer_id
    LEFT JOIN feedback_case c ON c.id = i.case_id
    WHERE i.survey_id = %(survey)s AND i.answered_at >= %(since)s AND i.answered_at < %(until)s
        AND i.score IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5, 6
) AS answered
GROUP BY GROUPING SETS ((month, score), (tier, score), (team, score), (theme, score), (language, score), (score))
"""
# grouping() has a bit for each column that a row is not about: the first column is the highest bit.
WHICH = {0b01111: "month", 0b10111: "tier", 0b11011: "team", 0b11101: "theme", 0b11110: "language", 0b11111: "all"}
PLACE = {name: place for place, name in enumerate(("month", "tier", "team", "theme", "language"), start=1)}

CHOSEN = """
SELECT a.question, coalesce(chosen.code, a.number::text) AS said, count(*)
FROM feedback_answer a
JOIN feedback_invitation i ON i.id = a.invitation_id
LEFT JOIN LATERAL jsonb_array_elements_text(a.choices) AS chosen (code) ON true
WHERE i.survey_id = %(survey)s AND i.answered_at >= %(since)s AND i.answered_at < %(until)s
    AND (a.number IS NOT NULL OR a.choices <> '[]')
GROUP BY 1, 2
"""


@dataclass(frozen=True)
class Asked:
    """Of the invitations sent in the span: how many, and how many of them were answered."""

    sent: int
    answered: int
    open: int
    not_sent: dict[str, int]

    @property
    def rate(self) -> float | None:
        """In per cent of all that were sent, those that can still be answered among them."""
        return 100 * self.answered / self.sent if self.sent else None


@dataclass(frozen=True)
class Results:
    score: Score | None
    counts: Mapping[int, int]
    months: list[tuple[date, Score]]
    groups: dict[str, list[tuple[str, Score]]]


def asked(survey: Survey, since: datetime, until: datetime) -> Asked:
    rows = Invitation.objects.filter(survey=survey)
    within = Q(sent_at__gte=since, sent_at__lt=until)
    found = rows.aggregate(
        sent=Count("pk", filter=within),
        answered=Count("pk", filter=within & Q(state="answered")),
        open=Count("pk", filter=within & Q(state="sent")),
    )
    skipped = rows.filter(state="skipped", due_at__gte=since, due_at__lt=until)
    return Asked(**found, not_sent=dict(skipped.values_list("reason").annotate(Count("pk")).order_by("reason")))


def results(survey: Survey, since: datetime, until: datetime) -> Results:
    """The score of a survey that measures one, of answers given in the span. One statement."""
    if survey.kind not in scores.SCALES:
        return Results(None, {}, [], {})
    counted: dict[str, dict[Any, dict[int, int]]] = defaultdict(lambda: defaultdict(dict))
    for row in _rows(COUNTED, survey, since, until):
        name = WHICH[row[0]]
        counted[name]["" if name == "all" else row[PLACE[name]]][row[-2]] = row[-1]
    whole = counted["all"].get("", {})
    scale = scores.SCALES[survey.kind]
    return Results(
        scores.score(survey.kind, whole),
        {value: whole.get(value, 0) for value in scale},
        [(month, scores.score(survey.kind, of)) for month, of in sorted(counted["month"].items())],
        {name: _named(name, survey.kind, counted[name]) for name in GROUPS},
    )


def _rows(sql: str, survey: Survey, since: datetime, until: datetime) -> list[tuple[Any, ...]]:
    values = {"survey": survey.pk, "since": since, "until": until, "zone": settings.BUSINESS_ZONE}
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def _named(name: str, kind: str, counted: Mapping[Any, Mapping[int, int]]) -> list[tuple[str, Score]]:
    """The groups by the names of what they are, the largest first. Who is in none is left out."""
    models: dict[str, Any] = {"team": Team, "theme": Theme}
    names = {key: str(key) for key in counted if key}
    if name in models:
        names = dict(models[name].objects.filter(pk__in=list(names)).values_list("pk", "name"))
    found = [(names[key], scores.score(kind, of)) for key, of in counted.items() if key in names]
    return sorted(found, key=lambda pair: (-pair[1].n, pair[0]))


def by_segment(survey: Survey, since: datetime, until: datetime) -> list[tuple[str, Score]]:
    """By segments as they are now: who moved meanwhile counts where they are. The oldest twelve."""
    found = []
    for segment in Segment.objects.order_by("pk")[:MOST_SEGMENTS]:
        answered = Invitation.objects.filter(
            survey=survey, answered_at__gte=since, answered_at__lt=until, score__isnull=False,
            customer__in=segments.members(segment, until),
        )  # fmt: skip
        counts = dict(answered.values_list("score").annotate(Count("pk")).order_by())
        found.append((segment.name, scores.score(survey.kind, counts)))
    return [pair for pair in found if pair[1].n]


def chosen(survey: Survey, since: datetime, until: datetime) -> dict[str, dict[str, int]]:
    """How often each number and each choice was given, by question."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for question, said, many in _rows(CHOSEN, survey, since, until):
        found[question][said] = many
    return dict(found)


def texts(survey: Survey, since: datetime, until: datetime) -> QuerySet[Answer]:
    """What was written, with the case that it is about or that it opened."""
    rows = Answer.objects.filter(
        invitation__survey=survey, invitation__answered_at__gte=since, invitation__answered_at__lt=until
    ).exclude(text="")
    return rows.select_related("invitation__case", "invitation__opened", "invitation__customer")


def answered(survey: Survey, since: datetime, until: datetime) -> QuerySet[Invitation]:
    """Each answer with all of its parts, for a file."""
    rows = Invitation.objects.filter(survey=survey, answered_at__gte=since, answered_at__lt=until)
    return rows.select_related("customer", "case", "version").prefetch_related("answers")


def latest(surveys: Iterable[Survey], since: datetime, until: datetime | None = None) -> dict[int, Score]:
    """The score of each survey since then, or in that span. One statement."""
    kinds = {survey.pk: survey.kind for survey in surveys if survey.kind in scores.SCALES}
    rows = Invitation.objects.filter(survey__in=list(kinds), answered_at__gte=since, score__isnull=False)
    rows = rows.filter(answered_at__lt=until) if until else rows
    counts: dict[int, dict[int, int]] = defaultdict(dict)
    for survey, score, many in rows.values_list("survey", "score").annotate(Count("pk")).order_by():
        if score is not None:
            counts[survey][score] = many
    return {pk: scores.score(kind, counts[pk]) for pk, kind in kinds.items()}
