"""What the database itself refuses, whoever asks: these are statements of a superuser."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from loyalty.actions import points
from loyalty.models import Wallet
from tests.factories import customers
from tests.factories.loyalty import programme

pytestmark = pytest.mark.django_db

APPEND_ONLY = [
    f"{verb} {table}{rest}"
    for table in ("loyalty_transaction", "loyalty_transfer")
    for verb, rest in (("UPDATE", " SET {}"), ("DELETE FROM", ""), ("TRUNCATE", " CASCADE"))
]


@pytest.fixture
def earned():
    programme()
    return points.earn(customers.customer(), 100, key="k")


def run(sql, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL mainstay.may_truncate = off")
        cursor.execute(sql, values)


@pytest.mark.parametrize("sql", APPEND_ONLY)
def test_what_is_posted_is_never_changed(earned, sql):  # F8
    with pytest.raises(DatabaseError, match="append-only"):
        run(sql.format("meta = '{}'" if "transaction" in sql else "points = 1"))


def test_a_transfer_s_lot_and_wallet_are_never_thrown_away(earned):
    for table in ("loyalty_wallet", "loyalty_lot"):
        with pytest.raises(DatabaseError, match="append-only"):
            run(f"DELETE FROM {table}")


@pytest.mark.parametrize("bucket", ["pending", "available", "held", "debt"])
def test_no_bucket_goes_below_zero(earned, bucket):  # F8
    with pytest.raises(IntegrityError, match=r"wallet_is_never_overdrawn|debt_is_repaid"):
        run(f"UPDATE loyalty_wallet SET {bucket} = -1")


@pytest.mark.parametrize("bucket", ["pending", "available", "held"])
def test_no_lot_goes_below_zero_or_above_what_was_granted(earned, bucket):
    for amount in (-1, 101):
        with pytest.raises(IntegrityError, match="lot_"):
            run(f"UPDATE loyalty_lot SET {bucket} = %s", amount)


COPY = """
INSERT INTO loyalty_transaction (wallet_id, sequence, kind, effective_at, posted_at, transfer_count, pending_after,
    available_after, held_after, debt_after)
SELECT wallet_id, sequence + 1, kind, effective_at, posted_at, 1, 0, 0, 0, 0
FROM loyalty_transaction WHERE sequence = 1
"""


def test_a_transaction_without_transfers_is_refused(earned):  # F9
    with pytest.raises(IntegrityError, match="does not have the transfers"):
        run(COPY)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_transfer_cannot_be_added_to_a_transaction_or_stand_alone(earned, number):  # F9
    for owner in (earned.pk, earned.pk + 1):
        with pytest.raises(IntegrityError):
            run(
                "INSERT INTO loyalty_transfer (transaction_id, number, source, target, points, lot_id)"
                " SELECT %s, %s, source, target, points, lot_id FROM loyalty_transfer",
                owner,
                number,
            )


@pytest.mark.parametrize(
    ("source", "target", "lot", "points_"),
    [
        ("available", "available", True, 5),
        ("redeemed", "issued", True, 5),
        ("debt", "available", False, 5),
        ("available", "redeemed", False, 5),
        ("nowhere", "available", True, 5),
        ("issued", "available", True, 0),
        ("issued", "available", True, -4),
    ],
)
def test_points_take_only_the_ways_there_are(earned, source, target, lot, points_):  # F9
    both = COPY.replace("INSERT INTO", "WITH t AS (INSERT INTO", 1) + (
        " RETURNING id) INSERT INTO loyalty_transfer (transaction_id, number, source, target, points, lot_id)"
        " SELECT t.id, 1, %s, %s, %s, CASE WHEN %s THEN (SELECT max(id) FROM loyalty_lot) END FROM t"
    )
    run(both, "issued", "available", 5, True)  # the statement is right but for what the case changes

    with pytest.raises(IntegrityError, match=r"way|transfer_moves_something"):
        run(
            both.replace("sequence + 1", "sequence + 2").replace(
                "FROM loyalty_transaction\n", "FROM loyalty_transaction WHERE sequence = 1"
            ),
            source,
            target,
            points_,
            lot,
        )


def test_one_customer_has_one_wallet_per_programme(earned):
    wallet = Wallet.objects.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        Wallet.objects.create(programme=wallet.programme, customer=wallet.customer)


def test_the_programmes_version_grows_with_every_change(earned):
    wallet = Wallet.objects.select_related("programme").get()
    before = wallet.programme.version

    run("UPDATE loyalty_programme SET name = 'Stars'")

    wallet.programme.refresh_from_db()
    assert wallet.programme.version == before + 1


@pytest.mark.parametrize(
    ("columns", "values", "message"),
    [
        ("key", "'lonely'", "a key goes with its request"),
        ("reverses_id", "1", "an answer names what it answers"),
        ("kind", "'capture'", "an answer names what it answers"),
        ("kind", "'adjust'", "an adjustment has a reason"),
    ],
)
def test_the_columns_of_a_transaction_go_together(earned, columns, values, message):
    whole = COPY.replace("INSERT INTO", "WITH t AS (INSERT INTO", 1) + (
        " RETURNING id) INSERT INTO loyalty_transfer (transaction_id, number, source, target, points, lot_id)"
        " SELECT t.id, 1, 'issued', 'available', 5, (SELECT max(id) FROM loyalty_lot) FROM t"
    )
    if columns == "kind":
        whole = whole.replace("kind, ", "")
    whole = whole.replace("(wallet_id,", f"({columns}, wallet_id,", 1)

    with pytest.raises(IntegrityError, match=message):
        run(whole.replace("SELECT wallet_id", f"SELECT {values}, wallet_id", 1))
