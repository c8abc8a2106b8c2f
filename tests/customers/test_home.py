"""The first page of those who may see customers."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.actions import duplicates
from customers.models import AccessLog, Customer, Profile
from customers.queries import home
from tests.factories import customers as factories

HOME = reverse("admin:index")


def look_at(customer, by) -> None:
    AccessLog.objects.create(customer=customer, what=AccessLog.What.VIEWED, by=by)


@pytest.fixture
def trio(db):
    return [factories.customer(name=name) for name in ("Ann", "Bea", "Cid")]


def test_the_last_customers_are_ones_own_each_once_and_the_latest_first(trio, agent, marketer):
    ann, bea, cid = trio
    for customer in (ann, bea, ann):
        look_at(customer, agent)
    look_at(cid, marketer)

    assert home.recent(agent) == [ann, bea]


def test_who_was_erased_is_not_among_them(trio, agent):
    ann, bea, _ = trio
    look_at(ann, agent)
    look_at(bea, agent)
    Customer.objects.filter(pk=bea.pk).update(status="erased", erased_at=timezone.now(), name="")

    assert home.recent(agent) == [ann]


def test_the_latest_buyer_comes_first_and_leads_are_not_shown(trio):
    ann, bea, lead = trio
    now = timezone.now()
    for days, customer in enumerate((bea, ann)):
        at = now - timedelta(days=days)
        Profile.objects.create(
            customer=customer, purchases=1, first_purchase_at=at, last_purchase_at=at, currency="EUR"
        )
    Profile.objects.create(customer=lead)

    assert [profile.customer for profile in home.latest_buyers()] == [bea, ann]


def test_support_starts_with_the_search_and_their_last_customers(agent_client, agent, trio):
    look_at(trio[0], agent)

    page = agent_client.get(HOME).content.decode()

    assert 'name="query"' in page
    assert "Ann" in page
    assert "Bea" not in page


def test_without_purchases_the_page_says_where_they_come_from(agent_client, marketer_client):
    assert "an import by Marketing" in agent_client.get(HOME).content.decode()
    assert "an import of a file" in marketer_client.get(HOME).content.decode()


def test_an_intern_sees_none_of_it(intern_client):
    page = intern_client.get(HOME).content.decode()

    assert 'name="query"' not in page
    assert "Latest purchases" not in page


def test_home_takes_the_same_queries_for_one_and_for_three(agent_client, agent, trio, django_assert_max_num_queries):
    look_at(trio[0], agent)
    with django_assert_max_num_queries(12) as one:
        agent_client.get(HOME)
    for customer in trio:
        look_at(customer, agent)
    with django_assert_max_num_queries(12) as three:
        agent_client.get(HOME)

    assert len(one) == len(three)


@pytest.mark.parametrize(("pairs", "words"), [(1, "1 pair of records"), (3, "3 pairs of records")])
def test_pairs_that_may_be_one_person_are_counted(agent_client, pairs, words):
    for n in range(pairs):
        factories.customer(email=f"shared-{n}@example.com")
        factories.customer(email=f"shared-{n}@example.com")
    duplicates.find()

    assert words in agent_client.get(HOME).content.decode()


def test_of_pairs_nothing_is_said_where_there_are_none_or_one_may_not_merge(agent_client, board_manager_client):
    assert "may be one person" not in agent_client.get(HOME).content.decode()
    factories.customer(email="shared@example.com")
    factories.customer(email="shared@example.com")
    duplicates.find()

    assert "may be one person" not in board_manager_client.get(HOME).content.decode()
