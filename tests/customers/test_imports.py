"""Files come in: whole orders, once, every row accounted for."""

import gzip
import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from customers.actions import purchases
from customers.actions.imports import runs, work
from customers.actions.imports.runs import TotalsDiffer, WrongState
from customers.files import mappings
from customers.files.mappings import MappingRefused
from customers.models import (
    BadRow,
    Customer,
    Fact,
    ImportRun,
    Line,
    Profile,
    Purchase,
    Return,
    ReturnLine,
    Source,
    Verb,
    WaitingRow,
)
from customers.orders import Order, OrderLine
from tests.factories.imports import DATA, brought_in, checked, mapping, run_of, written

pytestmark = pytest.mark.django_db


def end_state() -> dict[str, list[tuple[object, ...]]]:
    """All that an import leaves, without ids and clocks."""
    return {
        "customers": sorted(Customer.objects.values_list("number", "status")),
        "purchases": sorted(
            Purchase.objects.values_list(
                "source__code", "number", "customer__number", "at", "goods", "returned", "fingerprint"
            )
        ),
        "lines": sorted(
            Line.objects.values_list("purchase__number", "position", "product", "quantity", "amount", "returned")
        ),
        "returns": sorted(
            ReturnLine.objects.values_list("part_of__number", "line__purchase__number", "quantity", "amount")
        ),
        "facts": sorted(Fact.objects.values_list("customer__number", "verb", "key")),
        "profiles": sorted(Profile.objects.values_list("customer__number", "purchases", "gross", "returned")),
    }


def accounted_for(run: ImportRun) -> bool:
    totals = run.totals
    return totals["rows"] == run.total_rows == totals["accepted"] + sum(totals["refused"].values())


@pytest.mark.parametrize(
    ("file", "how", "totals"),
    [
        ("cdnow_master.txt", "cdnow_master", {"rows": 60, "orders": 60, "customers": 21, "amount": 270445}),
        ("cdnow_sample.txt", "cdnow_sample", {"rows": 60, "orders": 60, "customers": 17, "amount": 212532}),
        ("online_retail.csv", "online_retail", {"rows": 78, "orders": 7, "customers": 4, "amount": 197131}),
        ("complete_journey.csv", "complete_journey", {"rows": 52, "orders": 31, "customers": 30, "amount": 12363}),
    ],
)
def test_a_known_file_comes_to_its_totals_twice_with_the_same_end(file, how, totals):
    run = brought_in(DATA / file, how)
    once = end_state()
    again = brought_in(DATA / file, how, batch_rows=50)

    found = run.totals | {"amount": sum(run.totals["amounts"].values())}
    assert {name: found[name] for name in totals} == totals
    assert accounted_for(run)
    assert accounted_for(again)
    assert (again.totals["orders"], again.totals["known"]) == (0, totals["orders"])
    assert (again.totals["returns"], again.totals["customers"]) == (0, 0)
    assert again.totals["refused"] == run.totals["refused"]
    assert end_state() == once


def test_rows_of_the_online_retailer_stay_out_each_for_its_reason():
    run = brought_in(DATA / "online_retail.csv", "online_retail")

    assert run.totals["refused"] == {"customer_missing": 6, "price_zero": 1, "adjustment": 2, "unknown_customer": 9}
    assert not WaitingRow.objects.exists()
    row = BadRow.objects.get(run=run, code="price_zero")
    assert (row.customer, json.loads(row.cells)[1], row.line) == ("OR-12647", "22841", 33)


def test_goods_come_back_to_the_latest_earlier_purchase_with_enough_left(tmp_path):
    path = written(
        tmp_path,
        "C3,7,2026-03-05,tea,-3,2",  # stands in the file before what it returns
        "1,7,2026-03-01,tea,4,2",
        "2,7,2026-03-04,tea,2,2",
        "4,7,2026-03-06,tea,9,2",  # bought later: nothing of it came back on the 5th
        "5,8,2026-03-01,tea,9,2",  # somebody else's
        "C6,7,2026-03-07,pot,-1,9",
        "C7,8,2026-03-02,tea,-10,2",
    )

    run = brought_in(path, mapping(returns_start="C"), batch_rows=2)

    assert sorted(
        ReturnLine.objects.values_list("part_of__number", "line__purchase__number", "quantity", "amount")
    ) == [
        ("C3", "1", Decimal(1), 200),
        ("C3", "2", Decimal(2), 400),
    ]
    assert run.totals["refused"] == {"return_unmatched": 2}
    assert run.totals["returned"] == {"EUR": 600}
    assert Fact.objects.filter(verb=Verb.RETURNED).count() == Return.objects.count() == 2
    assert Profile.objects.get(customer__number="7").returned == 600


