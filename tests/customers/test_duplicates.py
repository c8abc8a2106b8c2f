"""Customers who may be one person are suggested, with the reason, until somebody says no."""

import pytest

from customers.actions import duplicates
from customers.models import Duplicate, DuplicateSearch
from customers.tasks import look_for_duplicates
from tests.factories.customers import customer as make

pytestmark = pytest.mark.django_db


def pairs() -> set[tuple[str, str, tuple[str, ...]]]:
    return {(d.first.number, d.second.number, tuple(d.reasons)) for d in Duplicate.objects.waiting()}


def living(number: str, name: str, postcode: str):
    customer = make(number=number, name=name)
    customer.postal_addresses.create(lines="Street 1", country="DE", postcode=postcode, primary=True)
    return customer


def test_what_two_customers_share_is_the_reason():
    make(number="1", name="Ada", email="ada@example.com", phone="+49301234567")
    make(number="2", name="Bea", email="ada@example.com", phone="+49301234567")
    make(number="3", name="Cyd", birth_month=5, birth_day=1)
    make(number="4", name="Cyd", birth_month=5, birth_day=1)
    make(number="5", name="Cyd", birth_month=5, birth_day=2)
    living("6", "Dee", "10115")
    living("7", "Dee", "10115")
    living("8", "Dee", "10117")

    assert duplicates.find() == 3
    assert pairs() == {("1", "2", ("email", "phone")), ("3", "4", ("birthday",)), ("6", "7", ("postcode",))}


def test_looking_again_changes_nothing_and_a_pair_that_shares_nothing_any_more_goes():
    make(number="1", email="ada@example.com")
    other = make(number="2", email="ada@example.com")
    duplicates.find()

    assert duplicates.find() == 1
    other.email_addresses.all().delete()
    assert duplicates.find() == 0
    assert not Duplicate.objects.exists()


def test_a_pair_that_somebody_said_no_to_stays_away(agent):
    make(number="1", email="ada@example.com")
    make(number="2", email="ada@example.com")
    duplicates.find()

    dismissed = duplicates.dismiss(Duplicate.objects.get(), by=agent)

    assert dismissed.dismissed_by == agent
    assert duplicates.find() == 0
    assert Duplicate.objects.count() == 1


def test_an_address_shared_by_many_suggests_nobody():
    for _ in range(11):
        make(email="office@example.com")

    assert duplicates.find() == 0


def test_merged_customers_are_not_suggested():
    into = make(number="1", email="ada@example.com")
    make(number="2", email="ada@example.com", status="merged", merged_into=into, merged_at="2026-01-01T00:00Z")

    assert duplicates.find() == 0


def test_names_without_anything_else_in_common_suggest_nobody():
    make(number="1", name="Ada")
    make(number="2", name="Ada")
    make(number="3", name="", birth_month=1, birth_day=1)
    make(number="4", name="", birth_month=1, birth_day=1)

    assert duplicates.find() == 0


def test_a_search_that_somebody_asked_for_waits_for_a_worker_and_is_made_once(agent):
    make(number="1", email="ada@example.com")
    make(number="2", email="ada@example.com")
    assert look_for_duplicates() is None

    first = duplicates.ask(by=agent)
    assert duplicates.ask() == first

    assert look_for_duplicates() == 1
    assert look_for_duplicates() is None
    assert DuplicateSearch.objects.get().done_at
