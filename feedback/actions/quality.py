"""Standards are written, cases are drawn and reviewed by them, and the agent reads what was advised."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from feedback.models import Case, QualityReview, Standard
from people.models import User

MOST_ITEMS, LONGEST = 30, 200


class ReviewRefused(ValidationError):
    """``code`` is ``no_items``, ``too_many_items``, ``marks_incomplete``, ``own_case``, ``reviewed_already`` or
    ``not_yours``."""


@transaction.atomic
def set_standard(kind: str, items: Sequence[str], *, by: User | None = None, at: datetime | None = None) -> Standard:
    """The next version of what is expected of cases of a kind. Raises ReviewRefused."""
    kept = [" ".join(item.split())[:LONGEST] for item in items if item.strip()]
    if not kept:
        raise ReviewRefused(_("A standard has at least one item."), code="no_items")
    if len(kept) > MOST_ITEMS:
        raise ReviewRefused(_("These are too many items."), code="too_many_items")
    latest = Standard.objects.select_for_update().filter(kind=Case.Kind(kind)).order_by("-number").first()
    if latest and latest.items == kept:
        return latest
    number = latest.number + 1 if latest else 1
    return Standard.objects.create(kind=kind, number=number, items=kept, made_at=at or timezone.now(), made_by=by)


@transaction.atomic
def draw(week: date, *, of_each: int = 3, at: datetime | None = None) -> int:
    """Draw so many cases of each agent that were closed in the business's week of this day. Returns how many are new.

    Chance decides, by a hash of the case and the week: nobody can choose, and asked again it draws the same.
    Raises ReviewRefused.
    """
    if not 1900 <= week.year <= 2200:
        raise ReviewRefused(_("There was no such week."), code="no_such_week")
    monday = week - timedelta(days=week.weekday())
    begin = datetime.combine(monday, time(), tzinfo=ZoneInfo(settings.BUSINESS_ZONE))
    standards: dict[str, Standard] = {each.kind: each for each in Standard.objects.order_by("number")}
    closed = Case.objects.filter(
        closed_at__gte=begin, closed_at__lt=begin + timedelta(days=7), assignee__isnull=False,
        kind__in=list(standards), merged_into=None, spam=False,
    )  # fmt: skip
    by_agent: dict[int, list[Case]] = {}
    for case in sorted(closed, key=lambda case: sha256(f"{monday}:{case.pk}".encode()).digest()):
        assert case.assignee_id
        by_agent.setdefault(case.assignee_id, []).append(case)
    rows = [
        QualityReview(
            case=case, agent_id=agent, week=monday, standard=standards[case.kind], drawn_at=at or timezone.now()
        )
        for agent, cases in by_agent.items()
        for case in cases[:of_each]
    ]
    before = QualityReview.objects.filter(week=monday).count()
    QualityReview.objects.bulk_create(rows, ignore_conflicts=True)
    return QualityReview.objects.filter(week=monday).count() - before


@transaction.atomic
def review(
    drawn: QualityReview, *, marks: Sequence[int | None], coaching: str = "", by: User, at: datetime | None = None
) -> QualityReview:
    """Mark each item (0, 1, 2; None: does not apply) and advise the agent. Raises ReviewRefused."""
    row = QualityReview.objects.select_for_update(of=["self"]).select_related("standard").get(pk=drawn.pk)
    if row.reviewed_at:
        raise ReviewRefused(_("This case was reviewed already."), code="reviewed_already")
    if row.agent_id == by.pk:
        raise ReviewRefused(_("Somebody else reviews your cases."), code="own_case")
    counted = [mark for mark in marks if mark is not None]
    if len(marks) != len(row.standard.items) or not counted or any(mark not in (0, 1, 2) for mark in counted):
        raise ReviewRefused(_("Mark each item; at least one applies."), code="marks_incomplete")
    row.marks, row.coaching, row.reviewer = list(marks), coaching.strip(), by
    row.percent, row.reviewed_at = round(100 * sum(counted) / (2 * len(counted))), at or timezone.now()
    row.save()
    return row


@transaction.atomic
def read_by_agent(review: QualityReview, *, by: User, at: datetime | None = None) -> QualityReview:
    """The agent has read what was advised. Raises ReviewRefused (``not_yours``)."""
    row = QualityReview.objects.select_for_update().get(pk=review.pk)
    if row.agent_id != by.pk or row.reviewed_at is None:
        raise ReviewRefused(_("This is not a review of yours."), code="not_yours")
    if row.seen_at is None:
        row.seen_at = at or timezone.now()
        row.save(update_fields=["seen_at"])
    return row
