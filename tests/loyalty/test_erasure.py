import pytest

from customers.models import Customer
from loyalty import queries
from loyalty.actions import erasure, points, redemptions
from loyalty.models import Transaction
from loyalty.queries import books
from tests.factories import customers
from tests.factories.loyalty import buckets, on, programme

pytestmark = pytest.mark.django_db


def test_an_erased_person_keeps_no_points_and_earns_no_more(manager):  # I15
    rules, customer = programme(), customers.customer()
    points.grant(customer, 320, reason="start")
    redemptions.hold(customer, 100)

    erasure.erase(customer, by=manager)
    written = Transaction.objects.count()
    erasure.forfeit(customer, at=on("2036-01-01"))  # as the reader of the timeline does once more

    assert Customer.objects.get(pk=customer.pk).status == "erased"
    assert (buckets(customer), Transaction.objects.count()) == ((0, 0, 0, 0), written)
    assert queries.open_holds(customer).count() == 0
    assert books.overview(rules).forfeited == 320
    outcomes = points.earn_many([points.Points(customer.pk, 10, on("2026-05-01"))])
    assert outcomes[0].refusal.code == "wallet_closed"
