"""Files that are read again here from their bytes alone, by the format's description, and by DuckDB where it is."""

import doctest
import struct
import zlib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from insights import parquet
from insights.parquet import Column, Writer

COLUMNS = [
    Column("small", parquet.INT), Column("big", parquet.LONG), Column("share", parquet.FLOAT),
    Column("word", parquet.STRING), Column("day", parquet.DAY), Column("at", parquet.INSTANT),
    Column("yes", parquet.BOOL), Column("exact", parquet.exact(3)), Column("never", parquet.STRING),
    *(Column(f"more_{n}", parquet.LONG) for n in range(12)),  # a list of 15 or more is written another way
]  # fmt: skip


def row(n: int) -> list[Any]:
    at = datetime(1969, 12, 31, 23, tzinfo=UTC) + timedelta(seconds=n * 900_001, microseconds=n)
    full = [n - 5, -n * 10**15, n / 3, f"é한ภ{n}" * (n % 4), date(1969, 12, 1) + timedelta(n), at, n % 3 == 0]
    full += [Decimal(n) / 8, None, *([n] * 12)]
    return [None if (n + place) % 7 == 0 and n % 2 else value for place, value in enumerate(full)]


def written(*groups: list[list[Any]]) -> bytes:
    file = BytesIO()
    writer = Writer(file, COLUMNS)
    for group in groups:
        writer.write(group)
    writer.close()
    return file.getvalue()


class Thrift:
    """The compact protocol: structures as a dict by number of field."""

    def __init__(self, data: bytes, place: int = 0) -> None:
        self.data, self.place = data, place

    def byte(self) -> int:
        self.place += 1
        return self.data[self.place - 1]

    def varint(self) -> int:
        number = shift = 0
        while (byte := self.byte()) & 0x80:
            number |= (byte & 0x7F) << shift
            shift += 7
        return number | byte << shift

    def value(self, kind: int) -> Any:
        if kind in (1, 2):
            return kind == 1
        if kind in (5, 6):
            number = self.varint()
            return number >> 1 ^ -(number & 1)
        if kind == 8:
            size = self.varint()
            self.place += size
            return self.data[self.place - size : self.place].decode()
        if kind == 9:
            head = self.byte()
            size = head >> 4 if head >> 4 < 15 else self.varint()
            return [self.value(head & 15) for _ in range(size)]
        assert kind == 12
        return self.struct()

    def struct(self) -> dict[int, Any]:
        found, last = {}, 0
        while head := self.byte():
            last += head >> 4
            found[last] = self.value(head & 15)
        return found


def unpacked(data: bytes, count: int) -> list[bool]:
    return [bool(data[n // 8] >> n % 8 & 1) for n in range(count)]


def column_of(data: bytes, about: dict[int, Any], meaning: dict[int, Any]) -> list[Any]:
    """The values of one page, by its header."""
    thrift = Thrift(data, about[9])
    header = thrift.struct()
    body = zlib.decompress(data[thrift.place : thrift.place + header[3]], wbits=31)
    count = header[5][1]
    assert (about[4], header[1], header[5][2], len(body)) == (2, 0, 0, header[2])
    assert about[7] == thrift.place - about[9] + header[3]
    size = struct.unpack_from("<I", body)[0]
    levels = Thrift(body, 4)
    head = levels.varint()
    there = unpacked(body[levels.place :], count) if head & 1 else [bool(body[levels.place])] * (head >> 1)
    assert len(there) == count
    values = iter(plain(body[4 + size :], sum(there), meaning))
    return [next(values) if one else None for one in there]


def plain(data: bytes, count: int, meaning: dict[int, Any]) -> list[Any]:
    if meaning[1] == 0:
        return unpacked(data, count)
    if meaning[1] == 6:
        found, place = [], 0
        while place < len(data):
            size = struct.unpack_from("<I", data, place)[0]
            found.append(data[place + 4 : place + 4 + size].decode())
            place += 4 + size
        return found
    numbers = struct.unpack(f"<{count}{ {1: 'i', 2: 'q', 5: 'd'}[meaning[1]] }", data)
    means = meaning.get(6)
    if means == 6:
        return [date(1970, 1, 1) + timedelta(number) for number in numbers]
    if means == 10:
        assert meaning[10] == {8: {1: True, 2: {2: {}}}}  # instants, in microseconds
        return [datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=number) for number in numbers]
    return [Decimal(number).scaleb(-meaning[7]) for number in numbers] if means == 5 else list(numbers)


def read(data: bytes) -> tuple[list[str], list[list[Any]]]:
    assert data[:4] == data[-4:] == b"PAR1"
    size = struct.unpack("<I", data[-8:-4])[0]
    footer = Thrift(data, len(data) - 8 - size).struct()
    root, *schema = footer[2]
    assert root[5] == len(schema)
    rows: list[list[Any]] = []
    for group in footer[4]:
        columns = [column_of(data, one[3], means) for one, means in zip(group[1], schema, strict=True)]
        assert group[3] == len(columns[0])
        rows += map(list, zip(*columns, strict=True))
    assert footer[3] == len(rows)
    return [one[4] for one in schema], rows


def test_what_was_written_is_read_again():
    assert doctest.testmod(parquet).failed == 0
    rows = [row(n) for n in range(203)]
    names, found = read(written(rows[:100], rows[100:], []))
    assert names == [column.name for column in COLUMNS]
    assert found == rows
    assert read(written()) == (names, [])


@pytest.mark.skipif(find_spec("duckdb") is None, reason="pip install -e .[bench]")
def test_duckdb_reads_the_same(tmp_path: Path):
    import duckdb

    rows = [row(n) for n in range(203)]
    file = tmp_path / "rows.parquet"
    file.write_bytes(written(rows[:100], rows[100:]))
    asked = f"""SELECT * REPLACE (epoch_us("at") AS "at") FROM '{file}' """
    at = [one[5] and (one[5] - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) for one in rows]
    assert [list(one) for one in duckdb.sql(asked).fetchall()] == [
        [*one[:5], at, *one[6:]] for one, at in zip(rows, at, strict=True)
    ]
