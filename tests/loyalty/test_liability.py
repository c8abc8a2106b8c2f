"""What outstanding points cost, and that every figure is the ledger's."""

from datetime import date
from fractions import Fraction

import pytest
from django.urls import reverse

from loyalty.actions import audit, clawbacks, points, redemptions, settlement, transfers
from loyalty.models import Wallet
from loyalty.queries.liability import journal, liability, movement, worth
from tests.factories.customers import customer as make
from tests.factories.loyalty import on, programme

pytestmark = pytest.mark.django_db
FEBRUARY, MARCH, APRIL = date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1)


@pytest.fixture
def rules():
    return programme(cost_money=8, cost_points=10, breakage_percent=20)


def busy():
    """January: 1,000 come. February: 300 spent, 100 given on, 40 expire. March: 60 are taken back."""
    ada, ben = make(), make()
    points.grant(ada, 1000, reason="start", at=on("2026-01-10"))
    points.grant(ben, 40, reason="short", at=on("2026-01-11"), expires_at=on("2026-02-20"))
    redemptions.redeem(ada, 300, at=on("2026-02-10"))
    transfers.transfer(ada, 100, to=ben, at=on("2026-02-11"))
    later = points.earn(ben, 60, at=on("2026-02-12"))
    settlement.settle_due(at=on("2026-02-25"))
    clawbacks.claw_back(later, reason="returned", at=on("2026-03-02"))


def test_i9_points_times_value_less_breakage():
    assert worth(1_000_000, value=Fraction(8, 10), breakage=20) == 640_000  # 6,400.00


def test_i9_of_a_programme(rules):
    points.grant(make(), 1_000_000, reason="start")

    report = liability(rules)

    assert (report.outstanding, report.full, report.breakage, report.worth) == (1_000_000, 800_000, 160_000, 640_000)
    assert report.ties


def test_cohorts_follow_the_points_to_other_wallets_and_sum_to_what_is_held(rules):
    busy()

    report = liability(rules)

    assert [(one.month, one.granted, one.outstanding) for one in report.cohorts] == [
        (FEBRUARY, 60, 0),
        (date(2026, 1, 1), 1040, 700),
    ]
    assert report.ties
    Wallet.objects.filter(available__gt=200).update(available=700)
    assert not liability(rules).ties


@pytest.mark.parametrize("sealed", [False, True])
def test_a_movement_ties_opening_and_closing_sealed_or_not(rules, sealed):
    busy()
    if sealed:
        audit.seal()

    moved = movement(rules, since=FEBRUARY, until=MARCH)

    assert (moved.opening, moved.closing) == (1040, 760)
    assert {account.value: many for account, many in moved.lines} == {"issued": 60, "redeemed": -300, "expired": -40}
    assert moved.ties
    assert movement(rules, since=MARCH, until=APRIL).closing == liability(rules).outstanding


def test_the_journal_has_a_line_for_each_day_and_way(rules):
    busy()

    assert list(journal(rules, since=FEBRUARY, until=MARCH)) == [
        (date(2026, 2, 10), "customers", "redeemed", 300, 240),
        (date(2026, 2, 11), "customers", "moved", 100, 80),
        (date(2026, 2, 11), "moved", "customers", 100, 80),
        (date(2026, 2, 12), "issued", "customers", 60, 48),
        (date(2026, 2, 20), "customers", "expired", 40, 32),
    ]


def test_the_page_and_its_file(marketer_client, intern_client, rules):
    busy()
    asked = {"since": "2026-02-01", "until": "2026-03-01"}

    shown = marketer_client.get(reverse("admin:liability"), asked).content.decode()
    file = marketer_client.get(reverse("admin:liability"), asked | {"format": "csv"})
    lines = b"".join(file.streaming_content).decode().splitlines()

    assert "ties to the ledger" in shown
    assert "4.48 EUR" in shown
    assert lines[1] == "2026-02-10,customers,redeemed,300,240,EUR"
    assert marketer_client.get(reverse("admin:liability"), {"since": "2026-99-99"}).status_code == 200
    assert intern_client.get(reverse("admin:liability")).status_code == 403
