"""What is kept of a customer follows a merge, and goes with an erasure."""

import pytest

from customers.actions import merging, privacy
from customers.queries.holdings import held
from insights.actions import outreach
from insights.models import Outreach
from tests.factories.customers import customer
from tests.factories.insights import bought, follow

pytestmark = pytest.mark.django_db


def test_outreach_follows_a_merged_customer_who_waits_for_one_call(manager):
    kim, lee = customer(), customer()
    outreach.call([kim.pk, lee.pk], by=manager)
    made = Outreach.objects.create(customer=lee, how="sequence", label="Come back", by=manager)
    merging.merge(lee, into=kim, by=manager)
    follow()
    assert list(Outreach.objects.filter(customer=kim).values_list("how", flat=True).order_by("how")) == [
        "call", "sequence",
    ]  # fmt: skip
    made.refresh_from_db()
    assert made.customer == kim
    assert held(kim)["insights.outreach"]


def test_an_erased_customer_is_not_called_and_stays_a_figure_of_nobody(manager):
    kim = customer()
    bought(kim, "2026-03-02")
    follow()
    one = Outreach.objects.create(customer=kim, how="sequence", result="Said yes", by=manager)
    outreach.call([kim.pk], by=manager)
    privacy.erase(kim, by=manager)
    follow()
    assert list(Outreach.objects.values_list("pk", "result")) == [(one.pk, "")]
    assert held(kim)["insights.buyer"][0]["orders"] == 1
