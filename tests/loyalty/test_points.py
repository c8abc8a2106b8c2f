from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from customers.models import Fact, Verb
from loyalty import queries
from loyalty.actions import points, programmes, wallets
from loyalty.actions.points import ControlTotalDiffers, Points
from loyalty.actions.refusals import (
    DuplicateReference,
    IdempotencyConflict,
    NoPoints,
    WalletFrozen,
)
from loyalty.models import Lot, Programme, Transaction, Transfer, Wallet
from tests.factories import customers
from tests.factories.loyalty import buckets, on, programme

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer():
    programme()
    return customers.customer()


def test_a_grant_can_be_spent_at_once_and_is_told_of(customer, agent):
    granted = points.grant(customer, 100, reason="welcome", by=agent)

    assert buckets(customer) == (0, 100, 0, 0)
    assert (granted.sequence, granted.available_after, granted.kind) == (1, 100, "grant")
    fact = Fact.objects.get(customer=customer)
    assert (fact.verb, fact.by, fact.at) == (Verb.POINTS_GRANTED, agent, granted.effective_at)
    assert fact.about == {"points": 100, "reason": "welcome", "transaction": granted.pk}


def test_what_is_returned_is_what_was_written(customer):
    earned = points.earn(
        customer, 7, key="k", natural_key="n", reference="order 1", reason="r", meta={"a": [1, '"\\']}
    )

    stored = Transaction.objects.get(pk=earned.pk)
    for field in Transaction._meta.concrete_fields:
        assert str(getattr(stored, field.attname)).replace("-", "") == str(getattr(earned, field.attname)).replace(
            "-", ""
        )
    transfer = Transfer.objects.get(transaction=earned)
    assert (transfer.source, transfer.target, transfer.points) == ("issued", "available", 7)
    assert transfer.lot.origin_id == earned.pk


def test_asking_five_times_with_one_key_earns_once(customer):  # F1
    made = {points.earn(customer, 50, key="order:1").pk for _ in range(5)}

    assert len(made) == 1
    assert Transaction.objects.count() == 1
    assert buckets(customer) == (0, 50, 0, 0)


def test_the_same_key_for_another_amount_is_refused(customer):  # F2
    points.earn(customer, 50, key="order:1")

    with pytest.raises(IdempotencyConflict) as refusal:
        points.earn(customer, 51, key="order:1")

    assert refusal.value.code == "idempotency_conflict"
    assert buckets(customer) == (0, 50, 0, 0)


def test_the_same_key_for_another_customer_is_refused(customer):
    points.earn(customer, 50, key="order:1")

    with pytest.raises(IdempotencyConflict):
        points.earn(customers.customer(), 50, key="order:1")


def test_an_event_is_paid_once_whatever_the_key(customer):  # F3
    points.earn(customer, 50, key="a", natural_key="order 1, base")

    with pytest.raises(DuplicateReference) as refusal:
        points.earn(customer, 50, key="b", natural_key="order 1, base")

    assert refusal.value.code == "duplicate_reference"
    assert buckets(customer) == (0, 50, 0, 0)


def test_a_refused_attempt_leaves_no_key_behind(customer):
    wallets.freeze(customer, reason="odd")
    with pytest.raises(WalletFrozen):
        points.earn(customer, 50, key="order:1")

    wallets.reopen(customer, reason="cleared")
    points.earn(customer, 50, key="order:1")

    assert buckets(customer) == (0, 50, 0, 0)


def test_nothing_stays_of_an_earn_when_its_caller_fails(customer):  # F10
    @transaction.atomic
    def earn_and_fail():
        points.earn(customer, 50, key="order:1")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        earn_and_fail()

    assert (Transaction.objects.count(), Transfer.objects.count(), Lot.objects.count()) == (0, 0, 0)
    assert not Fact.objects.filter(verb=Verb.POINTS_GRANTED).exists()


@pytest.mark.parametrize("amount", [0, -1, 2**63, 1.5, True])
def test_points_are_whole_and_more_than_none(customer, amount):
    with pytest.raises(NoPoints):
        points.earn(customer, amount)


