"""What the first rows of a file say about how it is to be read: proposed to a person, who decides."""

from collections.abc import Iterable
from itertools import islice

from django.utils.translation import gettext as _

from customers.files.figures import LAYOUTS, moment_reader
from customers.files.mappings import DATES, Mapping
from customers.files.sheets import Row

LOOKED_AT = 1000  # rows


def contradiction(rows: Iterable[Row], header: list[str], mapping: Mapping) -> str | None:
    """A sentence where the first rows contradict the date format that the mapping states."""
    place = mapping.place_of("at", header)
    if place is None:
        return None
    read = moment_reader(mapping.date, mapping.zone)
    others = {layout: moment_reader(layout, mapping.zone) for layout in LAYOUTS if layout != mapping.date}
    for line, cells in islice(rows, LOOKED_AT):
        text = cells[place] if place < len(cells) else ""
        if read(text) is None and (right := [layout for layout, reader in others.items() if reader(text)]):
            return _("Line %(line)s has the date %(text)s: that is %(right)s, not %(stated)s.") % {
                "line": line,
                "text": text,
                "right": DATES[right[0]],
                "stated": DATES[mapping.date],
            }
    return None
