"""What staff write down of what they saw, and how the timeline tells of what other systems report."""

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.actions import facts
from customers.models import Fact
from customers.telling import particulars
from tests.factories import purchases
from tests.factories.customers import customer as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(db):
    return make(name="Ada Lovelace", number="A-7")


def at(name, *arguments):
    return reverse(f"admin:{name}", args=arguments)


def text(response):
    return " ".join(response.content.decode().split())


def seen(**fields):
    return {"verb": "visited", "at": "2026-03-02T10:00", "key": "k-1"} | fields


def test_a_visit_is_written_down_once_and_by_whom(agent_client, agent, ada):
    assert at("tell_fact", ada.pk) in text(agent_client.get(at("customer", ada.pk)))

    for _press in range(2):
        done = agent_client.post(at("tell_fact", ada.pk), seen(store="bonn-1"), follow=True)

    fact = Fact.objects.get(verb="visited")
    assert (fact.by, fact.about) == (agent, {"store": "bonn-1", "source": "back-office"})
    assert "Visited: bonn-1" in text(done)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"store": "Bonn Mitte"}, "A short code without blanks"),
        ({"rating": "4"}, "This does not belong to it"),
        ({"at": "2999-01-01T10:00"}, "There is no such time"),
        ({"at": "2199-01-01T10:00"}, "in the future"),
        ({"verb": "bought"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_refused_in_plain_words_and_stays_typed(agent_client, ada, fields, said):
    page = text(agent_client.post(at("tell_fact", ada.pk), seen(product="tea-9", **fields)))

    assert said in page
    assert 'value="tea-9"' in page
    assert not Fact.objects.filter(verb="visited").exists()


def test_a_form_that_says_something_else_when_it_is_sent_again_is_refused(agent_client, ada):
    agent_client.post(at("tell_fact", ada.pk), seen(store="bonn-1"))

    again = text(agent_client.post(at("tell_fact", ada.pk), seen(store="bonn-2")))

    assert "This form was sent before" in again
    assert Fact.objects.get(verb="visited").about["store"] == "bonn-1"


def test_only_who_may_add_facts_writes_them_down(marketer_client, ada):
    assert at("tell_fact", ada.pk) not in text(marketer_client.get(at("customer", ada.pk)))
    assert marketer_client.post(at("tell_fact", ada.pk), seen()).status_code == 403


def test_a_delivery_that_another_system_names_by_its_order_number_is_told_of(agent_client, ada):
    bought = purchases.purchase(ada, number="W-1")
    facts.report(ada, "delivered", at=timezone.now(), source="shop", key="1", purchase="W-1")
    facts.report(ada, "reviewed", at=timezone.now(), source="shop", key="2", purchase="W-1", rating=0, product="tea-9")

    page = text(agent_client.get(at("customer", ada.pk)))

    assert "Received the goods: order W-1" in page
    assert "Wrote a review: order W-1 · tea-9 · rating 0" in page
    assert page.count(f'class="ms-link" href="{at("purchase", bought.pk)}"') == 1


def test_a_fact_of_a_purchase_says_its_number_once():
    assert particulars("bought", {"purchase": 3, "number": "W-1"}) == "order W-1"
