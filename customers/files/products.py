"""A file that says what the products of another file are."""

from pathlib import Path

from django.utils.translation import gettext as _

from customers.files.mappings import Mapping, MappingRefused
from customers.files.sheets import opened, without_header


def catalogue_of(path: Path, mapping: Mapping) -> dict[str, tuple[str, ...]]:
    """Name, category and brand by product code, from the columns that ``mapping.products`` names."""
    with opened(path, mapping.encoding) as text:
        header, rows = without_header(text, mapping)
        for column in mapping.products.values():
            if column not in header:
                raise MappingRefused(_("The products file has no column %s.") % column, code="column_missing")
        if not mapping.products.get("product"):
            raise MappingRefused(_("The mapping does not say how a products file is read."), code="column_needed")
        code = header.index(mapping.products["product"])
        places = [
            header.index(mapping.products[name]) if name in mapping.products else -1
            for name in ("name", "category", "brand")
        ]
        return {
            cells[code].strip(): tuple([*cells, ""][place].strip() for place in places)
            for _line, cells in rows
            if len(cells) == len(header)
        }
