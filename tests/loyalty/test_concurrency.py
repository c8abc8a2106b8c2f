"""Many at once on the real database: nothing is spent twice, nobody waits for good."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from loyalty.actions import adjustments, audit, counter, points, redemptions, transfers, wallets
from loyalty.models import AdjustmentRequest, Payment, Seal, Transaction, Wallet
from tests.factories import customers
from tests.factories.loyalty import buckets, programme
from tests.factories.purchases import order

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def customer():
    programme()
    return customers.customer()


def at_once(many, work):
    """What each of so many threads gets from ``work(n)``; they begin together."""
    start = Barrier(many)

    def one(n):
        start.wait()
        try:
            return work(n)
        except ValidationError as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(one, range(many)))


def test_a_receipt_that_points_pay_takes_them_once_however_often_it_is_pressed(customer, agent):
    programme(pay_points=1, pay_money=1)
    points.grant(customer, 1_500, reason="start")
    said = order(customer, 1_000, source=counter.BY_HAND, number="H-1", points_paid=1_000)

    receipts = at_once(4, lambda n: counter.record(said, by=agent))

    assert sorted(receipt.recorded.created for receipt in receipts) == [False, False, False, True]
    assert (buckets(customer)[1], Payment.objects.count()) == (500, 1)


@pytest.mark.parametrize(("wanted", "there"), [(10, 10), (5_000, 0)])  # done at once, and asked of a second person
def test_an_adjustment_that_is_pressed_often_is_one(customer, agent, wanted, there):
    programme(adjustment_limit=1_000)

    made = at_once(4, lambda n: adjustments.adjust(customer, wanted, reason="sorry", by=agent, key="page").pk)

    assert (len(set(made)), AdjustmentRequest.objects.count(), buckets(customer)[1]) == (1, 1, there)


def while_waiting(change, person):
    """What becomes of five points that wait for the person's wallet while it is changed."""

    def earn():
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                backend.append(cursor.fetchone()[0])
            points.earn(person, 5)
        except ValidationError as refusal:
            return refusal.code
        finally:
            connection.close()

    backend: list[int] = []
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            change()
            waiting = pool.submit(earn)
            while not (waiting.done() or (backend and waits(backend[0]))):
                pass
        return waiting.result()


def waits(backend):
    with connection.cursor() as cursor:
        cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [backend])
        return cursor.fetchone()[0]


def clean():
    return not any(audit._rows(sql) for sql in audit.CHECKS.values())


def test_twenty_cannot_spend_what_is_there_for_five(customer):  # F4
    points.grant(customer, 500, reason="start")

    answers = at_once(20, lambda n: redemptions.redeem(customer, 100, key=f"r{n}"))

    assert answers.count("insufficient_points") == 15
    assert len([answer for answer in answers if isinstance(answer, Transaction)]) == 5
    assert buckets(customer) == (0, 0, 0, 0)
    assert clean()


def test_twenty_with_one_key_redeem_once(customer):  # F5
    points.grant(customer, 500, reason="start")

    answers = at_once(20, lambda _: redemptions.redeem(customer, 100, key="one").pk)

    assert len(set(answers)) == 1
    assert buckets(customer) == (0, 400, 0, 0)
    assert clean()


def test_twenty_with_one_key_earn_once_even_where_there_is_no_wallet_yet(customer):  # F5
    answers = at_once(20, lambda _: points.earn(customer, 100, key="one").pk)

    assert len(set(answers)) == 1
    assert buckets(customer) == (0, 100, 0, 0)


def test_eight_earning_in_one_wallet_all_get_their_points_and_a_line_each(customer):
    points.grant(customer, 1, reason="start")

    at_once(8, lambda _: [points.earn(customer, 1) for _ in range(5)])

    assert buckets(customer) == (0, 41, 0, 0)
    lines = Transaction.objects.order_by("sequence").values_list("sequence", "available_after")
    assert list(lines) == [(n, n) for n in range(1, 42)]
    assert clean()


