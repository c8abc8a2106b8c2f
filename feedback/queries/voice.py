"""The voice of the customer: themes with what they cost, the words that are used, why customers leave."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _

from feedback.models import Handover, LeavingReason, Survey, SurveyVersion, Theme
from feedback.surveys.questions import read
from feedback.surveys.words import pairs

QUICKLY = 3  # days
NEWEST, MOST_WORDS = 2_000, 30
FORMULA = _(
    "Score = sum of severity x impact (each 1 to 4) over the cases, x (1 + share of the value of all customers that "
    "those affected hold), x (1 + share of the settled complaints that took more than 3 days)."
)

# Cases are summed for each theme and customer first, so that a customer's value counts once for a theme.
THEMES = """
WITH concerned AS (
    SELECT theme_id, customer_id, count(*) AS cases,
        count(*) FILTER (WHERE received_at < %(half)s) AS earlier,
        count(*) FILTER (WHERE kind = 'complaint') AS complaints,
        count(*) FILTER (WHERE kind = 'complaint' AND closed_at IS NOT NULL) AS settled,
        count(*) FILTER (
            WHERE kind = 'complaint' AND closed_at <= received_at + %(quickly)s * interval '1 day'
        ) AS quick,
        sum(severity) AS severity, sum(severity * impact) AS weight
    FROM feedback_case
    WHERE received_at >= %(since)s AND received_at < %(until)s AND theme_id IS NOT NULL
        AND merged_into_id IS NULL AND NOT spam
    GROUP BY theme_id, customer_id
)
SELECT theme_id, sum(cases)::int, sum(earlier)::int, sum(complaints)::int, sum(settled)::int, sum(quick)::int,
    sum(severity)::float / sum(cases), sum(weight)::int, count(customer_id)::int,
    coalesce(sum(p.gross - p.returned) FILTER (WHERE p.currency = %(currency)s), 0)::bigint
FROM concerned LEFT JOIN customers_profile p USING (customer_id)
GROUP BY theme_id
"""
VALUE = "SELECT coalesce(sum(gross - returned), 0)::bigint FROM customers_profile WHERE currency = %s"
MONTHS = """
SELECT month::date, count(c.id)::int, avg(c.severity)::float,
    count(*) FILTER (WHERE c.kind = 'complaint' AND c.closed_at IS NOT NULL)::int,
    count(*) FILTER (WHERE c.kind = 'complaint' AND c.closed_at <= c.received_at + %(quickly)s * interval '1 day')::int
FROM generate_series(
    date_trunc('month', %(since)s::timestamptz AT TIME ZONE %(zone)s),
    date_trunc('month', %(until)s::timestamptz AT TIME ZONE %(zone)s), interval '1 month'
) AS month
LEFT JOIN feedback_case c ON date_trunc('month', c.received_at AT TIME ZONE %(zone)s) = month
    AND c.theme_id = %(theme)s AND c.received_at >= %(since)s AND c.received_at < %(until)s
    AND c.merged_into_id IS NULL AND NOT c.spam
GROUP BY month ORDER BY month
"""
# Words of what customers wrote in the newest cases of a theme; each case counts a word once. English words lose their
# endings and those that say nothing; in other languages that put blanks between words they are left as they are.
WORDS = """
WITH newest AS (
    SELECT id, language FROM feedback_case
    WHERE theme_id = %(theme)s AND received_at >= %(since)s AND received_at < %(until)s
        AND merged_into_id IS NULL AND NOT spam
    ORDER BY received_at DESC LIMIT %(newest)s
)
SELECT word, count(DISTINCT newest.id)::int AS cases
FROM newest
JOIN feedback_entry e ON e.case_id = newest.id AND e.kind = 'received' AND NOT e.automatic
CROSS JOIN LATERAL unnest(tsvector_to_array(
    to_tsvector(CASE WHEN newest.language = 'en' THEN 'english' ELSE 'simple' END::regconfig, left(e.text, 5000))
)) AS word
WHERE newest.language NOT IN ('ko', 'th') AND length(word) > 2 AND word !~ '^[0-9.,/:-]+$'
GROUP BY word ORDER BY cases DESC, word LIMIT %(most)s
"""
TEXTS = """
SELECT left(e.text, 5000) FROM feedback_case c
JOIN feedback_entry e ON e.case_id = c.id AND e.kind = 'received' AND NOT e.automatic
WHERE c.theme_id = %(theme)s AND c.received_at >= %(since)s AND c.received_at < %(until)s AND c.language = %(language)s
    AND c.merged_into_id IS NULL AND NOT c.spam
