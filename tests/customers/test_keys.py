"""Rows that come by the thousand name parents that exist: checked once per statement, as strictly as a foreign key."""

import pytest
from django.db import IntegrityError, connection, transaction
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
