"""The first page of those who may see customers."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.actions import duplicates, history
from customers.models import AccessLog, Customer, Profile
from customers.queries import home
from tests.factories import customers as factories
from tests.factories import imports

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


def test_who_only_stood_in_a_list_is_not_among_them(trio, agent):
    ann, *others = trio
    look_at(ann, agent)
    history.note_many([one.pk for one in others] * 60, AccessLog.What.LISTED, by=agent)

    assert home.recent(agent) == [ann]


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
    with django_assert_max_num_queries(30) as one:
        agent_client.get(HOME)
    for customer in trio:
        look_at(customer, agent)
    with django_assert_max_num_queries(30) as three:
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


def test_customers_are_counted_by_the_stage_in_which_something_may_be_done(board_manager_client, trio, monkeypatch):
    for customer, stage in zip(trio, ("at_risk", "at_risk", "lead"), strict=True):
        Profile.objects.create(customer=customer, stage=stage)

    page = " ".join(board_manager_client.get(HOME).content.decode().split())
    monkeypatch.setattr(home, "COUNTED", 1)
    capped = " ".join(board_manager_client.get(HOME).content.decode().split())

    assert [count for stage, _, count in home.by_stage([Profile.Stage.AT_RISK, Profile.Stage.LAPSED])] == [2, 0]
    assert f"{reverse('admin:customers')}?stage=at_risk" in page
    assert "more than 1" in capped


def test_of_stages_nothing_is_said_without_customers(board_manager_client):
    assert "Customers to think of" not in board_manager_client.get(HOME).content.decode()


def test_files_that_wait_or_left_rows_out_stand_on_the_first_page(marketer_client, agent_client, tmp_path):
    waits = imports.run_of(imports.written(tmp_path, "1,Ann,2026-01-02,tea,1,2.50"), imports.mapping())
    page = marketer_client.get(HOME).content.decode()

    assert waits.file_name in page
    assert waits.file_name not in agent_client.get(HOME).content.decode()


def test_a_file_that_came_in_whole_or_long_ago_does_not(db, tmp_path):
    rows = ("1,Ann,2026-01-02,tea,1,2.50", "2,Ann,2026-01-02,tea,one,2.50")
    good = imports.brought_in(imports.written(tmp_path, rows[0]), imports.mapping())
    bad = imports.brought_in(imports.written(tmp_path, *rows), imports.mapping())
    now = timezone.now()

    assert (good.state, good.refused_rows, bad.refused_rows) == ("done", 0, 1)
    assert home.imports_at_hand(now, kinds=["purchases"]) == [bad]
    assert home.imports_at_hand(now + timedelta(days=8), kinds=["purchases"]) == []
