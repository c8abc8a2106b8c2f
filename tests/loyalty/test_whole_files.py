"""Whole public files, from the first row to the audit of the ledger, where MAINSTAY_DATA names their folder."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from django.db import connection

from customers.actions import readers
from customers.files.mappings import ready_made
from customers.models import Customer, ImportRun, Purchase, SetAside, WaitingRow
from loyalty.actions import audit, earning
from loyalty.models import Transaction, Wallet
from tests.factories.imports import brought_in, large
from tests.factories.loyalty import programme

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.large]


@dataclass(frozen=True)
class Whole:
    """A file and what is in it, counted by other means."""

    path: str
    rows: int
    orders: int
    customers: int
    amount: int
    products: str = ""
    refused: dict[str, int] = field(default_factory=dict)
    returned: int = 0


FILES = {
    "cdnow_master": Whole("cdnow/CDNOW_master.txt.gz", 69_659, 69_659, 23_570, 250_031_563),
    "cdnow_sample": Whole("cdnow/CDNOW_sample.txt", 6_919, 6_919, 2_357, 24_409_194),
    "complete_journey": Whole(
        "complete_journey/transactions_sample.csv.gz",
        75_000,
        47_034,
        2_373,
        23_393_524,
        products="complete_journey/products.csv.gz",
        refused={"quantity_zero": 416},
    ),
    "online_retail": Whole(
        "online_retail/online_retail_2010_2011.csv.gz",
        541_909,
        18_532,
        4_338,
        891_140_790,
        refused={
            "customer_missing": 135_077,
            "price_zero": 40,
            "adjustment": 3,
            "return_unmatched": 1_299,
            "unknown_customer": 88,
        },
        returned=50_630_546,
    ),
}

# By the kept part of every purchase, without asking the ledger.
WORTH = "SELECT sum((goods - returned) / 100) FROM customers_purchase WHERE status = 'standing'"
HELD = "SELECT sum(pending + available + held - debt) FROM loyalty_wallet"


def one(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])


def bring_in(name: str) -> ImportRun:
    whole = FILES[name]
    products = large(whole.products) if whole.products else None
    return brought_in(large(whole.path), name, batch_rows=20_000, products=products)


@pytest.mark.parametrize("name", FILES)
def test_a_whole_file_comes_in_earns_its_points_and_changes_nothing_the_second_time(name):
    whole = FILES[name]
    rules = programme(currency=ready_made()[name].currency)

    run = bring_in(name)
    totals = run.totals
    readers.catch_up("loyalty", earning.react, verbs=earning.VERBS, seconds=600)

    assert (totals["rows"], totals["orders"]) == (whole.rows, whole.orders)
    assert totals["refused"] == whole.refused
    assert totals["rows"] == totals["accepted"] + run.bad_rows.count()
    assert [row.code for row in run.bad_rows.distinct("code") if row.words == row.code] == []
    assert (Customer.objects.count(), Purchase.objects.count()) == (whole.customers, whole.orders)
    assert sum(totals["amounts"].values()) == whole.amount
    assert sum(totals["returned"].values()) == whole.returned
    assert (SetAside.objects.count(), WaitingRow.objects.count()) == (0, 0)
    assert one(HELD) == one(WORTH) > 0
    assert Wallet.objects.exclude(programme=rules).count() == 0
    assert_proven()
    before = Transaction.objects.count()

    again = bring_in(name).totals
    readers.catch_up("loyalty", earning.react, verbs=earning.VERBS, seconds=600)

    assert (again["orders"], again["returns"], again["known"]) == (0, 0, whole.orders)
    assert again["refused"] == whole.refused
    assert (Customer.objects.count(), Purchase.objects.count()) == (whole.customers, whole.orders)
    assert Transaction.objects.count() == before
    assert_proven()


def assert_proven() -> None:
    audit.seal()
    found = audit.audit(at=datetime.now(UTC))
    assert found.findings == []
    assert found.sealed_through >= found.transactions > 0
