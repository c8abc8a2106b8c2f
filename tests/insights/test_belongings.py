"""What is kept of a customer follows a merge, and goes with an erasure."""

import pytest

from communications.actions import belongings as communications
from communications.models import HumanTask
from customers.actions import merging, privacy, readers
from customers.queries.holdings import held
from insights.actions import outreach
from insights.models import Outreach
from tests.factories.insights import bought, follow, reachable

pytestmark = pytest.mark.django_db


def test_outreach_follows_a_merged_customer_who_is_called_once(manager):
    kim, lee = reachable(), reachable()
    outreach.call([kim.pk, lee.pk], by=manager)
    made = Outreach.objects.create(customer=lee, how="sequence", label="Come back", by=manager)
    merging.merge(lee, into=kim, by=manager)
    follow()
    kept = Outreach.objects.filter(customer=kim).order_by("pk").values_list("how", "task__state")
    assert list(kept) == [("call", "open"), ("call", "cancelled"), ("sequence", None)]
    made.refresh_from_db()
    assert made.customer == kim
    assert held(kim)["insights.outreach"]


def test_an_erased_customer_is_not_called_and_stays_a_figure_of_nobody(manager):
    kim = reachable()
    bought(kim, "2026-03-02")
    follow()
    outreach.call([kim.pk], by=manager)
    HumanTask.objects.update(script="Kim", note="Said yes")
    privacy.erase(kim, by=manager)
    follow()
    readers.catch_up("communications", communications.react)
    task = Outreach.objects.get(customer=kim).task
    assert (task.state, task.reason, task.script, task.note) == ("cancelled", "erased", "", "")
    assert held(kim)["insights.buyer"][0]["orders"] == 1
