"""The flat row of each customer is true to their purchases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from time import monotonic, sleep

import pytest
from django.db import connection, transaction
from django.utils import timezone

from customers.actions import profile, returns
from customers.models import Customer, Profile
from tests.factories.customers import customer as make
from tests.factories.purchases import AT, purchase


@pytest.fixture
def customer(db) -> Customer:
    return Customer.objects.create(number="1001", name="Ada Byron")


def test_the_profile_counts_purchases_gaps_and_value(customer):
    now = timezone.now()
    for days, amount in ((100, 1000), (70, 2000), (30, 4000)):
        purchase(customer, amount, at=now - timedelta(days=days))

    profile = customer.profile
    assert (profile.purchases, profile.gross, profile.value, profile.currency) == (3, 7000, 7000, "EUR")
    assert profile.usual_gap_days == pytest.approx(35)
    assert profile.stage == Profile.Stage.ACTIVE


@pytest.mark.parametrize(
    ("days_ago", "stage"),
    [
        ((10,), "new"),
        ((100,), "at_risk"),
        ((400,), "lapsed"),
        ((20, 10), "active"),
        ((300, 100), "active"),  # 100 days are no silence for one who comes every 200
        ((500, 10), "returned"),
        ((510, 100), "active"),
    ],
)
def test_the_stage_follows_from_the_purchases(customer, days_ago, stage):
    for days in days_ago:
        purchase(customer, at=timezone.now() - timedelta(days=days))

    assert customer.profile.stage == stage


def test_amounts_are_counted_in_the_currency_of_the_latest_purchase(customer):
    purchase(customer, 1000, currency="EUR", at=AT)
    purchase(customer, 5000, currency="KRW", at=AT + timedelta(days=1))

    assert (customer.profile.currency, customer.profile.gross) == ("KRW", 5000)


def test_the_tier_of_customers_is_shown_and_taken_away(customer):
    other = make()
    profile.refresh([customer.pk, other.pk])

    profile.show_tiers([(other.pk, "silver"), (customer.pk, "gold")])
    profile.show_tiers([(other.pk, "")])

    assert dict(Profile.objects.values_list("customer_id", "tier")) == {customer.pk: "gold", other.pk: ""}


WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.mark.django_db(transaction=True)
def test_two_who_count_the_same_customer_at_once_count_both():
    """The second one waits before it counts; it would not see what the first one has not committed."""
    person = make()
    first, second = purchase(person, 1000), purchase(person, 2000)

    def bring_back():
        try:
            returns.record(second, {1: 1}, at=AT)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic(), connection.cursor() as cursor:
            returns.record(first, {1: 1}, at=AT)
            later, until = pool.submit(bring_back), monotonic() + 10
            waits = 0
            while not (waits or later.done()) and monotonic() < until:
                cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction would go on seeing the first answer
                cursor.execute(WAITING)
                waits = cursor.fetchone()[0]
                sleep(0.01)
            assert waits
        later.result(10)

    person.profile.refresh_from_db()
    assert (person.profile.returned, person.profile.value) == (3000, 0)
