"""Who comes and goes, whose turn it is to speak, and which item is on."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from advisory.actions.changes import locked, touched
from advisory.actions.refusals import BoardRefused, WrongState
from advisory.models import Invitee, Item, Meeting, Presence, Speaking
from advisory.queries import charters
from people.models import User


@transaction.atomic
def come(
    invitee: Invitee, *, remotely: bool = False, substitute: str = "", by: User | None = None,
    at: datetime | None = None,
) -> Presence:  # fmt: skip
    """Somebody is there now; who is there already stays. ``substitute`` came in their place.

    Raises WrongState, BoardRefused (``not_invited``, ``no_substitutes``).
    """
    at = at or timezone.now()
    meeting = _running(invitee.meeting)
    invitee = meeting.invitees.select_related("term").get(pk=invitee.pk)
    if invitee.removed_at:
        raise BoardRefused(_("Is not invited any more."), "not_invited")
    charter = charters.current(meeting.board)
    if substitute and not (charter and charter.substitutes and invitee.term_id):
        raise BoardRefused(_("The charter allows no substitutes."), "no_substitutes", "substitute")
    there = Presence.objects.filter(invitee=invitee, left_at=None).first()
    if there:
        return there
    presence = Presence.objects.create(
        invitee=invitee, came_at=at, remotely=remotely, substitute=substitute.strip()[:100], noted_by=by
    )
    touched(meeting)
    return presence


@transaction.atomic
def leave(invitee: Invitee, *, by: User | None = None, at: datetime | None = None) -> None:
    """Somebody is not there any more. Raises WrongState."""
    meeting = _running(invitee.meeting)
    for presence in Presence.objects.filter(invitee=invitee, left_at=None):
        presence.left_at = max(at or timezone.now(), presence.came_at)
        presence.save(update_fields=["left_at"])
    touched(meeting)


@transaction.atomic
def speak(meeting: Meeting, side: str, *, at: datetime | None = None) -> Speaking | None:
    """The host's or the members' turn; "" is nobody's. The same side goes on. Raises WrongState, BoardRefused."""
    at = at or timezone.now()
    meeting = _running(meeting)
    if side not in ("", *Speaking.Side.values):
        raise BoardRefused(_("The host or the members."), "side_unknown", "side")
    now = meeting.speaking.filter(ended_at=None).first()
    if now and now.side == side:
        return now
    if now:
        now.ended_at = max(at, now.begun_at)
        now.save(update_fields=["ended_at"])
    turn = Speaking.objects.create(meeting=meeting, side=side, begun_at=at) if side else None
    touched(meeting)
    return turn


@transaction.atomic
def begin(item: Item, *, at: datetime | None = None) -> Item:
    """An item is on; the one before is over. Whose item it is speaks first. Raises WrongState."""
    at = at or timezone.now()
    meeting = _running(item.meeting)
    item = meeting.items.get(pk=item.pk)
    for before in meeting.items.filter(begun_at__isnull=False, ended_at=None).exclude(pk=item.pk):
        before.ended_at = max(at, before.begun_at or at)
        before.save(update_fields=["ended_at"])
    item.begun_at, item.ended_at = item.begun_at or at, None
    item.save(update_fields=["begun_at", "ended_at"])
    if item.purpose == Item.Purpose.BREAK:
        speak(meeting, "", at=at)
    else:
        speak(meeting, Speaking.Side.HOST if item.by_host else Speaking.Side.MEMBERS, at=at)
    return item


def _running(meeting: Meeting) -> Meeting:
    meeting = locked(meeting)
    if meeting.state != Meeting.State.IN_PROGRESS:
        raise WrongState(meeting)
    return meeting
