"""Notes are saved while they are typed, quotes caught, moods shown."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from advisory.actions.changes import locked, touched
from advisory.actions.refusals import BoardRefused, WrongState
from advisory.models import Invitee, Item, Meeting, Mood, Note, Quote
from people.models import User

LONGEST = 50_000


class NotesChanged(BoardRefused):
    """Somebody else has saved meanwhile; ``note`` is what stands there now."""

    def __init__(self, note: Note) -> None:
        super().__init__(_("Somebody else has changed these notes meanwhile."), "notes_changed", "text")
        self.note = note


@transaction.atomic
def save(item: Item, text: str, *, version: int, by: User | None = None, at: datetime | None = None) -> Note:
    """Save the notes of an item. ``version`` is the one that was changed, 0 for the first.

    The same text again saves nothing. Raises NotesChanged, WrongState, BoardRefused (``too_long``).
    """
    meeting = _noting(item.meeting)
    if len(text) > LONGEST:
        raise BoardRefused(_("These notes are too long."), "too_long", "text")
    note = Note.objects.select_for_update().filter(item=item).first()
    if note and note.text == text:
        return note
    if (note.version if note else 0) != version:
        raise NotesChanged(note or Note(item=item, version=0))
    note = note or Note(item=item, version=0)
    note.text, note.version, note.saved_at, note.saved_by = text, version + 1, at or timezone.now(), by
    note.save()
    touched(meeting)
    return note


@transaction.atomic
def quote(
    item: Item, text: str, *, invitee: Invitee | None = None, by_name: bool = False, by: User | None = None,
    at: datetime | None = None,
) -> Quote:  # fmt: skip
    """Catch what a member said. Raises WrongState, BoardRefused (``words_missing``)."""
    meeting = _noting(item.meeting)
    if not text.strip():
        raise BoardRefused(_("Write down what was said."), "words_missing", "text")
    made = Quote.objects.create(
        item=item, invitee=invitee, text=text.strip()[:1000], by_name=by_name and invitee is not None, by=by,
        at=at or timezone.now(),
    )  # fmt: skip
    touched(meeting)
    return made


@transaction.atomic
def feel(item: Item, invitee: Invitee, looks: str) -> Mood:
    """A member shows how an item looks to them; the last one counts. Raises WrongState, BoardRefused."""
    meeting = item.meeting
    if meeting.state != Meeting.State.IN_PROGRESS or invitee.meeting_id != meeting.pk:
        raise WrongState(meeting)
    if looks not in Mood.Looks.values:
        raise BoardRefused(_("That is none of the choices."), "choice_unknown", "looks")
    mood, _new = Mood.objects.update_or_create(item=item, invitee=invitee, defaults={"looks": looks})
    return mood


def _noting(meeting: Meeting) -> Meeting:
    meeting = locked(meeting)
    if meeting.state not in (Meeting.State.IN_PROGRESS, Meeting.State.CLOSED, Meeting.State.SCHEDULED):
        raise WrongState(meeting)
    return meeting
