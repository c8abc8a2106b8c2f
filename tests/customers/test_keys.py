"""Rows that come by the thousand name parents that exist: checked once per statement, as strictly as a foreign key."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.db.models import ProtectedError

from customers.actions import purchases
from customers.models import BadRow, ImportRun, Line, Profile, Purchase, Source
from tests.factories.customers import customer as known
from tests.factories.purchases import order

pytestmark = pytest.mark.django_db


@pytest.fixture
def bought():
    return purchases.record(order(known(), 1000, 2000)).purchase


def refused(statement: str, *values: object) -> str:
    """The constraint that a statement breaks."""
    with pytest.raises(IntegrityError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
    return str(error.value.__cause__.diag.constraint_name)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("table", "column", "name"),
    [
        ("customers_line", "purchase_id", "line_has_its_purchase"),
        ("customers_purchase", "customer_id", "purchase_has_its_customer"),
        ("customers_purchase", "source_id", "purchase_has_its_source"),
    ],
)
def test_a_row_cannot_come_to_name_a_parent_that_does_not_exist(bought, table, column, name):
    assert refused(f"UPDATE {table} SET {column} = 0") == name


def test_one_stray_row_among_many_refuses_the_statement(bought):
    copy = (
        "INSERT INTO customers_line (purchase_id, position, product, name, category, brand, supplier, margin_class,"
        " quantity, unit_price, discount, tax, amount, returned)"
        " SELECT CASE position WHEN 1 THEN purchase_id ELSE 0 END, position + 7, product, name, category, brand,"
        " supplier, margin_class, quantity, unit_price, discount, tax, amount, returned FROM customers_line"
    )

    assert refused(copy) == "line_has_its_purchase"
    assert Line.objects.count() == 2


def test_a_purchase_names_a_source_and_a_customer_that_exist(bought):
    copy = (
        "INSERT INTO customers_purchase (source_id, number, customer_id, at, currency, channel, store, goods,"
        " shipping, tax, gift_card, points_paid, returned, status, fingerprint)"
        " SELECT {}, 'other', {}, at, currency, channel, store, goods, shipping, tax, gift_card, points_paid,"
        " returned, status, fingerprint FROM customers_purchase"
    )

    assert refused(copy.format(0, "customer_id")) == "purchase_has_its_source"
    assert refused(copy.format("source_id", 0)) == "purchase_has_its_customer"


def test_a_profile_names_a_customer_that_exists(bought):
    with pytest.raises(IntegrityError), transaction.atomic():
        Profile.objects.create(customer_id=0)


def test_a_refused_row_names_an_import_that_exists():
    with pytest.raises(IntegrityError), transaction.atomic():
        BadRow.objects.create(run_id=0, line=1, cells="[]", code="customer_missing")


def test_purchases_are_never_deleted(bought):
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM customers_purchase")
    assert Purchase.objects.count() == 1


def test_a_source_goes_only_when_no_purchase_names_it(bought):
    assert refused("DELETE FROM customers_source WHERE id = %s", bought.source_id) == "purchase_has_its_source"
    with pytest.raises(ProtectedError):
        bought.source.delete()

    Source.objects.create(code="unused", name="Unused").delete()
    assert Source.objects.count() == 1


def test_an_import_goes_with_its_refused_rows_and_not_without(bought):
    run = ImportRun.objects.create(source=bought.source, file_name="x.csv")
    BadRow.objects.create(run=run, line=1, cells="[]", code="customer_missing")

    assert refused("DELETE FROM customers_importrun") == "badrow_has_its_run"
    run.delete()
    assert not BadRow.objects.exists()


def elsewhere(work: Callable[[], object]) -> Callable[[], object]:
    """As somebody else, by a connection of their own."""

    def run() -> object:
        try:
            return work()
        finally:
            connections.close_all()

    return run


def somebody_waits_for_purchases() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE relation = 'customers_purchase'::regclass AND NOT granted")
        return bool(cursor.fetchone()[0])


def wait_for_somebody() -> None:
    for _ in range(500):
        if somebody_waits_for_purchases():
            return
        time.sleep(0.02)
    pytest.fail("Nobody waits.")


@pytest.mark.django_db(transaction=True)
def test_a_source_is_not_taken_from_under_a_purchase_that_is_being_recorded():
    source = Source.objects.create(code="shop", name="Shop")
    person = known()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            assert purchases.record(order(person, 1000)).purchase.source_id == source.pk
            going = pool.submit(elsewhere(lambda: Source.objects.filter(pk=source.pk)._raw_delete("default")))
            wait_for_somebody()
        with pytest.raises(IntegrityError, match="a purchase names source"):
            going.result()
    assert Source.objects.filter(pk=source.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_no_purchase_comes_into_a_source_that_is_just_being_deleted():
    bought = purchases.record(order(known(), 1000)).purchase
    unused = Source.objects.create(code="unused", name="Unused")

    def come() -> None:
        Purchase.objects.create(
            source_id=unused.pk, number="1", customer_id=bought.customer_id, at=bought.at, currency="EUR", goods=1
        )

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Source.objects.filter(pk=unused.pk)._raw_delete("default")
            coming = pool.submit(elsewhere(come))
            wait_for_somebody()
        with pytest.raises(IntegrityError, match="there is no source"):
            coming.result()
    assert Purchase.objects.count() == 1
