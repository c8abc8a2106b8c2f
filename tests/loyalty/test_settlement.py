import pytest

from loyalty import queries
from loyalty.actions import points, redemptions, settlement
from loyalty.actions.refusals import InsufficientPoints
from loyalty.models import Lot, Transaction, Wallet
from tests.factories import customers
from tests.factories.loyalty import buckets, on, programme

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer():
    programme()
    return customers.customer()


def pending(customer, amount=100, since="2026-03-01", until="2026-03-15", **more):
    return points.earn(customer, amount, at=on(since), activates_at=on(until), **more)


def test_pending_points_become_available_when_the_window_closes(customer):  # C1
    pending(customer)

    assert queries.balance(customer, at=on("2026-03-14", "23:59:59")) == queries.Balance(pending=100)
    assert queries.balance(customer, at=on("2026-03-15")) == queries.Balance(available=100)


def test_pending_points_cannot_be_spent(customer):  # C2
    pending(customer)

    with pytest.raises(InsufficientPoints):
        redemptions.redeem(customer, 1, at=on("2026-03-14"))


def test_a_redemption_settles_first_without_any_job(customer):  # C3
    pending(customer)

    redemptions.redeem(customer, 30, at=on("2026-03-16"))

    assert buckets(customer) == (0, 70, 0, 0)
    activated = Transaction.objects.get(kind="activate")
    assert activated.effective_at == on("2026-03-15")


def test_an_expired_lot_cannot_be_spent_however_late_the_job_is(customer):
    points.grant(customer, 70, reason="lot", at=on("2026-01-01"), expires_at=on("2026-01-31"))

    assert buckets(customer) == (0, 70, 0, 0)
    with pytest.raises(InsufficientPoints):
        redemptions.redeem(customer, 1, at=on("2026-01-31"))


def test_the_job_expires_once_and_writes_nothing_the_second_time(customer):  # D10
    points.grant(customer, 70, reason="lot", at=on("2026-01-01"), expires_at=on("2026-01-31"))

    assert settlement.settle_due(at=on("2026-02-01")) == 1
    written = Transaction.objects.count()
    assert settlement.settle_due(at=on("2026-02-01")) == 0

    assert Transaction.objects.count() == written
    assert buckets(customer) == (0, 0, 0, 0)
    assert Wallet.objects.get().next_due is None


def test_the_job_settles_many_wallets_some_at_a_time():
    programme()
    people = [customers.customer() for _ in range(7)]
    for n, person in enumerate(people):
        pending(person, 10 + n, expires_at=on("2026-06-30"))
        points.grant(person, 5, reason="lot", at=on("2026-01-01"), expires_at=on("2026-03-10"))

    assert settlement.settle_due(at=on("2026-03-20"), many=3) == 14
    assert [buckets(person) for person in people] == [(0, 10 + n, 0, 0) for n in range(7)]
    assert set(Wallet.objects.values_list("next_due", flat=True)) == {on("2026-06-30")}


def test_points_that_opened_and_expired_meanwhile_are_told_in_order(customer):
    pending(customer, 100, expires_at=on("2026-04-01"))
    pending(customer, 50, "2026-03-02", "2026-03-16", expires_at=on("2026-09-01"))

    settlement.settle_due(at=on("2026-05-01"))

    told = [(line.kind, line.effective_at, line.available_after) for line in queries.statement(customer).lines[2::-1]]
    assert told == [
        ("activate", on("2026-03-15"), 100),
        ("activate", on("2026-03-16"), 150),
        ("expire", on("2026-04-01"), 50),
    ]


def test_a_balance_in_mind_is_what_settling_makes_of_it(customer):
    pending(customer, 100, expires_at=on("2026-04-01"))
    points.grant(customer, 30, reason="lot", at=on("2026-01-01"), expires_at=on("2026-03-20"))
    for day in ("2026-03-01", "2026-03-15", "2026-03-20", "2026-04-01"):
        expected = queries.balance(customer, at=on(day))
        settlement.settle_due(at=on(day))
        assert buckets(customer) == (expected.pending, expected.available, expected.held, expected.debt)
    assert Lot.objects.filter(available__gt=0).count() == 0
