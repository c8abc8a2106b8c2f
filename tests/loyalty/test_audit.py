from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from loyalty.actions import audit, points, redemptions, transfers
from loyalty.models import AuditRun, DayTotal, Seal
from loyalty.queries import books
from tests.factories import customers
from tests.factories.loyalty import programme

pytestmark = pytest.mark.django_db


@pytest.fixture
def busy():
    """Two customers who have earned, spent, held and given each other points."""
    programme()
    one, other = customers.customer(), customers.customer()
    points.earn(one, 100)
    points.earn(other, 50)
    redemptions.redeem(one, 30)
    redemptions.capture(redemptions.hold(one, 20), 15)
    transfers.transfer(one, 10, to=other)
    return one


def tamper(sql):
    """What a superuser can do who turns the guards off."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql)
        cursor.execute("SET LOCAL session_replication_role = origin")


def found():
    return {finding["check"] for finding in audit.audit().findings}


def test_a_ledger_that_nobody_touched_is_clean(busy):
    run = audit.audit()

    assert run.is_clean
    assert run.transactions == 7
    assert AuditRun.objects.latest() == run


@pytest.mark.parametrize(
    ("sql", "checks"),
    [
        ("UPDATE loyalty_wallet SET available = available + 1 WHERE id = (SELECT min(id) FROM loyalty_wallet)",
         {"wallet_equals_its_transfers", "wallet_equals_its_lots"}),
        ("UPDATE loyalty_lot SET available = available - 1 WHERE id = (SELECT min(id) FROM loyalty_lot)",
         {"lot_equals_its_transfers", "wallet_equals_its_lots"}),
        ("UPDATE loyalty_transfer SET points = points + 1 WHERE source = 'issued' AND transaction_id ="
         " (SELECT min(id) FROM loyalty_transaction)",
         {"wallet_equals_its_transfers", "lot_equals_its_transfers", "statement_adds_up", "lot_is_as_it_came"}),
        ("UPDATE loyalty_lot SET granted = granted + 1 WHERE source_id IS NULL", {"lot_is_as_it_came"}),
        ("UPDATE loyalty_lot SET earned_at = earned_at - interval '1 day' WHERE source_id IS NULL",
         {"lot_is_as_it_came"}),
        ("DELETE FROM loyalty_transfer WHERE target = 'moved'",
         {"wallet_equals_its_transfers", "lot_equals_its_transfers", "transaction_has_its_transfers",
          "moved_points_arrive"}),
        ("UPDATE loyalty_transaction SET sequence = sequence + 100 WHERE kind = 'redeem'", {"statement_adds_up"}),
        ("UPDATE loyalty_transaction SET available_after = 7 WHERE kind = 'redeem'", {"statement_adds_up"}),
        ("UPDATE loyalty_lot SET wallet_id = (SELECT max(id) FROM loyalty_wallet) WHERE id ="
         " (SELECT min(id) FROM loyalty_lot)",
         {"lot_moves_within_its_wallet", "wallet_equals_its_lots", "lot_is_as_it_came"}),
    ],
)  # fmt: skip
def test_every_fault_is_found_by_its_check(busy, sql, checks):
    tamper(sql)

    assert found() == checks


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE loyalty_transaction SET reason = 'another' WHERE kind = 'redeem'",
        "UPDATE loyalty_transaction SET effective_at = effective_at - interval '1 day' WHERE kind = 'redeem'",
        "UPDATE loyalty_seal SET digest = repeat('0', 64)",
        # a point moved from one lot's history to another's, everything else made to fit
        "UPDATE loyalty_transaction SET meta = '{\"a\": 1}' WHERE kind = 'earn'",
        # the same words and numbers, in the columns beside
        "UPDATE loyalty_transaction SET purchase_id = by_id, by_id = NULL WHERE kind = 'grant'",
        "UPDATE loyalty_transaction SET reference = 'S-1|sorry', reason = 'late' WHERE kind = 'grant'",
    ],
)
def test_what_was_sealed_cannot_be_changed_unseen(busy, agent, sql):
    points.grant(busy, 1, reason="sorry|late", reference="S-1", key="k", by=agent)
    assert audit.seal() == 8
    assert audit.audit().is_clean

    tamper(sql)

    assert found() == {"seal_fits_what_it_sealed"}


def test_the_chain_goes_on_and_its_totals_are_those_of_the_transfers(busy):
    assert audit.seal(many=3) == 7
    assert audit.seal() == 0
    points.earn(busy, 5)
    before = books.overview(programme())
    assert audit.seal() == 1

    assert [link.after for link in Seal.objects.order_by("pk")][1:] == [
        link.through for link in Seal.objects.order_by("pk")
    ][:-1]
    assert audit.audit().is_clean
    after = books.overview(programme())
    assert (before.issued, before.redeemed) == (after.issued, after.redeemed) == (155, 45)
    assert sum(DayTotal.objects.filter(source="issued").values_list("points", flat=True)) == 155


def test_seals_of_the_first_form_still_hold_and_the_chain_goes_on_after_them(busy):
    audit.seal()
    [first] = Seal.objects.all()
    _count, digest = audit._digest("", first.after, first.through, audit.FIRST_DIGEST)
    tamper(f"UPDATE loyalty_seal SET digest = '{digest}'")
    points.earn(busy, 5)
    audit.seal()

    assert digest != first.digest
    assert audit.audit().is_clean

    tamper("UPDATE loyalty_transaction SET reason = 'another' WHERE kind = 'redeem'")
    assert found() == {"seal_fits_what_it_sealed"}


def test_totals_that_differ_are_found(busy):
    audit.seal()
    tamper("UPDATE loyalty_daytotal SET points = points + 1 WHERE source = 'issued'")

    assert found() == {"totals_equal_what_is_sealed"}


def test_the_command_says_so_and_fails_where_the_ledger_is_wrong(busy):
    out, err = StringIO(), StringIO()
    call_command("audit_ledger", "--seal", stdout=out, stderr=err)
    assert "Sealed 7 transactions" in out.getvalue()
    assert "clean" in out.getvalue()
    tamper("UPDATE loyalty_wallet SET available = available + 1")

    with pytest.raises(SystemExit) as ended:
        call_command("audit_ledger", stdout=out, stderr=err)

    assert ended.value.code == 1
    assert "wallet_equals_its_lots" in out.getvalue()
    assert "wrong in 4 places" in err.getvalue()
