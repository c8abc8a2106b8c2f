"""What others write while two records become one ends up with who is left."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic, sleep
from typing import Any

import pytest
from django.db import connection, transaction

from customers.actions import merging, privacy, returns
from customers.actions.customers import NotActive
from customers.actions.facts import report
from customers.models import Customer, Fact, Purchase
from tests.factories import purchases
from tests.factories.customers import customer as make
from tests.factories.purchases import AT

pytestmark = pytest.mark.django_db(transaction=True)
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def begun(pool: ThreadPoolExecutor, do: Callable[[], Any]) -> Future[Any]:
    """Start something in a thread of its own and wait until it waits for a lock, or is done."""

    def work() -> Any:
        try:
            return do()
        finally:
            connection.close()

    future, until = pool.submit(work), monotonic() + 10
    while not future.done() and not waiting() and monotonic() < until:
        sleep(0.01)
    return future


def waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction would go on seeing the first answer
        cursor.execute(WAITING)
        return cursor.fetchone()[0]


@pytest.fixture
def chain() -> tuple[Customer, Customer, Customer]:
    """A first record that was merged into a second one, which is about to be merged into a third."""
    first, second, third = make(number="FIRST"), make(number="SECOND"), make(number="THIRD")
    merging.merge(first, into=second)
    return first, second, third


def test_a_purchase_under_an_old_number_follows_a_survivor_who_is_just_being_merged(chain):
    first, second, third = chain
    order = purchases.order(first, 1000)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            merging.merge(second, into=third)
            recorded = begun(pool, lambda: purchases.purchases.record(order))
            assert not recorded.done()
        recorded.result(10)

    assert Purchase.objects.get().customer == third
    assert Fact.objects.get(verb="bought").customer == third
    assert third.profile.purchases == 1


def test_a_fact_under_an_old_number_follows_a_survivor_who_is_just_being_merged(chain):
    first, second, third = chain
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            merging.merge(second, into=third)
            said = begun(pool, lambda: report(first, "visited", at=AT, source="shop", key="v-1"))
            assert not said.done()
        said.result(10)

    assert Fact.objects.get(verb="visited").customer == third


def test_a_return_during_the_merge_tells_of_the_survivor():
    old, new = make(number="OLD"), make(number="NEW")
    bought = purchases.purchase(old, 1000)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            merging.merge(old, into=new)
            made = begun(pool, lambda: returns.record(bought, {1: 1}, at=AT))
            assert not made.done()
        made.result(10)

    assert Fact.objects.get(verb="returned").customer == new
    assert new.profile.returned == 1000


def test_who_is_merged_during_an_erasure_is_erased_or_stays_apart():
    old, new = make(number="OLD", name="Ada Old"), make(number="NEW", name="Ada New")
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            merging.merge(old, into=new)
            erased = begun(pool, lambda: privacy.erase(new))
            assert not erased.done()
        erased.result(10)

    assert list(Customer.objects.exclude(name="").values_list("name", flat=True)) == []
    assert not Customer.objects.filter(number__in=["OLD", "NEW"]).exists()


def test_nobody_is_merged_into_one_who_is_just_being_erased():
    old, new = make(number="OLD"), make(number="NEW")
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            privacy.erase(new)
            merged = begun(pool, lambda: merging.merge(old, into=new))
            assert not merged.done()
        with pytest.raises(NotActive):
            merged.result(10)

    old.refresh_from_db()
    assert old.status == Customer.Status.ACTIVE
