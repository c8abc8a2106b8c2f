"""Reminders stand so long before the start, whenever that is."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from advisory.actions import moves
from advisory.models import Invitee, Meeting, Reminder
from advisory.queries import members
from advisory.queries.people import language
from communications.actions import outbox
from communications.actions.outbox import Outgoing

DAY = 24 * 60
USUAL = (7 * DAY, DAY)


@transaction.atomic
def set(meeting: Meeting, minutes_before: Iterable[int]) -> list[Reminder]:
    """Remind so many minutes before the start; others that were not sent yet are dropped."""
    wanted = {minutes for minutes in minutes_before if minutes > 0}
    meeting.reminders.filter(sent_at=None).exclude(minutes_before__in=wanted).delete()
    for minutes in sorted(wanted):
        Reminder.objects.get_or_create(meeting=meeting, minutes_before=minutes)
    return list(meeting.reminders.order_by("-minutes_before"))


def send_due(*, at: datetime | None = None) -> int:
    """Send what is due of meetings that have not begun; each once for a start. Returns how many reminders were."""
    at = at or timezone.now()
    coming = Reminder.objects.filter(meeting__state=Meeting.State.SCHEDULED, meeting__starts_at__gt=at)
    rows = coming.values_list("pk", "minutes_before", "sent_for", "meeting__starts_at")
    due = [
        pk for pk, minutes, sent_for, starts_at in rows
        if starts_at and sent_for != starts_at and starts_at - timedelta(minutes=minutes) <= at
    ]  # fmt: skip
    return sum(_send(pk, at) for pk in due)


@transaction.atomic
def _send(pk: int, at: datetime) -> bool:
    """One reminder, unless somebody else has just sent it. What was due before the invitation needs none."""
    rows = Reminder.objects.select_for_update(of=["self"], skip_locked=True).select_related("meeting__board")
    reminder = rows.filter(pk=pk).first()
    meeting = reminder.meeting if reminder else None
    if reminder is None or meeting is None or meeting.starts_at is None or reminder.sent_for == meeting.starts_at:
        return False
    told = meeting.moves.order_by("-sequence").values_list("at", flat=True).first()
    reminder.sent_for, reminder.sent_at = meeting.starts_at, at
    reminder.save(update_fields=["sent_for", "sent_at"])
    if told and told >= meeting.starts_at - timedelta(minutes=reminder.minutes_before):
        return False
    coming = meeting.invitees.filter(removed_at=None, term__isnull=False).exclude(answer=Invitee.Answer.DECLINED)
    invitees = list(coming.select_related("term__customer", "term__board"))
    known = members.addresses(invitee.term for invitee in invitees if invitee.term)
    letters = [_letter(meeting, one, known[one.term_id], reminder) for one in invitees if one.term_id in known]
    outbox.queue_many(letters, at=at)
    return True


def _letter(meeting: Meeting, invitee: Invitee, to: str, reminder: Reminder) -> Outgoing:
    assert invitee.term is not None
    assert meeting.starts_at is not None
    customer = invitee.term.customer
    with translation.override(language(customer)):
        made = moves.event(meeting, at=meeting.starts_at)
        time = members.local(meeting.starts_at, members.clock(invitee.term))
        lines = [
            made.summary, "", _("Time: %(time)s") % {"time": time},
            _("Place: %(place)s") % {"place": made.location} if made.location else "",
            "", _("Agenda and materials: %(link)s") % {"link": moves.portal(invitee)},
        ]  # fmt: skip
        return Outgoing(
            to=to, subject=(_("Soon: %(meeting)s") % {"meeting": made.summary})[:250], text="\n".join(lines),
            key=f"meeting-reminder:{reminder.pk}:{meeting.sequence}:{invitee.pk}", customer=customer,
            purpose="board_meeting", headers={"Auto-Submitted": "auto-generated"},
        )  # fmt: skip
