"""Bulk grants, what points cost, balances of before and gifts that wait, over the API."""

import pytest
from django.urls import reverse

from customers.models import Segment
from loyalty.actions import audit, bulk_grants, point_gifts, points
from loyalty.models import BulkGrant, PointGift, Wallet
from tests.factories.customers import customer as make
from tests.factories.integrations import Caller, codes
from tests.factories.loyalty import buckets, programme

pytestmark = pytest.mark.django_db
API = "/api/v1"


def segment():
    return Segment.objects.get_or_create(name="Everybody", defaults={"conditions": {"groups": []}})[0]


@pytest.fixture
def people():
    programme(currency="EUR", cost_money=8, cost_points=10, breakage_percent=20, gift_confirmed=True)
    return [make(number=number) for number in "ABC"]


def queries_of(caller, path, django_assert_max_num_queries):
    with django_assert_max_num_queries(40) as seen:
        assert caller.get(path).status_code == 200
    return len(seen)


def test_a_bulk_grant_is_made_looked_at_followed_and_undone(people):
    chosen = segment()
    writer, reader = Caller("grants:read", "grants:write"), Caller("grants:read")
    made = writer.send(f"{API}/bulk-grants/", {"segment": chosen.pk, "points": 5, "reason": "Opening"})
    url = f"{API}/bulk-grants/{made.json()['id']}/"
    assert (made.status_code, made.json()["state"]) == (201, "draft")
    assert reader.get(f"{url}preview/").json() == {"customers": 3, "points": 15, "first": ["A", "B", "C"]}
    assert reader.send(f"{url}start/").status_code == 403
    assert codes(writer.send(f"{url}undo/", {"reason": "no"})) == ["not_undoable"]

    assert (started := writer.send(f"{url}start/")).status_code == 202
    assert started.json()["state"] == "running"
    assert reader.get(f"{url}progress/").json()["waiting"] == 3
    bulk_grants.take_turns()
    progress = reader.get(f"{url}progress/").json()
    assert progress == {
        "state": "done",
        "waiting": 0,
        "granted": 3,
        "refused": 0,
        "undone": 0,
        "percent": 100,
        "refusals": [],
    }
    assert writer.send(f"{url}undo/", {"reason": "wrong shop"}).status_code == 202
    bulk_grants.take_turns()
    assert reader.get(url).json()["state"] == "undone"
    assert [each["state"] for each in reader.get(f"{API}/bulk-grants/").json()["results"]] == ["undone"]
    assert buckets(people[0]) == (0, 0, 0, 0)
    assert audit.audit().findings == []


def test_a_large_grant_waits_for_a_second_person(people):
    caller = Caller()
    wish = {"segment": segment().pk, "points": 5000, "reason": "Opening"}
    made = caller.send(f"{API}/bulk-grants/", wish).json()
    assert codes(caller.send(f"{API}/bulk-grants/{made['id']}/start/")) == ["second_person_needed"]
    assert BulkGrant.objects.get().state == "draft"


def test_what_points_cost_and_the_journal(people, django_assert_max_num_queries):
    caller = Caller("books:read")
    queries_of(caller, f"{API}/liability/", django_assert_max_num_queries)  # what is read once
    one = queries_of(caller, f"{API}/liability/", django_assert_max_num_queries)
    for each in people:
        points.grant(each, 100, reason="start")
    audit.seal()

    told = caller.get(f"{API}/liability/?since=2020-01-01&until=2100-01-01").json()
    assert (told["outstanding"], told["full"], told["breakage"], told["worth"]) == (300, 240, 48, 192)
    assert (told["ties"], told["movement"]["ties"], told["movement"]["closing"]) == (True, True, 300)
    [row] = caller.get(f"{API}/liability/journal/?since=2020-01-01&until=2100-01-01").json()
    assert (row["debit"], row["credit"], row["points"], row["value"]) == ("issued", "customers", 300, "240")
    assert queries_of(caller, f"{API}/liability/", django_assert_max_num_queries) == one

    wrong = caller.get(f"{API}/liability/?since=2026-02-01&until=2026-02-01")
    assert (wrong.status_code, codes(wrong)) == (400, ["period_ends_before_it_begins"])
    assert Caller("points:read").get(f"{API}/liability/").status_code == 403


