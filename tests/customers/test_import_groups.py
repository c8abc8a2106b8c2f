"""Rows with the same key stay together, however many rows are looked at at once."""

import gzip

import pytest

from customers.files import groups, sheets
from customers.files.groups import lengths, pieces
from customers.files.unzipped import Unzipped

KEYS = ["a", "bb", "bb", "c", "ddddd", "ddddd", "ddddd", "ddddd", "ddddd", "a", "e", "e"]
ROWS = [(line, [key]) for line, key in enumerate(KEYS, 2)]
GROUPS = [("a", 1), ("bb", 2), ("c", 1), ("ddddd", 5), ("a", 1), ("e", 2)]


def keys_of(rows: list[sheets.Row]) -> list[str]:
    return [cells[0] for _line, cells in rows]


@pytest.mark.parametrize("most", [1, 2, 3, 4, 5, 12, 13, 100])
def test_no_piece_divides_a_group_and_each_has_no_more_rows_than_asked_beside_its_longest_group(most):
    found = list(pieces(iter(ROWS), keys_of, most))

    assert [row for piece in found for _key, rows in piece for row in rows] == ROWS
    assert [(key, len(rows)) for piece in found for key, rows in piece] == GROUPS
    for piece in found:
        assert sum(sorted(len(rows) for _key, rows in piece)[:-1]) <= most


@pytest.mark.parametrize("at_once", [1, 2, 3, 5, 100])
def test_groups_are_counted_over_the_edges_of_what_is_looked_at_together(monkeypatch, at_once):
    monkeypatch.setattr(groups, "AT_ONCE", at_once)

    assert list(lengths(ROWS, keys_of)) == GROUPS
    assert list(lengths([], keys_of)) == []
    assert list(pieces(iter([]), keys_of, 3)) == []


def test_a_zipped_file_is_unzipped_ahead_of_its_reader_to_the_last_byte(tmp_path, monkeypatch):
    monkeypatch.setattr("customers.files.unzipped.PIECE", 1000)
    text = b"".join(b"%d,tea\n" % n for n in range(5000))
    path = tmp_path / "x.gz"
    path.write_bytes(gzip.compress(text[:9000]) + gzip.compress(text[9000:]))

    with Unzipped(path) as file:
        first = file.read(17)
        assert first + file.read() == text
    with Unzipped(path) as file:  # who stops early leaves no thread behind
        assert file.read(3) == text[:3]
    path.write_bytes(path.read_bytes()[:-40])
    with Unzipped(path) as file, pytest.raises(EOFError):
        file.read()
