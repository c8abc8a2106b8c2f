"""Tasks for people over the API: read, added, ended."""

import pytest

from communications.actions import holds
from communications.models import HumanTask
from customers.models import AccessLog, Fact
from tests.factories import plans as made
from tests.factories.integrations import Caller, codes

pytestmark = pytest.mark.django_db
TASKS = "/api/v1/human-tasks/"


def wish(**changes) -> dict:
    usual = {"customer": "C-1", "kind": "call", "title": "Ask", "due_at": "2026-06-01T09:00:00Z"}
    return usual | changes


def test_a_task_is_added_read_and_ended_and_told_on_the_timeline():
    kim, shop = made.consenting(number="C-1"), Caller("tasks:read", "tasks:write")
    call = shop.send(TASKS, wish()).json()
    card = shop.send(TASKS, wish(kind="card")).json()
    assert (call["customer"], call["state"], call["plan"]) == ("C-1", "open", None)

    assert codes(shop.send(f"{TASKS}{call['id']}/outcome/", {"outcome": "sent"})) == ["outcome_unfit"]
    again = shop.send(f"{TASKS}{call['id']}/outcome/", {"outcome": "not_reached"}).json()
    assert (again["state"], again["attempts"]) == ("open", 1)
    done = shop.send(f"{TASKS}{call['id']}/outcome/", {"outcome": "agreed", "note": "Sunday"}).json()
    assert (done["state"], done["outcome"], done["note"]) == ("done", "agreed", "Sunday")
    for outcome in ("sent", "returned"):
        assert shop.send(f"{TASKS}{card['id']}/outcome/", {"outcome": outcome}).json()["outcome"] == outcome
    assert list(Fact.objects.order_by("pk").values_list("verb", flat=True)) == ["called", "note_sent", "contacted"]
    dropped = shop.send(TASKS, wish(kind="gift")).json()
    assert shop.send(f"{TASKS}{dropped['id']}/drop/").json()["reason"] == "dropped"
    assert codes(shop.send(f"{TASKS}{dropped['id']}/drop/")) == ["task_state"]
    assert codes(shop.send(TASKS, wish(kind="email"))) == ["invalid_choice"]
    assert [one["kind"] for one in shop.get(f"{TASKS}?state=done&customer=C-1").json()["results"]] == ["card", "call"]
    assert AccessLog.objects.filter(customer=kim, fields="tasks").count() == 1


def test_reading_costs_the_same_for_one_and_for_three_and_is_closed_to_others(django_assert_num_queries):
    plan, shop = made.sequence(made.call()), Caller("tasks:read")
    shop.get(TASKS)
    for count in (1, 3):
        while HumanTask.objects.count() < count:
            HumanTask.objects.create(
                kind="call", customer=made.consenting(), title="x", due_at="2026-06-01T09:00:00Z", assignee=plan.owner
            )
        with django_assert_num_queries(4):
            assert len(shop.get(f"{TASKS}?state=open").json()["results"]) == count
    assert codes(shop.send(TASKS, wish())) == ["permission_denied"]
    assert Caller("plans:read").get(TASKS).status_code == 403


def test_what_is_open_is_what_the_page_has_to_do_without_marketing_that_is_on_hold():
    kim, shop = made.consenting(number="C-1"), Caller("tasks:read", "tasks:write")
    call = shop.send(TASKS, wish()).json()
    order = shop.send(TASKS, wish(marketing=False)).json()
    holds.place(kim, reason="complaint", key="complaint:1")

    def listed(query):
        return [one["id"] for one in shop.get(f"{TASKS}{query}").json()["results"]]

    assert (listed("?state=open"), listed("")) == ([order["id"]], [order["id"], call["id"]])
    holds.lift("complaint:1")
    assert listed("?state=open") == [order["id"], call["id"]]
