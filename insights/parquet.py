"""Parquet files by the standard library: columns of plain values, gzipped, a group of rows at a time. Pure.

The format: https://parquet.apache.org/docs/file-format/. A file is groups of rows, each a page for every column,
then what all of it is, in Thrift's compact protocol. Every column may be empty in places.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

MAGIC = b"PAR1"
EPOCH, EPOCH_AT = date(1970, 1, 1), datetime(1970, 1, 1, tzinfo=UTC)
BOOLEAN, INT32, INT64, DOUBLE, BYTE_ARRAY = 0, 1, 2, 5, 6  # physical types
UTF8, DECIMAL, DATE, TIMESTAMP_MICROS = 0, 5, 6, 10  # what they mean
OPTIONAL, PLAIN, RLE, GZIP, DATA_PAGE = 1, 0, 3, 2, 0
TRUE, I32, I64, TEXT, LIST, STRUCT = 1, 5, 6, 8, 9, 12  # types of Thrift's compact protocol


@dataclass(frozen=True)
class Kind:
    """How values of a column are written: a physical type, what it means, and the bytes of those that there are."""

    type: int
    encode: Callable[[Sequence[Any]], bytes]
    means: int | None = None
    scale: int | None = None
    in_utc: bool = False


@dataclass(frozen=True)
class Column:
    name: str
    kind: Kind


def _numbers(code: str) -> Callable[[Sequence[Any]], bytes]:
    return lambda values: struct.pack(f"<{len(values)}{code}", *values)


def _texts(values: Sequence[str]) -> bytes:
    coded = [value.encode() for value in values]
    return b"".join(struct.pack("<I", len(one)) + one for one in coded)


def _days(values: Sequence[date]) -> bytes:
    return struct.pack(f"<{len(values)}i", *((one - EPOCH).days for one in values))


def _instants(values: Sequence[datetime]) -> bytes:
    since = (one - EPOCH_AT for one in values)
    return struct.pack(
        f"<{len(values)}q", *((one.days * 86_400 + one.seconds) * 1_000_000 + one.microseconds for one in since)
    )


def bits(values: Sequence[Any]) -> bytes:
    """One bit for each, the first the lowest of the first byte.

    >>> bits([True, False, True, True, False, False, False, False, True])
    b'\\r\\x01'
    """
    text = "".join("1" if value else "0" for value in reversed(values))
    return int(text or "0", 2).to_bytes((len(values) + 7) // 8, "little")


BOOL = Kind(BOOLEAN, bits)
INT = Kind(INT32, _numbers("i"))
LONG = Kind(INT64, _numbers("q"))
FLOAT = Kind(DOUBLE, _numbers("d"))
STRING = Kind(BYTE_ARRAY, _texts, UTF8)
DAY = Kind(INT32, _days, DATE)
INSTANT = Kind(INT64, _instants, TIMESTAMP_MICROS, in_utc=True)


def exact(scale: int) -> Kind:
    """Decimals with so many digits after the point, up to 18 in all."""

    def encode(values: Sequence[Decimal]) -> bytes:
        return struct.pack(f"<{len(values)}q", *(int(one.scaleb(scale)) for one in values))

    return Kind(INT64, encode, DECIMAL, scale)


@dataclass
class Writer:
    """Writes rows to a binary file as they come; ``close`` ends it with what makes it readable."""

    file: BinaryIO
    columns: Sequence[Column]
    place: int = 0
    rows: int = 0
    groups: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._put(MAGIC)

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        """A group of rows, at best some ten thousand. Memory is held for one group only."""
        if not rows:
            return
        chunks, size = [], 0
        for column, values in zip(self.columns, zip(*rows, strict=True), strict=True):
            written, plain = self._chunk(column, values)
            chunks.append(written)
            size += plain
        self.groups.append(_struct([(1, _list(STRUCT, chunks)), (2, _i64(size)), (3, _i64(len(rows)))]))
        self.rows += len(rows)

    def close(self) -> None:
        root = _struct([(4, _text("rows")), (5, _i32(len(self.columns)))])
        schema = [root, *map(_element, self.columns)]
        footer = _struct([
            (1, _i32(1)), (2, _list(STRUCT, schema)), (3, _i64(self.rows)), (4, _list(STRUCT, self.groups)),
            (6, _text("Mainstay")),
        ])  # fmt: skip
        self._put(footer + struct.pack("<I", len(footer)) + MAGIC)

    def _chunk(self, column: Column, values: Sequence[Any]) -> tuple[bytes, int]:
        """One column of a group as one page. Returns its entry in the footer and its size before packing."""
        there = [value for value in values if value is not None]
        body = _which_there(values, len(there)) + column.kind.encode(there)
        packed = _gzip(body)
        page = _struct([(1, _i32(len(values))), (2, _i32(PLAIN)), (3, _i32(RLE)), (4, _i32(RLE))])
        header = _struct([(1, _i32(DATA_PAGE)), (2, _i32(len(body))), (3, _i32(len(packed))), (5, (STRUCT, page))])
        start, plain = self.place, len(header) + len(body)
        self._put(header + packed)
        about = _struct([
            (1, _i32(column.kind.type)), (2, _list(I32, [_zigzag(PLAIN), _zigzag(RLE)])),
            (3, _list(TEXT, [_text(column.name)[1]])), (4, _i32(GZIP)), (5, _i64(len(values))), (6, _i64(plain)),
            (7, _i64(len(header) + len(packed))), (9, _i64(start)),
        ])  # fmt: skip
        return _struct([(2, _i64(start)), (3, (STRUCT, about))]), plain

    def _put(self, data: bytes) -> None:
        self.file.write(data)
        self.place += len(data)


def _element(column: Column) -> bytes:
    kind = column.kind
    fields = [(1, _i32(kind.type)), (3, _i32(OPTIONAL)), (4, _text(column.name))]
    if kind.means is not None:
        fields.append((6, _i32(kind.means)))
    if kind.scale is not None:
        fields += [(7, _i32(kind.scale)), (8, _i32(18))]
    if kind.in_utc:
        micros = _struct([(2, (STRUCT, _struct([])))])
        instant = _struct([(1, (TRUE, b"")), (2, (STRUCT, micros))])
        fields.append((10, (STRUCT, _struct([(8, (STRUCT, instant))]))))
    return _struct(fields)


def _which_there(values: Sequence[Any], there: int) -> bytes:
    """A level for each value, 1 where there is one: a single run, or bits by eights."""
    if there in (0, len(values)):
        levels = _varint(len(values) << 1) + bytes([1 if there else 0])
    else:
        levels = _varint((len(values) + 7) // 8 << 1 | 1) + bits([value is not None for value in values])
    return struct.pack("<I", len(levels)) + levels


def _gzip(data: bytes) -> bytes:
    packer = zlib.compressobj(6, wbits=31)
    return packer.compress(data) + packer.flush()


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _zigzag(number: int) -> bytes:
    return _varint(number << 1 if number >= 0 else (-number << 1) - 1)


Typed = tuple[int, bytes]


def _i32(number: int) -> Typed:
    return I32, _zigzag(number)


def _i64(number: int) -> Typed:
    return I64, _zigzag(number)


def _text(text: str) -> Typed:
    data = text.encode()
    return TEXT, _varint(len(data)) + data


def _list(kind: int, items: Sequence[bytes]) -> Typed:
    head = bytes([len(items) << 4 | kind]) if len(items) < 15 else bytes([0xF0 | kind]) + _varint(len(items))
    return LIST, head + b"".join(items)


def _struct(fields: Iterable[tuple[int, Typed]]) -> bytes:
    out, last = bytearray(), 0
    for number, (kind, data) in fields:
        out.append((number - last) << 4 | kind)
        out += data
        last = number
    return bytes(out) + b"\0"
