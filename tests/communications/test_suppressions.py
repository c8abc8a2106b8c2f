"""Addresses that are not written to; what that means for sending stands in test_sending."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from communications.actions import suppressions
from communications.models import Suppression
from tests.factories.customers import customer


@pytest.mark.django_db
def test_an_address_is_suppressed_once_whatever_it_is_written_like_and_a_complaint_is_remembered(agent):
    kim = customer()

    first = suppressions.suppress("Kim@Example.com", customer=kim, by=agent)
    suppressions.bounced("kim@example.com")
    again = suppressions.suppress("kim@example.com", reason="complained")
    suppressions.suppress("kim@example.com", reason="asked")

    [kept] = Suppression.objects.all()
    assert (kept.pk, kept.address, kept.customer, kept.by) == (first.pk, "kim@example.com", kim, agent)
    assert (again.reason, kept.reason, kept.bounces) == ("complained", "complained", 1)


@pytest.mark.django_db
def test_a_lifted_one_stays_known_and_the_next_begins_anew(agent):
    suppressions.bounced("kim@example.com")
    gone = suppressions.lift(suppressions.bounced("kim@example.com"), by=agent)

    again = suppressions.bounced("kim@example.com")

    assert (gone.bounces, gone.lifted_by, again.bounces, again.pk == gone.pk) == (2, agent, 1, False)
    with pytest.raises(suppressions.NotSuppressed):
        suppressions.lift(gone, by=agent)
    with pytest.raises(ValidationError):
        suppressions.suppress("nobody")
    with pytest.raises(IntegrityError, match="small_letters"), transaction.atomic():
        Suppression.objects.create(address="A@b.example", reason="asked")


@pytest.mark.django_db(transaction=True)
def test_bounces_that_come_together_are_all_counted():
    def bounce(_) -> None:
        try:
            suppressions.bounced("kim@example.com")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(bounce, range(8)))

    assert Suppression.objects.get().bounces == 8