def test_of_two_returns_under_one_number_the_one_that_does_not_fit_stays_out_for_the_same_reason_twice(tmp_path):
    rows = ["A,1,2026-03-01,tea,5,1", "C1,1,2026-03-02,tea,-6,1", "C1,1,2026-03-02,tea,-5,1"]
    path = written(tmp_path, *rows)

    first, again = (brought_in(path, mapping(returns_start="C")) for _ in range(2))

    assert first.totals["refused"] == again.totals["refused"] == {"return_unmatched": 1}
    assert (first.totals["returns"], again.totals["returns"], again.totals["known_returns"]) == (1, 0, 1)


def test_a_return_recorded_before_with_another_quantity_stays_out(tmp_path):
    bought = "A,1,2026-03-01,tea,5,1"
    brought_in(written(tmp_path, bought, "C1,1,2026-03-02,tea,-2,1"), mapping(returns_start="C"))

    run = brought_in(written(tmp_path, bought, "C1,1,2026-03-02,tea,-3,1"), mapping(returns_start="C"))

    assert run.totals["refused"] == {"return_refused": 1}
    assert Line.objects.get().returned == 2


def test_an_order_whose_rows_are_scattered_comes_in_whole(tmp_path):
    rows = ["A,1,2026-03-01,tea,1,1", "B,2,2026-03-01,tea,1,2", "A,1,2026-03-01,pot,1,4"]
    rows += [f"X{n},3,2026-03-02,tea,1,1" for n in range(20)]
    path = written(tmp_path, *rows, "A,1,2026-03-01,cup,1,8")

    run = brought_in(path, mapping(), batch_rows=2)

    bought = Purchase.objects.get(number="A")
    assert (bought.goods, bought.lines.count()) == (1300, 3)
    assert run.totals["refused"] == {}
    assert accounted_for(run)


def test_an_order_with_a_bad_row_stays_out_whole_and_the_others_go_in(tmp_path):
    path = written(
        tmp_path,
        "A,1,2026-03-01,tea,1,1",
        "A,1,2026-03-01,pot,one,4",
        "B,2,2026-03-01,tea,1,2",
        "C,,2026-03-01,tea,1,2",
        "D,4,2026-02-30,tea,1,2",
        "E,5,2026-03-01,tea,1",
        "F,6,2026-03-01,tea,1,-2",
        ",7,2026-03-01,tea,1,2",
        "G,8,2026-03-01,tea,1,2",
        "G,9,2026-03-01,tea,1,2",
        "H,10,2026-03-01,tea,0,2",
    )

    run = brought_in(path, mapping())

    assert [purchase.number for purchase in Purchase.objects.all()] == ["B"]
    assert list(run.bad_rows.order_by("line").values_list("line", "code")) == [
        (2, "order_refused"),
        (3, "quantity_unreadable"),
        (5, "customer_missing"),
        (6, "date_unreadable"),
        (7, "columns_differ"),
        (8, "price_negative"),
        (9, "number_missing"),
        (10, "customer_differs"),
        (11, "customer_differs"),
        (12, "quantity_zero"),
    ]
    assert all(row.words != row.code for row in run.bad_rows.all())
    assert accounted_for(run)


def test_text_that_cannot_be_read_keeps_only_its_own_order_out(tmp_path):
    path = written(tmp_path, "A,1,2026-03-01,tea,1,1")
    path.write_bytes(
        path.read_bytes() + b"B,2,2026-03-01,caf\xe9,1,2\nC,3,2026-03-01,te\x00a,1,2\nD,4,2026-03-01,pot,1,2\n"
    )

    run = brought_in(path, mapping())

    there = Purchase.objects.values_list("number", "lines__product")
    assert sorted(there) == [("A", "tea"), ("C", "tea"), ("D", "pot")]
    assert run.totals["refused"] == {"text_unreadable": 1}