ORDER BY c.received_at DESC LIMIT %(newest)s
"""
# The latest reason of each customer who has lapsed; at one moment their own word comes before what staff noted.
LEAVING = """
WITH lapsed AS (
    SELECT p.customer_id FROM customers_profile p JOIN customers_customer c ON c.id = p.customer_id
    WHERE p.stage = 'lapsed' AND c.status = 'active'
), said AS (
    SELECT r.customer_id, r.at, NULL::bigint AS version_id, r.reason, r.id
    FROM feedback_leavingreason r JOIN lapsed USING (customer_id)
    UNION ALL
    SELECT i.customer_id, i.answered_at, i.version_id, a.choices ->> 0, i.id
    FROM unnest(%(versions)s::bigint[], %(questions)s::text[]) AS asked (version_id, question)
    JOIN feedback_invitation i USING (version_id) JOIN lapsed USING (customer_id)
    JOIN feedback_answer a ON a.invitation_id = i.id AND a.question = asked.question
    WHERE i.state = 'answered' AND a.choices ->> 0 IS NOT NULL
), latest AS (
    SELECT DISTINCT ON (customer_id) customer_id, version_id, reason FROM said
    ORDER BY customer_id, at DESC, version_id IS NULL, id DESC
)
SELECT version_id, reason, count(*)::int FROM lapsed LEFT JOIN latest USING (customer_id) GROUP BY version_id, reason
"""


@dataclass(frozen=True)
class Pain:
    """What a theme comes to in a span. ``value`` is what the customers affected have bought less returned."""

    theme: int
    name: str
    cases: int
    earlier: int  # in the first half of the span
    complaints: int
    settled: int
    quick: int
    severity: float
    weight: int
    customers: int
    value: int
    share: float = field(kw_only=True)  # of the value of all customers, 0 to 1
    handover: Handover | None = field(kw_only=True)

    @property
    def later(self) -> int:
        return self.cases - self.earlier

    @property
    def quick_percent(self) -> float | None:
        return 100 * self.quick / self.settled if self.settled else None

    @property
    def score(self) -> float:
        slow = 1 - self.quick / self.settled if self.settled else 0.0
        return self.weight * (1 + self.share) * (1 + slow)


def board(since: datetime, until: datetime) -> list[Pain]:
    """Themes by their score, the worst first. Four statements."""
    half = since + (until - since) / 2
    values = {
        "since": since, "until": until, "half": half, "quickly": QUICKLY, "currency": settings.BUSINESS_CURRENCY
    }  # fmt: skip
    rows = _rows(THEMES, values)
    whole = max(1, _rows(VALUE, [settings.BUSINESS_CURRENCY])[0][0])
    names = dict(Theme.objects.filter(pk__in=[row[0] for row in rows]).values_list("pk", "name"))
    latest = {each.theme_id: each for each in Handover.objects.filter(theme__in=list(names)).order_by("pk")}
    found = []
    for theme, *figures in rows:
        share = max(0, figures[-1]) / whole
        found.append(Pain(theme, names[theme], *figures, share=share, handover=latest.get(theme)))
    return sorted(found, key=lambda pain: (-pain.score, pain.name))


@dataclass(frozen=True)
class Month:
    """A theme in one month of the business: its cases, how bad they were, and how soon its complaints were settled."""

    month: date
    cases: int
    severity: float | None
    settled: int
    quick: int

    @property
    def quick_percent(self) -> float | None:
        return 100 * self.quick / self.settled if self.settled else None


def months(theme: Theme, since: datetime, until: datetime) -> list[Month]:
    """Every month of a span, those without a case as well. One statement."""
    values = {"theme": theme.pk, "since": since, "until": until, "zone": settings.BUSINESS_ZONE, "quickly": QUICKLY}
    return [Month(*row) for row in _rows(MONTHS, values)]


@dataclass(frozen=True)
class Words:
    """``stems`` are of languages with blanks between words; of the others the pairs of characters used most."""

    stems: list[tuple[str, int]]
    korean: list[tuple[str, int]]
    thai: list[tuple[str, int]]


def words(theme: Theme, since: datetime, until: datetime) -> Words:
    """What is used most in the newest two thousand cases of a theme, and in how many of them."""
    values = {"theme": theme.pk, "since": since, "until": until, "newest": NEWEST, "most": MOST_WORDS}
    korean, thai = (
        pairs([row[0] for row in _rows(TEXTS, values | {"language": language})], most=MOST_WORDS)
        for language in ("ko", "th")
    )
    return Words([(word, many) for word, many in _rows(WORDS, values)], korean, thai)


def _rows(sql: str, values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


@dataclass(frozen=True)
class Leaving:
    """Why customers who have lapsed left: how many of them there are, and of how many a reason is known."""

    lapsed: int
    known: int
    reasons: list[tuple[str, int]]


def leaving() -> Leaving:
    """Of each customer who has lapsed the latest reason: their answer to an exit survey, or what staff noted. Of an
    exit survey counts what was chosen first, in its first language. Two statements.
    """
    asked: list[tuple[int, str]] = []
    names: dict[tuple[int, str], str] = {}
    for pk, said in SurveyVersion.objects.filter(survey__kind=Survey.Kind.EXIT).values_list("pk", "content"):
        content = read(said)
        if first := next((each for each in content.questions if each.choices), None):
            asked.append((pk, first.code))
            names |= {(pk, each.code): each.text[content.languages[0]] for each in first.choices}
    values = {"versions": [pk for pk, _code in asked], "questions": [code for _pk, code in asked]}
    lapsed, reasons = 0, Counter[str]()
    for version, reason, many in _rows(LEAVING, values):
        lapsed += many
        if version is not None:
            reasons[names.get((version, reason), reason)] += many
        elif reason is not None:
            reasons[str(LeavingReason.Reason(reason).label)] += many
    return Leaving(lapsed, reasons.total(), sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0])))


def reason_of(customer_id: int) -> LeavingReason | None:
    return LeavingReason.objects.filter(customer=customer_id).order_by("-at", "-pk").first()
