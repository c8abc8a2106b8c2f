"""An agent's own figures and promises, and what reviews found."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, Q, QuerySet

from feedback.models import Case, Clock, CorrectiveAction, Invitation, QualityReview, Standard
from feedback.surveys import scores
from feedback.surveys.scores import Score
from people.models import User


@dataclass(frozen=True)
class Own:
    """What somebody did in a span, and what is open now."""

    open: int
    overdue: int
    closed: int
    kept: int
    judged: int
    satisfied: Score
    reviewed: int
    percent: float | None

    @property
    def kept_percent(self) -> float | None:
        return 100 * self.kept / self.judged if self.judged else None


def own(user: User, since: datetime, until: datetime) -> Own:
    """Four statements. A promise counts for whoever has the case now."""
    cases = Case.objects.filter(assignee=user, merged_into=None, spam=False).aggregate(
        open=Count("pk", filter=Q(closed_at=None)),
        overdue=Count("pk", filter=Q(closed_at=None, due_at__lt=until)),
        closed=Count("pk", filter=Q(closed_at__gte=since, closed_at__lt=until)),
    )
    clocks = Clock.objects.filter(case__assignee=user, fulfilled_at__gte=since, fulfilled_at__lt=until).aggregate(
        judged=Count("pk"), kept=Count("pk", filter=Q(state=Clock.State.MET))
    )
    answered = Invitation.objects.filter(
        survey__kind="csat", case__assignee=user, answered_at__gte=since, answered_at__lt=until, score__isnull=False
    )
    counts = {
        score: many
        for score, many in answered.values_list("score").annotate(Count("pk")).order_by()
        if score is not None
    }
    reviews = QualityReview.objects.filter(agent=user, reviewed_at__gte=since, reviewed_at__lt=until)
    found = reviews.aggregate(reviewed=Count("pk"), percent=Avg("percent"))
    return Own(**cases, **clocks, satisfied=scores.score("csat", counts), **found)


def promises(user: User) -> QuerySet[Clock]:
    """Clocks of one's own cases that run, what is due first above."""
    running = Clock.objects.filter(case__assignee=user, state=Clock.State.RUNNING, due_at__isnull=False)
    return running.select_related("case").order_by("due_at", "pk")


def to_do(user: User) -> QuerySet[CorrectiveAction]:
    return CorrectiveAction.objects.filter(owner=user, done_at=None).select_related("root_cause").order_by("due_on")


def coaching(user: User, *, most: int = 10) -> QuerySet[QualityReview]:
    """What was advised lately, unread first."""
    found = QualityReview.objects.filter(agent=user, reviewed_at__isnull=False)
    return found.select_related("case", "reviewer", "standard").order_by("seen_at", "-reviewed_at")[:most]


def waiting(user: User) -> QuerySet[QualityReview]:
    """Drawn cases that this person may review."""
    found = QualityReview.objects.filter(reviewed_at=None).exclude(agent=user)
    return found.select_related("case", "agent", "standard").order_by("week", "agent", "pk")


def standards() -> dict[str, Standard]:
    """The latest standard of each kind."""
    return {each.kind: each for each in Standard.objects.order_by("number")}


def latest_weeks(at: datetime, *, weeks: int = 12) -> list[Any]:
    """By agent: how many of their cases were reviewed in the last weeks, and how much of the standards they met."""
    found = QualityReview.objects.filter(reviewed_at__gte=at - timedelta(weeks=weeks))
    rows = found.values("agent__first_name", "agent__last_name", "agent__username").order_by("agent__last_name")
    return list(rows.annotate(many=Count("pk"), percent=Avg("percent")))