def test_what_cannot_be_kept_of_returns_numbers_and_customers_keeps_only_its_own_rows_out(tmp_path):
    path = written(tmp_path, "A,1,2026-03-01,tea,3,1", f"C1,1,2026-03-02,{'x' * 61},-1,1", "C2,1,2026-03-02,tea,-1,1")
    late = ["B\0,1,2026-03-01,tea,1,1", "D,1\0,2026-03-01,tea,1,1", f"C{'3' * 100},1,2026-03-02,tea,-1,1"]
    path.write_bytes(path.read_bytes() + "\n".join(late).encode() + b"\nC4,1,2026-03-02,caf\xe9,-1,1\nE\xe9,2,,,,\n")

    run = brought_in(path, mapping(returns_start="C"))

    assert (run.state, run.totals["orders"], run.totals["returns"]) == (ImportRun.State.DONE, 1, 1)
    assert run.totals["refused"] == {"text_too_long": 2, "text_unreadable": 4}
    assert all(row.words != row.code for row in run.bad_rows.all())


def test_an_order_recorded_before_with_another_content_stays_out(tmp_path):
    brought_in(written(tmp_path, "A,1,2026-03-01,tea,1,1"), mapping())

    run = brought_in(written(tmp_path, "A,1,2026-03-01,tea,2,1"), mapping())

    assert run.totals["refused"] == {"duplicate_number": 1}
    assert Purchase.objects.get().goods == 100


def test_what_came_through_the_api_and_stands_in_a_file_is_the_same_order(tmp_path):
    path = written(tmp_path, "A,1,2026-03-01T10:00:00+00:00,tea,2.00,1.5")
    brought_in(path, mapping())
    bought = Purchase.objects.get()
    line = OrderLine(quantity=Decimal(2), unit_price=Decimal(150), product="tea")
    at = datetime(2026, 3, 1, 10, tzinfo=UTC)
    outcome = purchases.record(Order("shop", "A", "1", at, "EUR", (line,)))

    assert (outcome.created, outcome.purchase) == (False, bought)


def test_unknown_customers_are_made_or_their_orders_stay_out(tmp_path):
    path = written(tmp_path, "A,1,2026-03-01,tea,1,1")

    refused = brought_in(path, mapping(create_customers=False))
    made = brought_in(path, mapping())

    assert refused.totals["refused"] == {"unknown_customer": 1}
    assert made.totals["customers"] == 1
    assert list(Customer.objects.get().timeline.order_by("id").values_list("verb", flat=True)) == ["added", "bought"]


def test_what_the_mapping_says_of_decimals_dates_and_separators_holds(tmp_path):
    path = written(tmp_path, "A;1;31.3.2026 14:30;tea;1,5;1.234,50", header="order;customer;date;product;qty;price")

    brought_in(path, mapping(separator=";", decimal=",", date="d/m/y", zone="Europe/Berlin"))

    bought = Purchase.objects.get()
    assert (bought.goods, bought.at.isoformat()) == (185175, "2026-03-31T12:30:00+00:00")


