"""What PostgreSQL refuses of customers, purchases, imports and readers, whoever asks."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from customers.actions import consents, facts, history, returns
from customers.models import (
    AccessLog,
    BadRow,
    Bookmark,
    Customer,
    Duplicate,
    Fact,
    ImportRun,
    Line,
    Purchase,
    Return,
    ReturnLine,
    SetAside,
)
from tests.factories import purchases
from tests.factories.customers import customer
from tests.factories.imports import brought_in, mapping, written
from tests.factories.purchases import AT
from tests.factories.rows import copy_row

pytestmark = pytest.mark.django_db
MUCH = 10**9

CASES = [
    (Purchase, {}, "order_number_is_unique_within_its_source"),
    (Purchase, {"shipping": -1}, "purchase_amounts_are_not_negative"),
    (Purchase, {"returned": MUCH}, "purchase_returns_no_more_than_its_goods"),
    (Purchase, {"gift_card": MUCH}, "purchase_is_paid_with_no_more_than_its_total"),
    (Purchase, {"currency": "eur"}, "purchase_currency_is_iso"),
    (Purchase, {"status": "cancelled"}, "cancelled_purchase_has_a_time"),
    (Line, {}, "line_position_is_unique_within_its_purchase"),
    (Line, {"quantity": 0, "returned": 0}, "line_sells_something"),
    (Line, {"returned": 99}, "line_returns_no_more_than_was_bought"),
    (Line, {"discount": -1}, "line_amounts_are_not_negative"),
    (Return, {}, "return_number_is_unique_within_its_purchase"),
    (Return, {"amount": -1}, "return_amount_is_not_negative"),
    (ReturnLine, {}, "line_is_returned_once_per_return"),
    (ReturnLine, {"quantity": 0}, "return_line_brings_something"),
    (Fact, {"position": None}, "fact_key_is_recorded_once"),
    (ImportRun, {"finished_at": None}, "finished_import_has_a_time"),
    (ImportRun, {"phase": "file"}, "done_import_has_come_to_its_end"),
    (BadRow, {}, "row_is_refused_once_per_import"),
    (Bookmark, {}, "bookmark_of_a_lane_stands_once"),
    (Bookmark, {"lane": 1}, "bookmark_lane_is_one_of_its_lanes"),
    (SetAside, {}, "fact_is_set_aside_once_per_reader"),
    (SetAside, {"digested_at": AT}, "set_aside_fact_is_in_one_state"),
    (SetAside, {"next_try_at": None, "dismissed_at": AT}, "dismissed_fact_names_who_dismissed_it"),
    (SetAside, {"next_try_at": None, "set_aside_at": AT, "tries": 0}, "set_aside_fact_has_an_error"),
    (Customer, {"number": "x", "status": "merged"}, "merged_customer_names_its_successor"),
    (Customer, {"number": "x", "status": "erased"}, "erased_customer_has_a_time_and_no_name"),
    (Customer, {"number": "x", "status": "erased", "erased_at": AT}, "erased_customer_has_a_time_and_no_name"),
    (Customer, {"number": "x", "birth_month": 2}, "birthday_has_month_and_day"),
    (Customer, {"number": "x", "country": "Germany"[:2]}, "customer_country_is_two_letters"),
    (Customer, {"number": "x", "latitude": 1}, "customer_place_has_both_coordinates"),
    (Customer, {"number": ""}, "customer_number_is_not_empty"),
    (Duplicate, {}, "pair_is_suggested_once"),
    (AccessLog, {"through": ""}, "access_names_somebody"),
]


@pytest.fixture
def happened(tmp_path) -> Customer:
    """Somebody with a row in every table, each as the product writes it."""
    ada, bob = customer(name="Ada"), customer(name="Bob")
    bought = purchases.purchase(ada, 1000)
    returns.record(bought, {1: 1}, at=AT + timedelta(days=1))
    facts.report(ada, "visited", at=AT, source="shop", key="v")
    consents.decide(ada, channel="email", purpose="offers", granted=True, source="web")
    history.note(ada, AccessLog.What.READ, by=None, through="shop")
    Duplicate.objects.create(first=ada, second=bob, reasons=["name"])
    brought_in(written(tmp_path, "A,1,2026-03-01,tea,x,1"), mapping())
    Bookmark.objects.create(reader="first")
    SetAside.objects.create(reader="first", fact=ada.timeline.first(), next_try_at=timezone.now())
    return ada


@pytest.mark.parametrize(("model", "changes", "name"), CASES, ids=[f"{case[2]}-{n}" for n, case in enumerate(CASES)])
def test_a_row_that_cannot_be_is_refused(happened, model, changes, name):
    row = Fact.objects.filter(key__isnull=False).first() if model is Fact else model.objects.order_by("pk").first()

    with pytest.raises(IntegrityError, match=name):
        copy_row(row, **changes)


def test_nobody_is_merged_into_themselves(happened):
    with pytest.raises(IntegrityError, match="customer_is_not_merged_into_itself"):
        Customer.objects.filter(pk=happened.pk).update(status="merged", merged_into=happened, merged_at=AT)
