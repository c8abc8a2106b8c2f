"""Minutes are drafted from the notes, circulated, remarked on, approved and published; errors are corrected anew."""

import hashlib
from datetime import datetime

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advisory.actions import moves
from advisory.actions.refusals import BoardRefused, WrongState
from advisory.models import Meeting, Minutes, Remark, Term
from advisory.queries import members
from advisory.queries.drafts import draft_of
from advisory.queries.people import language
from communications.actions import outbox
from communications.actions.outbox import Outgoing
from customers.models import Verb
from people.models import User

State = Minutes.State


class MinutesChanged(BoardRefused):
    def __init__(self) -> None:
        super().__init__(_("Somebody else has changed the minutes meanwhile."), "minutes_changed", "text")


@transaction.atomic
def draft(meeting: Meeting, *, by: User | None = None, at: datetime | None = None) -> Minutes:
    """The first revision, from what was noted. Raises WrongState, BoardRefused (``minutes_exist``)."""
    meeting = Meeting.objects.select_for_update(of=["self"]).select_related("board").get(pk=meeting.pk)
    if meeting.state != Meeting.State.CLOSED:
        raise WrongState(meeting)
    if meeting.minutes.exists():
        raise BoardRefused(_("There are minutes of this meeting already."), "minutes_exist")
    return Minutes.objects.create(
        meeting=meeting, number=1, text=draft_of(meeting), made_by=by, made_at=at or timezone.now()
    )


@transaction.atomic
def write(minutes: Minutes, text: str, *, version: int, by: User | None = None) -> Minutes:
    """Another text while it is not approved. Raises WrongState, MinutesChanged, BoardRefused (``text_missing``)."""
    minutes = _locked(minutes)
    if minutes.state in Minutes.FINAL:
        raise WrongState(minutes)
    if not text.strip():
        raise BoardRefused(_("Minutes need a text."), "text_missing", "text")
    if minutes.version != version:
        raise MinutesChanged
    minutes.text, minutes.version = text, version + 1
    minutes.save(update_fields=["text", "version"])
    return minutes


@transaction.atomic
def circulate(minutes: Minutes, *, by: User | None = None, at: datetime | None = None) -> Minutes:
    """Send the draft round: each member is told where to read and to remark. Raises WrongState."""
    return _sent_round(minutes, State.DRAFT, State.CIRCULATED, by, at or timezone.now())


@transaction.atomic
def remark(minutes: Minutes, text: str, *, of: Term | User, at: datetime | None = None) -> Remark:
    """Say something of circulated minutes. Raises WrongState, BoardRefused (``text_missing``)."""
    minutes = _locked(minutes)
    if minutes.state != State.CIRCULATED:
        raise WrongState(minutes)
    if not text.strip():
        raise BoardRefused(_("Say what should be different."), "text_missing", "text")
    return Remark.objects.create(
        minutes=minutes, text=text.strip()[:5000], term=of if isinstance(of, Term) else None,
        user=of if isinstance(of, User) else None, at=at or timezone.now(),
    )  # fmt: skip


@transaction.atomic
def approve(
    minutes: Minutes, *, version: int | None = None, by: User | None = None, at: datetime | None = None
) -> Minutes:
    """From now on nobody can change them; their digest continues that of the revision before.

    ``version`` is the one that was read: what somebody has changed since is not approved. Raises WrongState,
    MinutesChanged.
    """
    minutes = _locked(minutes)
    if minutes.state != State.CIRCULATED:
        raise WrongState(minutes)
    if version is not None and minutes.version != version:
        raise MinutesChanged
    before = minutes.meeting.minutes.filter(number=minutes.number - 1).values_list("digest", flat=True).first()
    minutes.digest = digest(before or "", minutes.meeting.uid, minutes.number, minutes.text)
    minutes.state, minutes.approved_at, minutes.approved_by = State.APPROVED, at or timezone.now(), by
    minutes.save()
    return minutes


@transaction.atomic
def publish(minutes: Minutes, *, by: User | None = None, at: datetime | None = None) -> Minutes:
    """Each member reads them. Raises WrongState."""
    return _sent_round(minutes, State.APPROVED, State.PUBLISHED, by, at or timezone.now())


@transaction.atomic
def correct(minutes: Minutes, *, reason: str, by: User | None = None, at: datetime | None = None) -> Minutes:
    """A new revision; the approved one stays as it is. Raises WrongState, BoardRefused (``reason_missing``)."""
    minutes = _locked(minutes)
    newest = minutes.meeting.minutes.order_by("-number")[0]
    if newest.state not in Minutes.FINAL:
        raise WrongState(newest)
    if not reason.strip():
        raise BoardRefused(_("Say what was wrong."), "reason_missing", "reason")
    return Minutes.objects.create(
        meeting=minutes.meeting, number=newest.number + 1, text=newest.text, reason=reason.strip()[:300], made_by=by,
        made_at=at or timezone.now(),
    )  # fmt: skip


def digest(before: str, uid: str, number: int, text: str) -> str:
    """By which anybody can tell that approved minutes are as they were."""
    return hashlib.sha256("\n".join([before, uid, str(number), text]).encode()).hexdigest()


def _sent_round(minutes: Minutes, before: State, after: State, by: User | None, at: datetime) -> Minutes:
    minutes = _locked(minutes)
    if minutes.state != before:
        raise WrongState(minutes)
    minutes.state = after
    setattr(minutes, f"{after}_at", at)
    minutes.save(update_fields=["state", f"{after}_at"])
    _tell(minutes, str(after), by, at)
    return minutes


def _locked(minutes: Minutes) -> Minutes:
    rows = Minutes.objects.select_for_update(of=["self"]).select_related("meeting__board")
    return rows.get(pk=minutes.pk)


def _tell(minutes: Minutes, what: str, by: User | None, at: datetime) -> None:
    meeting = minutes.meeting
    asked = meeting.invitees.filter(term__isnull=False, removed_at=None, term__state__in=["accepted", "active"])
    invitees = list(asked.select_related("term__customer", "term__board"))
    if what == "published":
        revision = {"minutes": minutes.number, "digest": minutes.digest}
        moves.note(Verb.BOARD_MINUTED, invitees, meeting, key=str(minutes.number), by=by, at=at, **revision)
    known = members.addresses(invitee.term for invitee in invitees if invitee.term)
    letters = []
    for invitee in invitees:
        if invitee.term is None or invitee.term_id not in known:
            continue
        customer = invitee.term.customer
        with translation.override(language(customer)):
            name = moves.event(meeting, at=at).summary
            asks = gettext("Please read them, and say what should be different: %(link)s")
            reads = gettext("You can read them here: %(link)s")
            text = (asks if what == "circulated" else reads) % {"link": moves.portal(invitee)}
            letters.append(
                Outgoing(
                    to=known[invitee.term_id],
                    subject=(gettext("Minutes: %(meeting)s") % {"meeting": name})[:250],
                    text=f"{name}\n\n{text}\n",
                    key=f"minutes:{minutes.pk}:{what}:{invitee.pk}",
                    customer=customer,
                    purpose="board_meeting",
                    headers={"Auto-Submitted": "auto-generated"},
                )
            )
    outbox.queue_many(letters, by=by, at=at)