def test_balances_come_in_whole_or_not_at_all(people):
    caller = Caller("balances:import")
    rows = [{"customer": "A", "points": 100, "expires": "2036-06-30"}, {"customer": "B", "points": 200}]
    wish = {"name": "Old cards", "declared": 301, "rows": rows}
    url = f"{API}/balance-imports/"
    assert codes(caller.send(url, wish)) == ["control_total_differs"]
    assert caller.send(url, wish | {"declared": 300, "check_only": True}).json() == {"rows": 2, "points": 300}
    late = [{"customer": "A", "points": 1, "expires": "2020-01-01"}, {"customer": "Z", "points": 1}]
    refused = caller.send(url, {"name": "x", "declared": 2, "rows": late})
    assert codes(refused) == ["rows_wrong"]
    assert not Wallet.objects.exists()

    made = caller.send(url, wish | {"declared": 300})
    assert (made.status_code, made.json()["points"]) == (201, 300)
    assert [buckets(each)[1] for each in people] == [100, 200, 0]
    assert codes(caller.send(url, wish | {"declared": 300})) == ["import_known"]
    assert [each["name"] for each in caller.get(url).json()["results"]] == ["Old cards"]
    assert Caller("points:read").send(url, wish).status_code == 403


def test_gifts_that_wait_are_listed_by_api_and_page(people, agent_client, marketer_client, intern_client):
    ada, ben, cid = people
    points.grant(ada, 100, reason="start")
    first, second = (point_gifts.give(ada, many, to=to) for many, to in ((10, ben), (20, cid)))
    caller = Caller("points:read")
    listed = caller.get(f"{API}/point-gifts/?status=waiting&giver=A").json()["results"]
    assert [each["points"] for each in listed] == [20, 10]
    assert [each["points"] for each in caller.get(f"{API}/point-gifts/?taker=B").json()["results"]] == [10]
    assert caller.get(f"{API}/point-gifts/?giver=nobody").status_code == 404
    assert codes(caller.get(f"{API}/point-gifts/?status=odd")) == ["invalid_choice"]

    url = reverse("admin:point_gifts")
    assert f"Confirm the gift of 10 points of {ada.name}" in agent_client.get(url).content.decode()
    assert intern_client.get(url).status_code == 403
    decide = reverse("admin:decide_point_gift", args=[first.pk])
    assert intern_client.post(decide, {"confirm": "1"}).status_code == 403
    agent_client.post(decide, {"confirm": "1"})
    marketer_client.post(reverse("admin:decide_point_gift", args=[second.pk]), {"decline": "1"})

    assert list(PointGift.objects.order_by("pk").values_list("status", flat=True)) == ["given", "declined"]
    assert [buckets(each)[1] for each in people] == [90, 10, 0]
    again = marketer_client.post(decide, {"confirm": "1"}, follow=True)
    assert "already" in again.content.decode()
    assert ben.name in marketer_client.get(f"{url}?status=given").content.decode()


def test_who_answers_a_giver_gives_within_the_limits(people, agent_client, marketer_client, intern_client):
    ada, ben, _ = people
    programme(gift_smallest=10, gift_daily=100, gift_confirmed=True)
    points.grant(ada, 1000, reason="start")
    url = reverse("admin:give_point_gift", args=[ada.pk])
    wish = {"number": "B", "points": 60, "key": "page:1"}

    assert url in agent_client.get(reverse("admin:points_statement", args=[ada.pk])).content.decode()
    assert intern_client.post(url, wish).status_code == 403
    waits = [agent_client.post(url, wish, follow=True).content.decode() for _ in range(2)]
    assert f"The gift to {ben.name} waits for its giver." in waits[0]
    for wrong, said in (
        ({"number": "Z"}, "There is no customer with this number"),
        ({"points": 41}, "40 points can still be given"),
        ({"number": "A", "points": 10}, "in that wallet already"),
    ):
        assert said in marketer_client.post(url, wish | {"key": "page:2"} | wrong).content.decode()
    assert [buckets(each)[1] for each in (ada, ben)] == [1000, 0]

    programme(gift_confirmed=False)
    marketer_client.post(url, wish | {"points": 40, "key": "page:3"})
    assert [buckets(each)[1] for each in (ada, ben)] == [960, 40]
    assert list(PointGift.objects.order_by("pk").values_list("status", flat=True)) == ["waiting", "given"]


def test_the_page_of_gifts_asks_as_much_for_three_as_for_one(people, manager_client, django_assert_max_num_queries):
    points.grant(people[0], 100, reason="start")

    def asked():
        with django_assert_max_num_queries(60) as seen:
            manager_client.get(reverse("admin:point_gifts"))
        return len(seen)

    point_gifts.give(people[0], 1, to=people[1])
    asked()  # what is read once
    one = asked()
    for _ in range(2):
        point_gifts.give(people[0], 1, to=people[1])
    assert asked() == one
