"""Rows of a CSV file of any size, plain or gzipped, one after the other."""

import csv
import gzip
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from io import BufferedReader, TextIOWrapper
from itertools import count, islice
from pathlib import Path
from typing import TextIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.files.mappings import WHITESPACE, Mapping
from customers.files.unzipped import Unzipped

Row = tuple[int, list[str]]  # the line that it begins on, and its cells
ALONE = "\x00"  # begins the key of a row that belongs to no order
AT_ONCE = 300  # rows that are taken apart together
BREAK = re.compile("\r\n|\r|\n")
HALVES = re.compile("[\ud800-\udfff]")  # what bytes become that the encoding does not know
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
        text: TextIO = TextIOWrapper(BufferedReader(Unzipped(path)), encoding, "surrogateescape", newline="")
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
    broken = True
    while broken:
        line, found, broken = reader.line_num + 1, list[list[str]](), False
        try:
            found.extend(islice(reader, AT_ONCE))
        except csv.Error:  # what was read before it has been kept
            broken = True
        if reader.line_num - line + 1 == len(found) and all(found):
            yield from zip(count(line), found)
        else:
            yield from _over_several_lines(line, found)
        if broken:
            yield line + sum(map(_lines_of, found)), [UNREADABLE]
        broken = broken or bool(found)


def _over_several_lines(line: int, found: list[list[str]]) -> Iterator[Row]:
    """Rows of which some are empty, or have cells with line breaks."""
    for cells in found:
        if cells:
            yield line, cells
        line += _lines_of(cells)


def _lines_of(cells: list[str]) -> int:
    return 1 + sum(len(BREAK.findall(cell)) for cell in cells if not cell.isprintable())


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


def legible(cells: Iterable[str]) -> list[str]:
    """The cells of a row, with a sign for every byte that is no character of the encoding that was said."""
    return [HALVES.sub("\N{REPLACEMENT CHARACTER}", cell) for cell in cells]
