"""What a file's own words mean, as people write it: one to a line, ``state: Awaiting User Info = customer``."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from customers.files.mappings import MappingRefused


def written(values: Mapping[str, Mapping[str, str]]) -> str:
    """
    >>> written({"state": {"Done": "closed", "-100": ""}})
    'state: Done = closed\\nstate: -100 ='
    """
    lines = [f"{name}: {word} = {ours}".rstrip() for name, words in values.items() for word, ours in words.items()]
    return "\n".join(lines)


def read(text: str) -> dict[str, dict[str, str]]:
    """Raises MappingRefused for a line that is not like the others.

    >>> read("state: Done = closed")
    {'state': {'Done': 'closed'}}
    """
    found: dict[str, dict[str, str]] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, colon, rest = line.partition(":")
        word, sign, ours = rest.rpartition("=")
        if not (colon and sign and word.strip()):
            raise MappingRefused(_("“%s” is not written as column: word = ours.") % line[:80], code="bad_choice")
        found.setdefault(name.strip(), {})[word.strip()] = ours.strip()
    return found
