"""What calendars reply is taken: each reply once; a stranger's, or one to an older version, changes nothing."""

import hashlib
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from advisory.actions import attendees
from advisory.actions.refusals import BoardRefused
from advisory.models import Invitee, Meeting, Reply
from calendars import icalendar
from calendars.icalendar import Answer
from customers.models import EmailAddress
from feedback.models import Attachment

Outcome, Answers = Reply.Outcome, Invitee.Answer
READ_BACK = timedelta(days=1)


def take(document: bytes | str, *, sender: str = "", at: datetime | None = None) -> list[Reply]:
    """Take what a calendar sent; ``sender`` is the address that the mail came from, where it came by mail.

    Raises BoardRefused (``no_calendar``, ``no_reply``, ``too_large`` and the others of ``icalendar.Unreadable``).
    """
    at = at or timezone.now()
    try:
        answers = icalendar.answered(document)
    except icalendar.Unreadable as flaw:
        raise BoardRefused(_("This is no reply to an invitation."), flaw.why, "document") from None
    return [_take(one, sender.strip().lower(), at) for one in answers]


def read_mail(*, at: datetime | None = None) -> int:
    """Take the calendar files that came with e-mail of the last day; returns how many replies there were.

    Read again they are the same ones. What is no reply, or is gone, is left alone.
    """
    at = at or timezone.now()
    rows = Attachment.objects.filter(kept_at__gt=at - READ_BACK, name__iendswith=".ics", size__lte=icalendar.LARGEST)
    taken = 0
    for file in rows.exclude(path="").select_related("entry").order_by("pk"):
        try:
            content = (Path(settings.MEDIA_ROOT) / file.path).read_bytes()
            taken += len(take(content, sender=file.entry.sender_address, at=at))
        except (BoardRefused, OSError):
            continue
    return taken


def _take(said: Answer, sender: str, at: datetime) -> Reply:
    parts = (said.uid, said.sequence, said.address, said.answer, said.stamped_at, said.comment, sender)
    fingerprint = hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()
    known = Reply.objects.filter(fingerprint=fingerprint).first()
    if known:
        return known
    try:
        with transaction.atomic():
            return _noted(said, sender, at, fingerprint)
    except IntegrityError:  # somebody else has just taken the same one
        return Reply.objects.get(fingerprint=fingerprint)


def _noted(said: Answer, sender: str, at: datetime, fingerprint: str) -> Reply:
    meeting = Meeting.objects.select_for_update(no_key=True).filter(uid=said.uid).first()
    invitee = _invitee(meeting, said.address, sender) if meeting else None
    reply = Reply(
        fingerprint=fingerprint, uid=said.uid, sequence=max(min(said.sequence, 2**31 - 1), 0), address=said.address,
        answer=said.answer, comment=said.comment, stamped_at=said.stamped_at, meeting=meeting, invitee=invitee,
        received_at=at, outcome=_outcome(said, meeting, invitee),
    )  # fmt: skip
    reply.save()
    if reply.outcome == Outcome.TAKEN and invitee is not None:
        attendees.answer(
            invitee, said.answer, way=Invitee.Way.CALENDAR, comment=said.comment, at=min(said.stamped_at or at, at)
        )
    return reply


def _outcome(said: Answer, meeting: Meeting | None, invitee: Invitee | None) -> str:
    if meeting is None:
        return Outcome.UNKNOWN
    if invitee is None:
        return Outcome.STRANGER
    if meeting.state not in (Meeting.State.SCHEDULED, Meeting.State.IN_PROGRESS) or invitee.removed_at:
        return Outcome.OVER
    if said.sequence < meeting.sequence:
        return Outcome.OLDER
    before = invitee.answered_at
    late = before is not None and said.stamped_at is not None and said.stamped_at < before
    return Outcome.OVERTAKEN if late or said.answer == Answers.NEEDS_ACTION else Outcome.TAKEN


def _invitee(meeting: Meeting, address: str, sender: str) -> Invitee | None:
    """Whose calendar it is. Who writes from another address than the one that answers is a stranger."""
    wanted = {address, sender} - {""}
    members = EmailAddress.objects.filter(address=address).values("customer")
    found = list(meeting.invitees.filter(term__customer__in=members).select_related("term"))
    found += list(meeting.invitees.filter(user__email__iexact=address).select_related("user"))
    if len(found) != 1:
        return None
    [invitee] = found
    if invitee.term:
        theirs = set(invitee.term.customer.email_addresses.values_list("address", flat=True))
    else:
        theirs = {invitee.user.email.lower()} if invitee.user else set()
    return invitee if wanted <= theirs else None
