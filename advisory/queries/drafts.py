"""The minutes of a meeting as what was noted makes them: people, items, notes, votes, quotes, what is to be done."""

import re
from collections.abc import Iterable, Iterator

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from advisory.confidentiality import Level
from advisory.models import ActionItem, Ballot, Item, Meeting, Presence
from advisory.queries.results import in_words

HEADING_IN_A_NOTE = re.compile("^##? ", re.MULTILINE)  # it would begin a part that everybody may read
HEADING = re.compile("##? ")
MARKED = re.compile(r" ?\{([0-3])\}\s*$")


def draft_of(meeting: Meeting) -> str:
    """The text, with a line that begins with ## for each part."""
    parts = (_head, _people, _items, _votes, _actions)
    return "\n".join(line for part in parts for line in part(meeting)).strip() + "\n"


def marks(level: int) -> str:
    """What the heading of a part ends in that goes no further than a level."""
    return f" {{{level}}}" if level > Level.BOARD else ""


def readable(text: str, reader: int) -> str:
    """Minutes as somebody may read them: parts above their level are left out, headings and all.

    >>> readable("# A\\n## 1. Prices\\nHigh\\n## 2. Factory {2}\\nSecret\\n## 3. End\\nBye", 1)
    '# A\\n## 1. Prices\\nHigh\\n## 3. End\\nBye'
    """
    kept, level = [], 0
    for line in text.splitlines():
        if HEADING.match(line):
            found = MARKED.search(line)
            level = int(found[1]) if found else 0
        if level <= reader:
            kept.append(MARKED.sub("", line) if HEADING.match(line) else line)
    return "\n".join(kept)


def _head(meeting: Meeting) -> Iterator[str]:
    yield f"# {meeting.board.name}: {meeting.title}"
    if meeting.started_at and meeting.closed_at:
        begins, ends = meeting.started_at.astimezone(meeting.clock), meeting.closed_at.astimezone(meeting.clock)
        yield f"{date_format(begins, 'DATE_FORMAT')}, {begins:%H:%M}-{ends:%H:%M} ({meeting.zone})"
    yield ", ".join(filter(None, [meeting.get_mode_display(), meeting.place]))
    yield ""


def _people(meeting: Meeting) -> Iterator[str]:
    there = set(Presence.objects.filter(invitee__meeting=meeting).values_list("invitee", flat=True))
    invitees = list(meeting.invitees.select_related("term__customer", "user").filter(removed_at=None).order_by("pk"))
    came = [one.who for one in invitees if one.term_id and one.pk in there]
    missing = [one.who for one in invitees if one.term_id and one.pk not in there]
    staff = [one.who for one in invitees if one.user_id and one.pk in there]
    yield "## " + _("Who was there")
    yield _("Members: %(names)s") % {"names": ", ".join(came) or "-"}
    yield _("Excused or absent: %(names)s") % {"names": ", ".join(missing) or "-"}
    if staff:
        yield _("For the company: %(names)s") % {"names": ", ".join(staff)}
    yield ""


def _items(meeting: Meeting) -> Iterator[str]:
    items = meeting.items.exclude(purpose=Item.Purpose.BREAK).select_related("note")
    for number, item in enumerate(items.prefetch_related("quotes__invitee__term__customer", "ballots"), start=1):
        yield f"## {number}. {item.title}{marks(item.level)}"
        note = getattr(item, "note", None)
        if note and note.text.strip():
            yield HEADING_IN_A_NOTE.sub(r" \g<0>", note.text.strip())
        for quote in item.quotes.all():
            who = quote.invitee.who if quote.by_name and quote.invitee else _("a member")
            yield f"> {quote.text} ({who})"
        yield from _counted(item.ballots.all())
        yield ""


def _votes(meeting: Meeting) -> Iterator[str]:
    """Votes on nothing that stands in the minutes by itself: put in a break, or without an agenda."""
    rows = list(meeting.ballots.filter(Q(item=None) | Q(item__purpose=Item.Purpose.BREAK)).select_related("item"))
    by_level: dict[int, list[Ballot]] = {}
    for ballot in sorted(rows, key=lambda one: one.pk):
        by_level.setdefault(ballot.item.level if ballot.item else Level.BOARD, []).append(ballot)
    for level, ballots in sorted(by_level.items()):
        if said := list(_counted(ballots)):
            yield from ("## " + _("Votes") + marks(level), *said, "")


def _counted(ballots: Iterable[Ballot]) -> Iterator[str]:
    for ballot in ballots:
        if ballot.is_counted:
            yield _("Vote: %(question)s") % {"question": ballot.question}
            yield in_words(ballot)


def _actions(meeting: Meeting) -> Iterator[str]:
    """What was promised on an item goes no further than the item."""
    rows = ActionItem.objects.filter(meeting=meeting).select_related("owner", "owner_term__customer", "item")
    by_level: dict[int, list[ActionItem]] = {}
    for action in rows.order_by("pk"):
        by_level.setdefault(action.item.level if action.item else Level.BOARD, []).append(action)
    for level, actions in sorted(by_level.items()):
        yield "## " + _("What is to be done") + marks(level)
        for action in actions:
            who = action.owner_term.who if action.owner_term else str(action.owner or "-")
            due = f", {action.due_on:%Y-%m-%d}" if action.due_on else ""
            yield f"- {action.text} ({who}{due})"
