"""Date polls: some times are offered, members hear of it and say which suit them, one is chosen."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advisory.actions import meetings, notices
from advisory.actions.changes import locked
from advisory.actions.refusals import BoardRefused, WrongState
from advisory.models import Meeting, Option, Preference, Term
from advisory.queries import access, members
from advisory.queries.meetings import told_as
from people.models import User

MOST = 20
Slot = tuple[datetime, datetime]


@transaction.atomic
def offer(
    meeting: Meeting, slots: Iterable[Slot], *, by: User | None = None, at: datetime | None = None
) -> list[Option]:
    """Offer these times and no others: what was said of those that stay, stays. Members hear of new ones by e-mail.

    Raises WrongState, BoardRefused (``no_times``, ``too_many_times``, ``ends_before_it_starts``,
    ``starts_in_the_past``).
    """
    at = at or timezone.now()
    meeting = locked(meeting)
    if meeting.state not in (Meeting.State.DRAFT, Meeting.State.POLLING):
        raise WrongState(meeting)
    wanted = set(slots)
    if not wanted:
        raise BoardRefused(_("Offer at least one time."), "no_times", "times")
    if len(wanted) > MOST:
        raise BoardRefused(_("So many times nobody reads: %(most)s at most."), "too_many_times", "times", most=MOST)
    there = {(option.starts_at, option.ends_at): option for option in meeting.options.all()}
    for slot, option in there.items():
        if slot not in wanted:
            option.delete()
    new = 0
    for starts_at, ends_at in sorted(wanted - set(there)):
        if ends_at <= starts_at:
            raise BoardRefused(_("It ends before it begins."), "ends_before_it_starts", "times")
        if starts_at < at:
            raise BoardRefused(_("That time is past."), "starts_in_the_past", "times")
        new = Option.objects.create(meeting=meeting, starts_at=starts_at, ends_at=ends_at, added_at=at).pk
    if meeting.state == Meeting.State.DRAFT:
        meeting.state = Meeting.State.POLLING
        meeting.save(update_fields=["state"])
    if new:
        _ask(meeting, new, by=by, at=at)
    return list(meeting.options.all())


def _ask(meeting: Meeting, newest: int, *, by: User | None, at: datetime) -> None:
    """Those who may know of the meeting are asked; what waits is held back once it is scheduled."""
    name = told_as(meeting)

    def words(link: str) -> tuple[str, str]:
        asked = gettext("Which dates suit you? %(meeting)s") % {"meeting": name}
        says = gettext("Several times are offered. Please say which of them suit you: %(link)s") % {"link": link}
        return asked, f"{name}\n\n{says}\n"

    terms = [term for term in members.holders(meeting.board) if access.has_access(term, meeting.level)]
    notices.tell(
        terms, words, key=f"meeting:{meeting.pk}:dates:{newest}", page="portal_meeting", about=(meeting.pk,), by=by,
        at=at,
    )  # fmt: skip


@transaction.atomic
def say(meeting: Meeting, term: Term, says: Mapping[int, int], *, at: datetime | None = None) -> list[Preference]:
    """What a member says of the offered times, by the id of the option; of others it stays as it was.

    Raises WrongState, BoardRefused (``time_unknown``, ``answer_unknown``).
    """
    at = at or timezone.now()
    meeting = Meeting.objects.select_for_update(no_key=True).get(pk=meeting.pk)
    if meeting.state != Meeting.State.POLLING:
        raise WrongState(meeting)
    options = {option.pk: option for option in meeting.options.all()}
    for pk, says_what in says.items():
        if pk not in options or term.board_id != meeting.board_id:
            raise BoardRefused(_("This time is not offered any more."), "time_unknown", "times")
        if says_what not in Preference.Says.values:
            raise BoardRefused(_("Say yes, if need be, or no."), "answer_unknown", "times")
        Preference.objects.update_or_create(option=options[pk], term=term, defaults={"says": says_what, "at": at})
    return list(Preference.objects.filter(option__in=options, term=term))


@transaction.atomic
def choose(option: Option, *, by: User | None = None, at: datetime | None = None, **where: str) -> Meeting:
    """Take one of the offered times; everybody is invited. Raises what ``meetings.schedule`` raises."""
    option = Option.objects.select_related("meeting").get(pk=option.pk)
    return meetings.schedule(option.meeting, starts_at=option.starts_at, ends_at=option.ends_at, by=by, at=at, **where)
