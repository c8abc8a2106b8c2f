"""Find the case that an e-mail belongs to.

Who has an address that we signed, or answers a message that we sent to nobody else, is let in: neither can be
guessed. Everything else a stranger could know, so it counts only for those who the case is with.
"""

import re
from dataclasses import dataclass

from feedback.mail import Incoming, addresses
from feedback.models import Case, Entry
from feedback.queries.senders import is_party

NUMBER = re.compile(r"(?<![\w&])#([1-9][0-9]{0,17})\b")
MOST_ANCESTORS = 50


@dataclass(frozen=True)
class Place:
    """``case`` is where it belongs; ``mentioned`` is one that it names without belonging to it."""

    case: Case | None = None
    how: str = ""
    mentioned: Case | None = None


def place_of(read: Incoming) -> Place:
    signed = filter(None, map(addresses.case_of, read.recipients))
    for pk in signed:
        if case := Case.objects.filter(pk=pk).first():
            return Place(case, "address")
    return _by_ancestors(read) or _by_number(read) or Place()


def _by_ancestors(read: Incoming) -> Place | None:
    wanted = read.ancestors[:MOST_ANCESTORS]
    known = {
        str(entry.message_id): entry
        for entry in Entry.objects.filter(message_id__in=wanted).select_related("case", "outgoing")
    }
    mentioned = None
    for message_id in filter(known.__contains__, wanted):
        entry = known[message_id]
        if entry.kind == Entry.Kind.REPLY or _belongs(entry.case, read):
            return Place(entry.case, "thread")
        mentioned = mentioned or entry.case
    return Place(mentioned=mentioned) if mentioned else None


def _by_number(read: Incoming) -> Place | None:
    found = NUMBER.search(read.subject)
    case = Case.objects.filter(pk=int(found[1])).first() if found else None
    if case is None:
        return None
    return Place(case, "subject") if _belongs(case, read) else Place(mentioned=case)


def _belongs(case: Case, read: Incoming) -> bool:
    return read.believed and is_party(case, read.sender)
