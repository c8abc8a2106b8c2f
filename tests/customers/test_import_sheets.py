"""Rows are numbered by the line they begin on, however many lines they have and however many are read at once."""

import gzip
import io
import json

import pytest

from customers.actions.imports.batches import all_as_json
from customers.files import sheets
from customers.files.mappings import WHITESPACE
from customers.files.orders import OrderReader
from customers.files.proposals import propose
from customers.files.sheets import UNREADABLE
from customers.orders import Order
from tests.factories.imports import mapping

PLAIN = [f"{n},a" for n in range(7)]


def numbered(text: str) -> list[tuple[int, list[str]]]:
    return list(sheets.rows(io.StringIO(text, newline=""), mapping()))


@pytest.mark.parametrize("at_once", [1, 2, 3, 1000])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_rows_over_several_lines_and_empty_lines_keep_the_count(monkeypatch, at_once, end):
    monkeypatch.setattr(sheets, "AT_ONCE", at_once)
    text = end.join(["a,b", "", f'"one{end}two{end}",c', "d,e", '"x\u0085y",f', f'"{end}",g', "h,i"])

    assert numbered(text) == [
        (1, ["a", "b"]),
        (3, [f"one{end}two{end}", "c"]),
        (6, ["d", "e"]),
        (7, ["x\u0085y", "f"]),
        (8, [end, "g"]),
        (10, ["h", "i"]),
    ]


@pytest.mark.parametrize("at_once", [1, 2, 1000])
def test_a_row_that_cannot_be_taken_apart_keeps_its_line_and_the_others_go_on(monkeypatch, at_once):
    monkeypatch.setattr(sheets, "AT_ONCE", at_once)
    too_long = "x" * 140_000
    text = "\n".join(["a,b", '"c\nd",e', f"{too_long},f", "g,h", "i,j"])

    assert numbered(text) == [(1, ["a", "b"]), (2, ["c\nd", "e"]), (4, [UNREADABLE]), (5, ["g", "h"]), (6, ["i", "j"])]


def test_a_zipped_file_is_read_as_a_plain_one(tmp_path):
    path = tmp_path / "x.csv.gz"
    path.write_bytes(gzip.compress("\n".join(PLAIN).encode()))

    with sheets.opened(path, "utf-8") as text:
        assert [row[0] for row in sheets.rows(text, mapping())] == list(range(1, 8))


@pytest.mark.parametrize("cells", [["a", "b"], ['say "no"', "x"], ["back\\slash"], ["two\nlines", "김"], ["", ""]])
def test_cells_are_kept_as_json(cells):
    rows = [["1", "tea"], cells, ["2"]]

    assert all_as_json(rows) == [json.dumps(row) for row in rows]


def test_an_order_of_a_file_is_the_order_that_anybody_else_would_send():
    header = ["order", "customer", "date", "product", "qty", "price"]
    rows = [
        (2, ["A", "1", "2026-03-01", "tea\tgreen", "2", "1.5"]),
        (3, ["A", "1", "2026-03-01", "pot", "1.250", "4"]),
    ]
    [basket] = OrderReader(mapping(), header, "shop").baskets([("A", rows)])
    read = basket.order
    sent = Order(read.source, read.number, read.customer, read.at, read.currency, read.lines)

    for said in ("fingerprint", "goods", "tax", "total", "copied", "sound"):
        assert getattr(read, said) == getattr(sent, said)
    assert (read.goods, len(read.lines)) == (800, 2)


@pytest.mark.parametrize(
    ("separator", "lines"),
    [
        (";", ["Order;Name;Price", 'B-1;"Cup; blue";4,00', "B-2;Tea;12,50", "B-3;Tea", "B-4;Tea, green;1,00"]),
        (",", ["order,name,price", 'B-1,"Cup, blue",4.00', "B-2,Tea; green,12.50", "B-3,Tea"]),
        ("\t", ["order\tname", "B-1\tCup, blue; new", "B-2\tTea, green; old"]),
        ("|", ["order|name|price", "B-1|Cup|4,00", "B-2|Tea|1,00"]),
        (WHITESPACE, ["00001 19970101  1  11.77", "00002 19970112  5  77.00"]),
        (",", ["order", "B-1"]),
    ],
)
def test_the_sign_between_columns_is_told_though_cells_have_it_and_rows_lack_some(tmp_path, separator, lines):
    path = tmp_path / "x.csv"
    path.write_text("\n".join([*lines, ""]))

    assert propose(path).mapping.separator == separator