def test_eight_with_one_key_earn_once_and_who_asks_for_something_else_is_refused(customer):
    points.grant(customer, 1, reason="start")

    answers = at_once(8, lambda n: points.earn(customer, 100 if n % 2 else 99, key="one").pk)

    assert len({answer for answer in answers if isinstance(answer, int)}) == 1
    assert answers.count("idempotency_conflict") == 4
    assert buckets(customer) in ((0, 100, 0, 0), (0, 101, 0, 0))
    assert clean()


def test_one_key_for_two_customers_at_once_pays_one_of_them(customer):
    people = [customer, customers.customer()]
    for person in people:
        points.grant(person, 1, reason="start")

    answers = at_once(8, lambda n: points.earn(people[n % 2], 100, key="one").pk)

    assert answers.count("idempotency_conflict") == 4
    assert sorted(buckets(person)[1] for person in people) == [1, 101]
    assert clean()


def test_points_that_waited_for_a_wallet_find_it_as_it_has_become(customer):
    """Frozen, closed or owing while they waited: none of it was so when the statement began."""
    other, owing = customers.customer(), customers.customer()
    for person in (customer, other, owing):
        points.grant(person, 10, reason="start")

    changes = (
        (customer, lambda: wallets.freeze(customer, reason="asked")),
        (other, lambda: wallets.close(other, reason="asked")),
        (owing, lambda: Wallet.objects.filter(customer=owing).update(available=0, debt=7)),
    )

    assert [while_waiting(change, person) for person, change in changes] == ["wallet_frozen", "wallet_closed", None]
    assert [buckets(person) for person, _ in changes] == [(0, 10, 0, 0), (0, 0, 0, 0), (0, 0, 0, 2)]


def test_a_hold_is_captured_or_released_by_one_of_many(customer):
    points.grant(customer, 100, reason="start")
    held = redemptions.hold(customer, 60)

    answers = at_once(10, lambda n: (redemptions.capture if n % 2 else redemptions.void)(held))

    assert answers.count("already_resolved") == 9
    assert buckets(customer) in ((0, 40, 0, 0), (0, 100, 0, 0))
    assert clean()


def test_crossing_transfers_neither_block_each_other_nor_lose_a_point(customer):  # F7
    other = customers.customer()
    for person in (customer, other):
        points.grant(person, 1000, reason="start")

    def cross(n):
        giver, taker = (customer, other) if n % 2 else (other, customer)
        for _ in range(12):
            transfers.transfer(giver, 10, to=taker)

    answers = at_once(16, cross)

    assert answers == [None] * 16
    assert (buckets(customer), buckets(other)) == ((0, 1000, 0, 0), (0, 1000, 0, 0))
    assert clean()


def test_a_batch_and_single_calls_on_the_same_wallets_add_up():
    programme()
    people = [customers.customer() for _ in range(6)]

    def work(n):
        if n % 2:
            wishes = [
                points.Points(person.pk, 1, person.created_at) for person in (people if n % 4 == 1 else people[::-1])
            ]
            points.earn_many(wishes)
        else:
            for person in people:
                points.earn(person, 1)

    at_once(8, work)

    assert [buckets(person) for person in people] == [(0, 8, 0, 0)] * 6
    assert set(Wallet.objects.values_list("sequence", flat=True)) == {8}
    assert clean()


def test_sealing_waits_for_those_who_were_writing_and_leaves_nothing_out(customer):
    """An id drawn early and committed late must not end up behind the seal."""
    points.grant(customer, 1, reason="start")
    other, begun, sealed = customers.customer(), Event(), Event()

    def slow():
        try:
            with transaction.atomic():
                points.grant(other, 2, reason="slow")
                begun.set()
                sealed.wait(10)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(slow)
        begun.wait(10)
        points.grant(customer, 3, reason="quick")  # a later id, committed first
        with pytest.raises(audit.LedgerInUse):
            audit.seal(patience=0.2)
        assert not Seal.objects.exists()
        sealed.set()
        writing.result()

    assert audit.seal() == 3
    assert audit.audit().is_clean
