"""What a recommendation rests on is added and taken away; product updates are planned, linked and shipped."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from advisory.actions import recommendations
from advisory.actions.recommendations import locked, note
from advisory.actions.refusals import BoardRefused
from advisory.models import Board, Evidence, ProductUpdate, Recommendation
from communications import timing
from feedback.actions import voice
from feedback.models import Answer, Case, Handover, Theme
from people.models import User


@transaction.atomic
def add(
    recommendation: Recommendation,
    *,
    theme: Theme | None = None,
    case: Case | None = None,
    answer: Answer | None = None,
    words: str = "",
    by: User | None = None,
    at: datetime | None = None,
) -> Evidence:
    """One theme of cases, one case, one answer to a survey, or words; added before, it stands.

    Raises BoardRefused (``one_thing``).
    """
    found = locked(recommendation)
    things = [thing for thing in (theme, case, answer) if thing is not None]
    if len(things) > 1 or not (things or words.strip()):
        raise BoardRefused(_("Choose one thing, or say it in words."), "one_thing", "words")
    said = {"words": words.strip()[:300], "added_by": by, "added_at": at or timezone.now()}
    if not things:
        return Evidence.objects.create(recommendation=found, **said)
    made, _new = Evidence.objects.get_or_create(
        recommendation=found, theme=theme, case=case, answer=answer, defaults=said
    )
    return made


@transaction.atomic
def take_up(handover: Handover, board: Board, *, by: User | None = None, at: datetime | None = None) -> Recommendation:
    """A theme that was handed to the board becomes a recommendation to be discussed, with the theme as evidence.

    Raises feedback's HandoverRefused (``not_waiting``).
    """
    one = recommendations.propose(board, handover.question, by=by, at=at)
    add(one, theme=handover.theme, by=by, at=at)
    voice.answer(handover, taken=True, text=f"{board.name}: {one.number}", by=by, at=at)
    return one


@transaction.atomic
def drop(evidence: Evidence) -> None:
    """It was no evidence after all."""
    locked(evidence.recommendation)
    evidence.delete()


@transaction.atomic
def plan_update(
    title: str, *, planned_on: date | None = None, note: str = "", by: User | None = None, at: datetime | None = None
) -> ProductUpdate:
    """Something will change for customers. Raises BoardRefused (``title_missing``)."""
    if not title.strip():
        raise BoardRefused(_("Say what changes."), "title_missing", "title")
    return ProductUpdate.objects.create(
        title=title.strip()[:200], planned_on=planned_on, note=note.strip(), made_by=by, made_at=at or timezone.now()
    )


@transaction.atomic
def link(
    recommendation: Recommendation, update: ProductUpdate, *, by: User | None = None, at: datetime | None = None
) -> Recommendation:
    """This update does what was recommended."""
    found = locked(recommendation)
    if not found.updates.filter(pk=update.pk).exists():
        found.updates.add(update)
        note(found, "linked", by=by, at=at or timezone.now(), update=update.pk)
    return found


@transaction.atomic
def ship(update: ProductUpdate, *, on: date | None = None, note: str = "", by: User | None = None) -> ProductUpdate:
    """It is there, with words for customers. Raises BoardRefused (``note_missing``, ``not_yet``)."""
    update = ProductUpdate.objects.select_for_update().get(pk=update.pk)
    update.note = note.strip() or update.note
    update.shipped_on = on or timing.business_date(timezone.now())
    if not update.note:
        raise BoardRefused(_("Say to customers what is new."), "note_missing", "note")
    if update.shipped_on > timing.business_date(timezone.now()):
        raise BoardRefused(_("That day is still to come."), "not_yet", "on")
    update.save()
    return update
