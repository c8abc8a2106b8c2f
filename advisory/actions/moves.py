"""What calendars are told of a meeting: one file for each recipient, which names nobody else."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from advisory.confidentiality import Level
from advisory.models import Invitee, Meeting, Move
from advisory.queries import access, members
from advisory.queries.meetings import told_as
from advisory.queries.people import language
from calendars import icalendar
from communications import envelopes
from communications.actions import outbox
from communications.actions.outbox import Outgoing
from communications.attachments import Attachment
from communications.models import Message
from customers.actions import timeline
from customers.models import Customer, Fact, Verb
from people.models import User

REQUEST, CANCEL = Move.Method.REQUEST, Move.Method.CANCEL


def event(meeting: Meeting, *, at: datetime) -> icalendar.Event:
    """A meeting as calendars show it. What is confidential stays out of them: nobody knows who reads along."""
    assert meeting.starts_at is not None
    assert meeting.ends_at is not None
    plain = meeting.level <= Level.BOARD
    return icalendar.Event(
        uid=meeting.uid,
        sequence=meeting.sequence,
        summary=told_as(meeting),
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        zone=meeting.zone,
        stamped_at=at,
        location=location(meeting),
        description=meeting.purpose if plain else "",
    )


def location(meeting: Meeting) -> str:
    return ", ".join(filter(None, [meeting.place, meeting.video_url]))


def differs(before: icalendar.Event, meeting: Meeting) -> bool:
    """Whether a meeting has another time or place than calendars were told."""
    return icalendar.moved(before, event(meeting, at=before.stamped_at))


def announce(meeting: Meeting, method: str, *, by: User | None, at: datetime) -> Move:
    """Tell everybody who is asked to a meeting of its newest revision. What was not sent yet of older ones is not."""
    assert meeting.starts_at is not None
    assert meeting.ends_at is not None
    _hold_back(meeting, at)
    told = Move.objects.create(
        meeting=meeting, sequence=meeting.sequence, method=method, starts_at=meeting.starts_at,
        ends_at=meeting.ends_at, place=location(meeting)[:500], at=at, by=by,
    )  # fmt: skip
    tell(meeting, _asked(meeting), method, by=by, at=at)
    return told


def tell(meeting: Meeting, invitees: list[Invitee], method: str, *, by: User | None, at: datetime) -> list[Message]:
    """The current revision for these people, each once."""
    known = members.addresses(invitee.term for invitee in invitees if invitee.term)
    letters = []
    for invitee in invitees:
        to = known.get(invitee.term_id) if invitee.term_id else invitee.user.email if invitee.user else ""
        if to:
            letters.append(_letter(meeting, invitee, to, method, at))
    verb = Verb.BOARD_CANCELLED if method == CANCEL else Verb.BOARD_INVITED
    about = {"sequence": meeting.sequence, "starts_at": meeting.starts_at}
    note(verb, invitees, meeting, key=f"{meeting.sequence}:{method}", by=by, at=at, **about)
    return outbox.queue_many(letters, by=by, at=at)


def note(
    verb: Verb, invitees: list[Invitee], meeting: Meeting, *, key: str, by: User | None, at: datetime, **about: Any
) -> None:
    """A fact for each member of these, once; staff have no timeline. With ids and times, never words.

    Other systems hear of facts: of a confidential meeting there is none.
    """
    if meeting.level > Level.BOARD:
        return
    said = {"board": meeting.board.code, "meeting": meeting.pk} | about
    timeline.record_many(
        Fact(
            customer=invitee.term.customer, verb=verb, by=by, at=at, about=said,
            key=f"{verb}:{meeting.pk}:{invitee.pk}:{key}",
        )
        for invitee in invitees
        if invitee.term and invitee.term.customer.status == Customer.Status.ACTIVE
    )  # fmt: skip


def _asked(meeting: Meeting) -> list[Invitee]:
    rows = meeting.invitees.filter(removed_at=None).select_related("term__customer", "term__board", "user")
    return list(rows.order_by("pk"))


def _hold_back(meeting: Meeting, at: datetime) -> None:
    waiting = Message.objects.filter(key__startswith=f"meeting:{meeting.pk}:", state=Message.State.QUEUED)
    for message in waiting:
        outbox.cancel(message, reason="overtaken", at=at)


def _letter(meeting: Meeting, invitee: Invitee, to: str, method: str, at: datetime) -> Outgoing:
    customer = invitee.term.customer if invitee.term else None
    with translation.override(language(customer) if customer else settings.LANGUAGE_CODE):
        made = event(meeting, at=at)
        subject, text = _words(meeting, invitee, made, method)
        return Outgoing(
            to=to, subject=subject[:250], text=text, customer=customer, purpose="board_meeting",
            key=f"meeting:{meeting.pk}:{invitee.pk}:{meeting.sequence}:{method}", due_at=at,
            headers={"Auto-Submitted": "auto-generated"},
            attachments=[_file(invitee, to, made, method)],
        )  # fmt: skip


def _file(invitee: Invitee, to: str, made: icalendar.Event, method: str) -> Attachment:
    organizer = icalendar.Person(*envelopes.person(settings.DEFAULT_FROM_EMAIL))
    attendee = icalendar.Person(invitee.who, to)
    if method == CANCEL:
        content = icalendar.cancellation(made, organizer=organizer, attendee=attendee)
    else:
        content = icalendar.invitation(made, organizer=organizer, attendee=attendee, answer=invitee.answer)
    return Attachment("", "invite.ics", f"text/calendar; method={method}", text=content.decode())


def _words(meeting: Meeting, invitee: Invitee, made: icalendar.Event, method: str) -> tuple[str, str]:
    clock = members.clock(invitee.term) if invitee.term else meeting.clock
    lines = [
        _("Time: %(time)s") % {"time": f"{members.local(made.starts_at, clock)}"},
        _("Place: %(place)s") % {"place": made.location} if made.location else "",
    ]
    if method == CANCEL:
        subject = _("Cancelled: %(meeting)s") % {"meeting": made.summary}
        off = _("The meeting does not take place. Reason: %(reason)s") % {"reason": meeting.cancel_reason}
        cancelled = meeting.state == Meeting.State.CANCELLED
        lines += ["", off if cancelled else _("You are not invited to this meeting any more.")]
    else:
        first = meeting.sequence == 0
        subject = (_("Invitation: %(meeting)s") if first else _("Moved: %(meeting)s")) % {"meeting": made.summary}
        if not first:
            lines += ["", _("The time or the place has changed. Please say again whether you come.")]
        if made.description:
            lines += ["", made.description]
        if invitee.term:
            lines += ["", _("Say whether you come, and see the agenda: %(link)s") % {"link": portal(invitee)}]
    return subject, "\n".join([made.summary, "", *lines]).strip() + "\n"


def portal(invitee: Invitee) -> str:
    """The address of a member's own page of the meeting."""
    assert invitee.term is not None
    return f"{settings.PUBLIC_URL}/board/{access.link(invitee.term, 'portal')}/meetings/{invitee.meeting_id}/"