def test_dates_that_contradict_the_mapping_are_refused_before_anything_is_read(tmp_path):
    path = written(tmp_path, "A,1,03/04/2026,tea,1,1", "B,1,31/03/2026,tea,1,1")

    with pytest.raises(MappingRefused, match="Line 3 has the date 31/03/2026"):
        run_of(path, mapping(date="m/d/y"))

    assert run_of(path, mapping(date="d/m/y")).state == ImportRun.State.CONFIRMED


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"columns": {"number": "order"}}, "column_needed"),
        (
            {"columns": {"number": "no", "customer": "customer", "at": "date", "quantity": "qty", "amount": "price"}},
            "column_missing",
        ),
        ({"currency": ""}, "column_needed"),
        ({"date": "guess"}, "bad_choice"),
        ({"zone": "Europe/Nowhere"}, "bad_choice"),
        ({"encoding": "klingon"}, "bad_choice"),
        ({"decimal": ","}, "bad_choice"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused_with_its_reason(tmp_path, change, code):
    with pytest.raises(MappingRefused) as refusal:
        run_of(written(tmp_path, "A,1,2026-03-01,tea,1,1"), mapping(**change))

    assert refusal.value.code == code


def test_the_source_remembers_its_mapping(tmp_path):
    run_of(written(tmp_path, "A,1,2026-03-01,tea,1,1"), mapping(zone="Asia/Seoul"))

    assert mappings.from_json(Source.objects.get(code="shop").mapping) == mapping(zone="Asia/Seoul")


def test_a_dry_run_says_what_will_happen_and_leaves_nothing(tmp_path):
    run = checked(DATA / "online_retail.csv", "online_retail")

    assert (run.state, run.done_rows, run.totals) == (ImportRun.State.CHECKED, 0, {})
    assert not Purchase.objects.exists()
    assert not Customer.objects.exists()
    assert run.bad_rows.count() == 18
    done = work.carry_on(runs.start(run), batch_rows=9)
    assert done.totals == run.dry_totals
    assert done.bad_rows.count() == 18


def test_control_totals_must_agree_before_anything_is_written(tmp_path):
    path = written(tmp_path, "A,1,2026-03-01,tea,1,1", "B,2,2026-03-01,tea,1,2")
    unchecked = run_of(path, mapping(), expected={"amount": 300})
    with pytest.raises(TotalsDiffer):
        runs.start(unchecked)

    wrong = checked(path, mapping(), expected={"rows": 3, "amount": 300})
    with pytest.raises(TotalsDiffer, match="rows: 3 expected, 2 found"):
        runs.start(wrong)
    right = checked(path, mapping(), expected={"rows": 2, "orders": 2, "amount": 300})

    assert work.carry_on(runs.start(right)).state == ImportRun.State.DONE
    assert Purchase.objects.count() == 2


def test_a_paused_run_stops_after_its_batch_and_goes_on_where_it_stood():
    run = runs.start(run_of(DATA / "cdnow_master.txt", "cdnow_master"))

    stopped = work.carry_on(run, batch_rows=10, show=lambda now: runs.pause(now) if now.done_rows else None)
    assert (stopped.state, stopped.done_rows, Purchase.objects.count()) == (ImportRun.State.PAUSED, 10, 10)
    with pytest.raises(WrongState):
        runs.pause(stopped)
    done = work.carry_on(runs.start(stopped), batch_rows=25)

    assert (done.state, done.totals["orders"], Purchase.objects.count()) == (ImportRun.State.DONE, 60, 60)


def test_a_turn_ends_when_its_time_is_over_and_the_next_goes_on():
    run = runs.start(run_of(DATA / "cdnow_master.txt", "cdnow_master"))

    turns = 0
    while (run := work.carry_on(run, batch_rows=10, seconds=0)).under_way:
        turns += 1

    assert turns > 5
    assert (run.totals["orders"], Purchase.objects.count()) == (60, 60)


def test_a_run_that_another_worker_moved_is_left_to_it():
    run = runs.start(run_of(DATA / "cdnow_master.txt", "cdnow_master"))
    inner = []

    def interfere(now):
        if now.done_rows == 10 and not inner:
            inner.append(work.carry_on(run, batch_rows=30))

    work.carry_on(run, batch_rows=10, show=interfere)

    assert inner[0].state == ImportRun.State.DONE
    assert (Purchase.objects.count(), Fact.objects.filter(verb="bought").count()) == (60, 60)


def test_a_file_with_one_number_on_all_rows_is_not_read_as_one_order(tmp_path, monkeypatch):
    monkeypatch.setattr("customers.files.scan.MOST_ROWS", 3)
    path = written(tmp_path, *["A,1,2026-03-01,tea,1,1"] * 4)

    run = brought_in(path, mapping())

    assert (run.state, Purchase.objects.count()) == (ImportRun.State.FAILED, 0)
    assert "More than" in run.error


def test_a_file_that_breaks_off_fails_with_a_sentence(tmp_path):
    rows = [f"{n},{n % 97},2026-03-01,tea-{n * 7919 % 9973},1,{n % 89}" for n in range(9000)]
    whole = gzip.compress(written(tmp_path, *rows).read_bytes())
    path = tmp_path / "broken.gz"
    path.write_bytes(whole[:-100])

    run = brought_in(path, mapping())

    assert run.state == ImportRun.State.FAILED
    assert "damaged" in run.error


def test_products_of_the_complete_journey_are_named_from_their_own_file():
    brought_in(DATA / "complete_journey.csv", "complete_journey", products=DATA / "complete_journey_products.csv")

    line = Line.objects.get(product="940996")
    assert (line.name, line.category, line.brand, line.amount, line.discount) == (
        "HAM",
        "LUNCHMEAT",
        "Private",
        386,
        43,
    )


def test_rows_about_an_erased_person_lose_what_they_say(tmp_path):
    path = written(tmp_path, "A,77,2026-03-01,tea,1,zero", "B,78,2026-03-01,tea,1,zero")
    run = brought_in(path, mapping())

    assert runs.forget(["77"]) == {"rows": 1, "files": 0}

    rows = dict(run.bad_rows.values_list("line", "cells"))
    assert rows[2] == "[]"
    assert "78" in rows[3]
