"""What a meeting could be about, and why: pain points, surveys, the members' rounds, open recommendations."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import hypot

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from advisory.confidentiality import Level
from advisory.models import Asked, Item, Meeting, Recommendation
from advisory.queries import recommendations as advice
from communications import timing
from feedback.models import Survey
from feedback.queries import survey_results, voice
from feedback.surveys.scores import Score

OF_EACH = 5
PAIN_DAYS, SURVEY_DAYS = 365, 90
FEWEST = 10  # answers below which a survey says too little to meet about
MANY_BAD = 25.0  # per cent
Source, Purpose = Item.Source, Item.Purpose


@dataclass(frozen=True)
class Subject:
    """Something to put on an agenda, and in words why now."""

    source: Item.Source
    pk: int
    title: str
    why: str
    purpose: Item.Purpose = Item.Purpose.DISCUSS
    level: int = Level.BOARD


def suggested(meeting: Meeting, *, at: datetime) -> list[Subject]:
    """What is not on the agenda yet: what members have asked customers for this meeting first. Ten statements."""
    there = set(meeting.items.exclude(source_id=None).values_list("source", "source_id"))
    found: dict[tuple[str, int], Subject] = {}
    for each in (_round(meeting), _recommendations(meeting, at), _surveys(at), _pains(at)):
        fresh = [one for one in each if (one.source, one.pk) not in there and (one.source, one.pk) not in found]
        found |= {(one.source, one.pk): one for one in fresh[:OF_EACH]}
    return list(found.values())


def _round(meeting: Meeting) -> list[Subject]:
    """What the members' own customers have answered for this meeting."""
    rows = Asked.objects.filter(round__meeting=meeting).select_related("round__survey", "invitation")
    asked = list(rows)
    answered = [one for one in asked if one.invitation.answered_at]
    if not answered:
        return []
    survey, shown = asked[0].round.survey, sum(one.presented_at is not None for one in asked)
    why = _("%(answered)s of %(asked)s customers whom members asked have answered; %(shown)s answers are presented.")
    return [
        Subject(
            Source.SURVEY, survey.pk, _("What customers told our members: %(survey)s") % {"survey": survey},
            why % {"answered": len(answered), "asked": len(asked), "shown": shown},
        )
    ]  # fmt: skip


def _recommendations(meeting: Meeting, at: datetime) -> list[Subject]:
    """What waits for an answer of ours or a vote of theirs, the longest overdue and most wanted first."""
    today = timing.business_date(at)
    state = Recommendation.State
    waiting = Q(state__in=[state.PROPOSED, state.UNDER_REVIEW]) | Q(review_on__lte=today) & ~Q(state=state.MERGED)
    rows = list(Recommendation.objects.filter(waiting, board=meeting.board_id))
    many = advice.supported(rows)
    rows.sort(key=lambda one: (_late(one, at) is None, _late(one, at) or today, -many.get(one.pk, 0), one.number))
    found = []
    for one in rows:
        late, support = _late(one, at), many.get(one.pk, 0)
        why = [
            _("Its answer was due on %(day)s.") % {"day": date_format(late)} if late else "",
            _("It was to be looked at again.") if one.review_on and one.review_on <= today else "",
            ngettext("%(many)s member is for it.", "%(many)s members are for it.", support) % {"many": support},
            "" if one.advised_at else _("The board has not voted on it."),
        ]
        purpose = Purpose.DISCUSS if one.advised_at else Purpose.DECIDE
        found.append(
            Subject(Source.RECOMMENDATION, one.pk, one.title, " ".join(filter(None, why)), purpose, one.level)
        )
    return found


def _late(one: Recommendation, at: datetime) -> date | None:
    """The day on which the answer was due, where that is over and nothing was decided."""
    waiting = one.state in (Recommendation.State.PROPOSED, Recommendation.State.UNDER_REVIEW)
    return one.answer_by if waiting and one.answer_by and one.answer_by < timing.business_date(at) else None


def _surveys(at: datetime) -> list[Subject]:
    """Surveys whose score has fallen by more than chance explains, or in which many are unhappy; the worst first."""
    surveys = list(Survey.objects.exclude(state=Survey.State.DRAFT))
    since = at - timedelta(days=SURVEY_DAYS)
    now = survey_results.latest(surveys, since, at)
    before = survey_results.latest(surveys, since - timedelta(days=SURVEY_DAYS), since)
    found: list[tuple[float, Subject]] = []
    for survey in surveys:
        score = now.get(survey.pk)
        if score is None or score.n < FEWEST or score.value is None:
            continue
        fall, bad = _fall(before.get(survey.pk), score), score.bad_share or 0
        if fall or bad >= MANY_BAD:
            subject = Subject(Source.SURVEY, survey.pk, survey.name, _why(score, fall, bad))
            found.append((-(fall or 0) - bad, subject))
    return [subject for _worst, subject in sorted(found, key=lambda pair: pair[0])]


def _fall(before: Score | None, now: Score) -> float | None:
    """By how much a score is lower than in the span before, where chance alone would hardly do that."""
    if before is None or before.value is None or now.value is None or before.n < FEWEST:
        return None
    fall = before.value - now.value
    return fall if fall > hypot(before.margin or 0, now.margin or 0) else None


def _why(score: Score, fall: float | None, bad: float) -> str:
    digits = 1 if score.kind == "ces" else 0
    said = {
        "kind": score.kind.upper(), "value": f"{score.value:.{digits}f}", "answers": score.n,
        "fall": f"{fall or 0:.{digits}f}", "bad": f"{bad:.0f}",
    }  # fmt: skip
    first = _("%(kind)s %(value)s of %(answers)s answers in three months, %(bad)s %% unhappy.") % said
    return f"{first} {_('%(fall)s lower than in the three months before.') % said}" if fall else first


def _pains(at: datetime) -> list[Subject]:
    """Themes of cases, the worst first."""
    return [
        Subject(Source.THEME, pain.theme, pain.name, _heard(pain.cases, pain.customers))
        for pain in voice.board(at - timedelta(days=PAIN_DAYS), at)
    ]


def _heard(cases: int, customers: int) -> str:
    said = {
        "cases": ngettext("%(n)s case", "%(n)s cases", cases) % {"n": cases},
        "customers": ngettext("%(n)s customer", "%(n)s customers", customers) % {"n": customers},
    }
    return _("%(cases)s of %(customers)s in a year.") % said
