"""Points of the invented company: earned by its purchases, spent since, and nothing wrong in the ledger."""

from datetime import UTC, datetime, timedelta

import pytest

from customers.demo import company
from customers.models import Return
from loyalty import demo
from loyalty.actions import audit
from loyalty.models import AdjustmentRequest, Kind, Payment, Programme, Transaction, Wallet
from loyalty.queries import books

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()


def test_points_come_and_go_as_in_a_real_shop_and_a_second_time_nothing_happens(agent):
    company.fill(120, today=TODAY, tell=str)
    demo.fill(120, today=TODAY, tell=str)

    every_kind_is_there_and_the_ledger_is_right()
    orders_are_paid_with_points_and_a_return_gives_their_share_back()
    points_count_on_the_days_on_which_they_were_earned_and_spent()
    a_second_time_it_does_nothing()


def every_kind_is_there_and_the_ledger_is_right() -> None:
    kinds = set(Transaction.objects.values_list("kind", flat=True))

    assert kinds >= {Kind.EARN, Kind.ACTIVATE, Kind.EXPIRE, Kind.REDEEM, Kind.CLAW_BACK, Kind.HOLD, Kind.ADJUST}
    assert AdjustmentRequest.objects.filter(status=AdjustmentRequest.Status.WAITING).exists()
    assert Wallet.objects.filter(status=Wallet.Status.FROZEN).exists()
    assert audit.audit().finding_count == 0


def orders_are_paid_with_points_and_a_return_gives_their_share_back() -> None:
    paid = Payment.objects.select_related("purchase", "redemption")
    assert paid.count() > 5
    for payment in paid:
        assert payment.redemption.kind == Kind.HOLD
        assert 0 < payment.purchase.points_paid <= payment.purchase.total
        assert Transaction.objects.filter(reverses=payment.redemption, kind=Kind.CAPTURE).exists()
    assert Return.objects.filter(purchase__in=paid.values("purchase")).exists()
    restored = Transaction.objects.filter(kind=Kind.REVERSE, purchase__in=paid.values("purchase"))
    assert restored.exists()


def points_count_on_the_days_on_which_they_were_earned_and_spent() -> None:
    days = books.days(Programme.objects.get(main=True), since=TODAY - timedelta(days=60))

    assert days.filter(issued__gt=0).count() > 10
    assert max(day["issued"] for day in days) < sum(day["issued"] for day in days) / 3
    assert not Transaction.objects.filter(effective_at__gt=datetime.now(UTC)).exists()


def a_second_time_it_does_nothing() -> None:
    before, told = Transaction.objects.count(), []

    demo.fill(120, today=TODAY, tell=told.append)

    assert Transaction.objects.count() == before
    assert told == []


def test_a_programme_that_somebody_has_set_up_is_left_alone():
    made = Programme.objects.create(
        main=True, code="stars", name="Stars", currency="EUR", zone="Europe/Berlin", expiry_months=6
    )

    assert demo.open_programme().name == made.name
