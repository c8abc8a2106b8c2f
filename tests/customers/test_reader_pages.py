"""The page that shows who follows the timeline."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.actions import readers, set_aside, timeline
from customers.models import Bookmark, Fact, SetAside, Verb
from customers.queries import readers as queries
from tests.factories.customers import customer

READERS = reverse("admin:readers")


def aside(count: int = 1, reader: str = "loyalty") -> list[SetAside]:
    who = customer()
    facts = [timeline.record(who, Verb.BOUGHT) for _ in range(count)]
    readers.catch_up(reader, lambda facts: None)
    return [
        SetAside.objects.create(
            reader=reader, fact=fact, tries=3, error="ValueError: no programme", set_aside_at=timezone.now()
        )
        for fact in facts
    ]


def test_an_empty_page_says_what_comes(manager_client):
    page = manager_client.get(READERS).content.decode()

    assert "No reader has read yet" in page
    assert "Nothing is set aside" in page


def test_each_reader_stands_with_its_state(manager_client):
    timeline.record(customer(), Verb.BOUGHT)
    readers.catch_up("loyalty", lambda facts: None)

    page = manager_client.get(READERS).content.decode()

    assert "loyalty" in page
    assert "up to date" in page


def test_progress_tells_how_far_behind_a_reader_is_and_since_when(db):
    who = customer()
    timeline.record(who, Verb.BOUGHT)
    readers.catch_up("loyalty", lambda facts: None)
    readers.catch_up("figures", lambda facts: None, lanes=2)
    unread = [timeline.record(who, Verb.VISITED) for _ in range(3)]
    waiting = queries.progress()[1]
    readers.number()
    numbered = queries.progress()[1]

    assert (waiting.reader, waiting.behind, waiting.oldest) == (
        "loyalty",
        3,
        Fact.objects.get(pk=unread[0].pk).recorded_at,
    )
    assert (numbered.behind, numbered.oldest) == (3, waiting.oldest)
    assert (numbered.lanes, queries.progress()[0].lanes) == (1, 2)
    states = [numbered.state(waiting.oldest + timedelta(minutes=minutes)) for minutes in (1, 6, 61)]
    assert states == ["current", "late", "stuck"]
    readers.catch_up("loyalty", lambda facts: None)
    done = queries.progress()[1]
    assert (done.behind, done.oldest, done.state(timezone.now() + timedelta(days=1))) == (0, None, "current")


def test_more_waiting_facts_than_are_counted_are_called_more(manager_client, monkeypatch):
    who = customer()
    timeline.record(who, Verb.BOUGHT)
    readers.catch_up("loyalty", lambda facts: None)
    for _ in range(3):
        timeline.record(who, Verb.VISITED)
    monkeypatch.setattr(queries, "COUNTED", 2)

    [reader] = queries.progress()

    assert (reader.behind, reader.more) == (2, True)
    assert "more than 2" in " ".join(manager_client.get(READERS).content.decode().split())


def test_a_fact_set_aside_is_tried_again_or_dismissed(manager_client, manager):
    first, second = aside(2)
    assert "ValueError: no programme" in manager_client.get(READERS).content.decode()

    manager_client.post(reverse("admin:retry_fact", args=[first.pk]))
    manager_client.post(reverse("admin:dismiss_fact", args=[second.pk]))

    first.refresh_from_db()
    second.refresh_from_db()
    assert first.next_try_at
    assert second.dismissed_by == manager


@pytest.mark.parametrize("route", ["retry_fact", "dismiss_fact"])
def test_what_is_settled_already_is_told(manager_client, manager, route):
    [row] = aside()
    set_aside.dismiss(row, by=manager)

    page = manager_client.post(reverse(f"admin:{route}", args=[row.pk]), follow=True).content.decode()

    assert "is not set aside by loyalty" in page


def test_all_of_one_reader_is_tried_again(manager_client):
    aside(3)
    [other] = aside(1, "figures")

    page = manager_client.post(reverse("admin:retry_reader", args=["loyalty"]), follow=True).content.decode()

    assert "3 facts are tried again" in page
    assert list(SetAside.objects.filter(set_aside_at__isnull=False)) == [other]


def test_what_is_set_aside_comes_in_pages(manager_client):
    rows = aside(30)
    first = manager_client.get(READERS).content.decode()
    after = first.split("?after=")[1].split('"')[0]

    second = manager_client.get(READERS, {"after": after}).content.decode()

    assert f"fact {rows[29].fact_id}\n" in first
    assert f"fact {rows[4].fact_id}\n" in second
    assert f"fact {rows[5].fact_id}\n" not in second
    assert manager_client.get(READERS, {"after": "nonsense"}).status_code == 302


def test_the_page_takes_the_same_queries_for_one_and_for_many(manager_client, django_assert_num_queries):
    aside(1)
    timeline.record(customer(), Verb.BOUGHT)
    readers.number()  # there is one to read
    with django_assert_num_queries(12):
        manager_client.get(READERS)
    aside(3, "figures")
    with django_assert_num_queries(12):
        manager_client.get(READERS)


def test_only_managers_see_and_settle(agent_client, marketer_client, board_manager_client, intern_client):
    [row] = aside()
    for client in (agent_client, marketer_client, board_manager_client, intern_client):
        assert client.get(READERS).status_code == 403
        for route in ("retry_fact", "dismiss_fact"):
            assert client.post(reverse(f"admin:{route}", args=[row.pk])).status_code == 403
        assert client.post(reverse("admin:retry_reader", args=["loyalty"])).status_code == 403
    row.refresh_from_db()
    assert row.set_aside_at


def test_home_speaks_of_readers_only_when_one_is_in_trouble(manager_client, agent_client):
    home = reverse("admin:index")
    assert "has set facts aside" not in manager_client.get(home).content.decode()
    aside()
    assert "has set facts aside" in manager_client.get(home).content.decode()
    assert "has set facts aside" not in agent_client.get(home).content.decode()

    SetAside.objects.all().delete()
    timeline.record(customer(), Verb.BOUGHT)
    readers.number()
    Bookmark.objects.update(moved_at=timezone.now())
    assert "behind" not in manager_client.get(home).content.decode()
