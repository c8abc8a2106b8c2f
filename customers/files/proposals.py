"""What the first rows of a file say about how it is to be read: proposed to a person, who decides."""

import re
from collections.abc import Iterable
from itertools import islice

from django.utils.translation import gettext as _

from customers.files.figures import moment_reader
from customers.files.mappings import Mapping
from customers.files.sheets import Row

LOOKED_AT = 1000  # rows


def contradiction(rows: Iterable[Row], header: list[str], mapping: Mapping) -> str | None:
    """A sentence where the first rows contradict the date format that the mapping states."""
    place = mapping.place_of("at", header)
    if place is None:
        return None
    read = moment_reader(mapping.date, mapping.zone)
    for line, cells in islice(rows, LOOKED_AT):
        text = cells[place].strip() if place < len(cells) else ""
        if text and read(text) is None and _looks_like_a_date(text):
            return _("Line %(line)s has the date %(text)s, which is not written as %(layout)s.") % {
                "line": line,
                "text": text,
                "layout": mapping.date,
            }
    return None


def _looks_like_a_date(text: str) -> bool:
    return bool(re.match(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}|\d{8}", text))
