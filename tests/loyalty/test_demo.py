"""Points of the invented company: earned by its purchases, spent since, and nothing wrong in the ledger."""

from datetime import UTC, datetime

import pytest

from customers.demo import company
from loyalty import demo
from loyalty.actions import audit
from loyalty.models import AdjustmentRequest, Kind, Programme, Transaction, Wallet

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()


@pytest.fixture
def filled(agent):
    company.fill(120, today=TODAY, tell=str)
    demo.fill(120, today=TODAY, tell=str)


def test_purchases_earn_rewards_are_taken_and_the_ledger_is_right(filled):
    kinds = set(Transaction.objects.values_list("kind", flat=True))

    assert kinds >= {Kind.EARN, Kind.ACTIVATE, Kind.EXPIRE, Kind.REDEEM, Kind.CLAW_BACK, Kind.HOLD, Kind.ADJUST}
    assert AdjustmentRequest.objects.filter(status=AdjustmentRequest.Status.WAITING).exists()
    assert Wallet.objects.filter(status=Wallet.Status.FROZEN).exists()
    assert audit.audit().finding_count == 0


def test_nothing_of_it_lies_in_the_future(filled):
    assert not Transaction.objects.filter(effective_at__gt=datetime.now(UTC)).exists()


def test_a_second_time_it_does_nothing(filled):
    before, told = Transaction.objects.count(), []

    demo.fill(120, today=TODAY, tell=told.append)

    assert Transaction.objects.count() == before
    assert told == []


def test_a_programme_that_somebody_has_set_up_is_left_alone():
    made = Programme.objects.create(
        main=True, code="stars", name="Stars", currency="EUR", zone="Europe/Berlin", expiry_months=6
    )

    assert demo.open_programme().name == made.name
