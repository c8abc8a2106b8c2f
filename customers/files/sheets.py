"""Rows of a CSV file of any size, plain or gzipped, one after the other."""

import csv
import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.files.mappings import WHITESPACE, Mapping

Row = tuple[int, list[str]]  # the line that it begins on, and its cells
ALONE = "\x00"  # begins the key of a row that belongs to no order
UNREADABLE = "\x00unreadable"  # the only cell of a row that cannot be taken apart


class FileDamaged(ValidationError):
    """The file cannot be read to its end; ``code`` is ``damaged`` or ``missing``."""


@contextmanager
def opened(path: Path, encoding: str) -> Iterator[TextIO]:
    """The text of a file. Bytes that the encoding does not know become half characters, which no row may contain."""
    try:
        with path.open("rb") as raw:
            zipped = raw.read(2) == b"\x1f\x8b"
    except OSError as error:
        raise FileDamaged(_("The file cannot be opened: %s") % error.strerror, code="missing") from error
    if zipped:
        text = gzip.open(path, "rt", encoding=encoding, errors="surrogateescape", newline="")  # noqa: SIM115
    else:
        text = path.open(encoding=encoding, errors="surrogateescape", newline="")
    with text:
        try:
            yield text
        except (EOFError, zlib.error, gzip.BadGzipFile, UnicodeDecodeError) as error:
            raise FileDamaged(_("The file is damaged: %s") % error, code="damaged") from error


def rows(text: TextIO, mapping: Mapping) -> Iterator[Row]:
    """All rows but empty ones; the header comes first where there is one."""
    if mapping.separator == WHITESPACE:
        return ((number, cells) for number, line in enumerate(text, 1) if (cells := line.split()))
    return _separated(text, mapping.separator)


def _separated(text: TextIO, separator: str) -> Iterator[Row]:
    reader = csv.reader(text, delimiter=separator)
    line = 1
    while True:
        try:
            for cells in reader:
                if cells:
                    yield line, cells
                line = reader.line_num + 1
        except csv.Error:
            yield line, [UNREADABLE]
            line = reader.line_num + 1
        else:
            return


def without_header(text: TextIO, mapping: Mapping) -> tuple[list[str], Iterator[Row]]:
    """The names of the columns, or their numbers from 1 where the file has no header; and the rows."""
    found = rows(text, mapping)
    first = next(found, None)
    if first is None:
        return [], iter(())
    if mapping.header:
        return [name.strip().lstrip("\ufeff") for name in first[1]], found
    return [str(number) for number in range(1, len(first[1]) + 1)], _before(first, found)


def _before(first: Row, others: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from others


def pieces(path: Path, size: int) -> Iterator[bytes]:
    """The bytes of a file, unzipped. Raises FileDamaged."""
    try:
        with path.open("rb") as raw:
            zipped = raw.read(2) == b"\x1f\x8b"
        with gzip.open(path) if zipped else path.open("rb") as file:
            while piece := file.read(size):
                yield piece
    except (OSError, EOFError, zlib.error) as error:
        raise FileDamaged(_("The file is damaged: %s") % error, code="damaged") from error
