"""What was said in a case, in pages from the newest back, each with a fixed number of statements."""

import re
from dataclasses import dataclass

from django.db.models import BooleanField, ExpressionWrapper, Prefetch, Q, QuerySet, Subquery

from feedback.models import Attachment, Case, Entry

SHOWN = 30
HAS_HTML = ExpressionWrapper(~Q(html=""), output_field=BooleanField())
# Where a mail program begins to repeat what was said before.
QUOTED = re.compile(
    r"^(?:>|-{2,} ?(?:original message|forwarded message|ursprüngliche nachricht)|_{20,}$"
    r"|(?:on|am|le|el) .{5,200}(?:wrote|schrieb|a écrit|escribió) ?:$)",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True)
class Said:
    """An entry as it is shown: its own words, and what it only repeats."""

    entry: Entry
    own: str
    quoted: str
    files: list[Attachment]

    @property
    def channel(self) -> str:
        """In words, where it says more than that it is a note."""
        known = self.entry.channel in Case.Channel.values and self.entry.kind != Entry.Kind.NOTE
        return str(Case.Channel(self.entry.channel).label) if known else ""


@dataclass(frozen=True)
class Conversation:
    """``earlier`` is the entry before which more was said, ``newest`` the one that was written down last."""

    entries: list[Said]
    earlier: int | None
    newest: int


def said_in(case: Case, *, before: int | None = None, notes: bool, size: int = SHOWN) -> Conversation:
    """The newest messages, oldest of them first; ``before`` is an ``earlier`` of the page after."""
    entries = _readable(case, notes=notes).select_related("author", "outgoing")
    files = Attachment.objects.order_by("pk")
    entries = entries.prefetch_related(Prefetch("attachments", files)).defer("html")
    if before is not None and (border := Entry.objects.filter(case=case, pk=before).first()):
        entries = entries.filter(at__lte=border.at).exclude(at=border.at, pk__gte=border.pk)
    newest = Subquery(Entry.objects.filter(case=case).order_by("-pk").values("pk")[:1])
    found = list(entries.order_by("-at", "-pk").annotate(as_sent=HAS_HTML, newest=newest)[: size + 1])
    more = found[size - 1].pk if len(found) > size else None
    shown = [_as_shown(entry) for entry in reversed(found[:size])]
    return Conversation(shown, more, found[0].newest if found else 0)


def newer_than(case: Case, seen: int, *, notes: bool) -> int:
    """How many messages came in or were written after the one that is shown last."""
    return _readable(case, notes=notes).filter(pk__gt=seen)[:50].count()


def _readable(case: Case, *, notes: bool) -> QuerySet[Entry]:
    entries = Entry.objects.filter(case=case)
    return entries if notes else entries.exclude(kind=Entry.Kind.NOTE)


def _as_shown(entry: Entry) -> Said:
    own, quoted = split(entry.text)
    return Said(entry, own, quoted, list(entry.attachments.all()))


def split(text: str) -> tuple[str, str]:
    """A message's own words and what it repeats after them. One that only repeats is shown whole.

    >>> split("Thank you!" + chr(10) + chr(10) + "> It comes tomorrow.")
    ('Thank you!', '> It comes tomorrow.')
    """
    begins = QUOTED.search(text)
    if begins is None or not text[: begins.start()].strip():
        return text.strip(), ""
    return text[: begins.start()].strip(), text[begins.start() :].strip()
