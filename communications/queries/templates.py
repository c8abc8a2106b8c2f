"""Templates as people look for them, and what changed from version to version."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from communications.models import Template, TemplateVersion
from communications.templating.checking import PARTS


@dataclass(frozen=True)
class Change:
    """Of one language and part, the lines: each with ``same``, ``gone`` or ``new``."""

    language: str
    part: str
    lines: list[tuple[str, str]]


def listed(*, channel: str = "", archived: bool | None = False) -> QuerySet[Template, Any]:
    """With the number, the languages and the time of the latest version of each; of archived ones or not, or both."""
    newest = TemplateVersion.objects.filter(template=OuterRef("pk")).order_by("-number")
    found = Template.objects.annotate(
        version=Subquery(newest.values("number")[:1]),
        written_at=Subquery(newest.values("at")[:1]),
        texts=Subquery(newest.values("texts")[:1]),
    )
    if archived is not None:
        found = found.filter(archived_at__isnull=not archived)
    return found.filter(channel=channel) if channel else found


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """What one version says otherwise than another. Pure.

    >>> [one.lines for one in changes({"en": {"text": "A\\nB"}}, {"en": {"text": "A\\nC"}})]
    [[('same', 'A'), ('gone', 'B'), ('new', 'C')]]
    """
    found = []
    for language in sorted({*before, *after}):
        for part in PARTS:
            old, new = (texts.get(language, {}).get(part, "") for texts in (before, after))
            if old != new:
                found.append(Change(language, part, _lines(old.splitlines(), new.splitlines())))
    return found


def _lines(old: list[str], new: list[str]) -> list[tuple[str, str]]:
    lines: list[tuple[str, str]] = []
    for how, a, b, c, d in SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes():
        if how == "equal":
            lines += [("same", line) for line in old[a:b]]
        else:
            lines += [("gone", line) for line in old[a:b]] + [("new", line) for line in new[c:d]]
    return lines