def test_rules_that_changed_meanwhile_are_read_again(customer):
    programmes.main()
    Programme.objects.update(expiry_months=12)  # by somebody else: our copy does not know
    points.grant(customer, 10, reason="welcome", at=on("2026-03-15", "12:00:00"))
    Programme.objects.update(expiry_months=24)

    points.grant(customer, 10, reason="into a wallet that is there", at=on("2026-03-15", "12:00:00"))

    lots = Lot.objects.order_by("pk").values_list("expires_at", flat=True)
    assert list(lots) == [on("2027-03-16"), on("2028-03-16")]


def test_a_batch_does_what_as_many_single_calls_do():
    programme(expiry_months=1)
    people = [customers.customer() for _ in range(30)]
    wishes = [
        Points(person.pk, 10 + n, on("2026-03-01"), key=f"{n}", activates_at=on("2026-03-10") if n % 2 else None)
        for n, person in enumerate(people * 2)
    ]

    outcomes = points.earn_many(wishes)
    again = points.earn_many(wishes)

    assert all(outcome.posted for outcome in outcomes)
    assert [outcome.transaction for outcome in again] == [outcome.transaction for outcome in outcomes]
    assert not any(outcome.posted for outcome in again)
    assert Transaction.objects.count() == 60
    assert buckets(people[0]) == (0, 10 + 40, 0, 0)
    assert buckets(people[1]) == (11 + 41, 0, 0, 0)
    statement = queries.statement(people[1]).lines
    assert [(line.sequence, line.pending_after) for line in statement] == [(2, 52), (1, 11)]


def test_a_batch_answers_for_each_and_keeps_what_is_good(customer):
    frozen, fresh = customers.customer(), customers.customer()
    points.grant(frozen, 5, reason="before")
    wallets.freeze(frozen, reason="odd")
    points.earn(customer, 1, key="known", at=on("2026-03-01"))

    outcomes = points.earn_many(
        [
            Points(frozen.pk, 10, on("2026-03-01")),
            Points(fresh.pk, 20, on("2026-03-01"), key="new"),
            Points(fresh.pk, 20, on("2026-03-01"), key="new"),
            Points(fresh.pk, 21, on("2026-03-01"), key="new"),
            Points(customer.pk, 1, on("2026-03-01"), key="known"),
            Points(customer.pk, 2, on("2026-03-01"), key="known"),
        ]
    )

    assert [(o.posted, o.refusal and o.refusal.code) for o in outcomes] == [
        (False, "wallet_frozen"),
        (True, None),
        (False, None),
        (False, "idempotency_conflict"),
        (False, None),
        (False, "idempotency_conflict"),
    ]
    assert (buckets(frozen), buckets(fresh), buckets(customer)) == ((0, 5, 0, 0), (0, 20, 0, 0), (0, 1, 0, 0))


@pytest.mark.parametrize(("declared", "expected"), [(601, (0, 0, 0)), (600, (100, 200, 300))])
def test_balances_come_in_with_their_control_total_or_not_at_all(declared, expected):  # I11, I12
    programme()
    people = [customers.customer() for _ in range(3)]
    rows = [Points(person.pk, 100 * n, on("2026-01-01"), key=f"old:{n}") for n, person in enumerate(people, 1)]

    if declared == 601:
        with pytest.raises(ControlTotalDiffers):
            points.bring_in(rows, declared=declared)
    else:
        points.bring_in(rows, declared=declared)
        assert set(Transfer.objects.values_list("source", flat=True)) == {"imported"}

    assert tuple(buckets(person)[1] for person in people) == expected


def test_both_clocks_are_kept(customer):  # F12
    points.grant(customer, 100, reason="a", at=on("2026-01-01"))
    mark = timezone.now()
    points.grant(customer, 40, reason="b", at=on("2025-12-20"))

    assert queries.balance_as_posted(customer, posted_by=mark).available == 100
    assert queries.balance_as_effective(customer, effective_by=on("2025-12-31")).available == 40
    assert queries.balance_as_effective(customer, effective_by=on("2026-01-01")).available == 140
    assert queries.balance_as_posted(customer, posted_by=mark - timedelta(days=1)).available == 0


def test_the_first_points_open_the_wallet(customer):
    assert queries.balance(customer) == queries.Balance()

    points.grant(customer, 5, reason="welcome")

    assert Wallet.objects.get(customer=customer).sequence == 1
