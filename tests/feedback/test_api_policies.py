"""What is promised is written over the API."""

import pytest
from django.core.cache import cache

from feedback.models import Policy, PolicyVersion, Rejudging
from integrations.throttling import Rate
from tests.factories import feedback
from tests.factories.integrations import Caller, codes
from tests.factories.policies import policy

pytestmark = pytest.mark.django_db
HERE = "/api/v1/sla-policies/"
ANSWER = {"metric": "first_response", "priority": 4, "amount": 2, "unit": "hours", "pauses": ["third", "customer"]}
FINAL = {"metric": "final_response", "priority": 4, "amount": 56, "unit": "calendar_days"}


@pytest.fixture(autouse=True)
def fresh():
    Rate._shares.clear()
    cache.clear()


def test_a_policy_is_written_changed_put_first_and_retired(manager):
    caller = Caller("promises:read", "promises:write")
    usual, team = policy("Usual"), feedback.team(code="desk")
    step = {"basis": "after", "amount": 30, "action": "reassign", "to": "manager"}
    wish = {"name": "Urgent", "kinds": ["complaint"], "team": "desk", "targets": [ANSWER, FINAL], "steps": [step]}

    made = caller.send(HERE, wish, key="k1")
    assert (made.status_code, made["ETag"], caller.send(HERE, wish, key="k1").json()) == (201, '"1"', made.json())
    first = made.json()["targets"][0]
    assert first == ANSWER | {"calendar": None, "pauses": ["customer", "third"]}
    assert made.json()["steps"] == [step | {"metric": "", "at_any_hour": False}]
    assert made.json()["team"] == team.code

    here = f"{HERE}{made.json()['id']}/"
    changed = caller.patch(here, {"warn_percent": 50, "channels": ["email"]}, headers={"If-Match": '"1"'})
    assert (changed["ETag"], changed.json()["targets"]) == ('"2"', made.json()["targets"])
    assert (changed.json()["steps"], changed.json()["kinds"]) == (made.json()["steps"], ["complaint"])
    assert (changed.json()["warn_percent"], changed.json()["channels"]) == (50, ["email"])
    stale = caller.patch(here, {"name": "Other"}, headers={"If-Match": '"1"'})
    assert (stale.status_code, codes(stale)) == (412, ["changed_meanwhile"])
    assert caller.patch(here, {"name": "Other", "steps": []}).json()["steps"] == []
    assert PolicyVersion.objects.filter(policy=made.json()["id"]).count() == 3

    put = caller.send(f"{HERE}order/", {"policies": [made.json()["id"]]})
    assert [one["name"] for one in put.json()["results"]] == ["Other", "Usual"]
    left = caller.send(f"{here}retirement/")
    assert [one["id"] for one in left.json()["results"]] == [usual.pk]
    assert (caller.get(here).status_code, caller.patch(here, {"name": "x"}).status_code) == (404, 404)
    assert Rejudging.objects.count() >= 5


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("nothing_promised", {"targets": []}),
        ("target_twice", {"targets": [ANSWER, ANSWER]}),
        ("regulation_counts_days", {"targets": [FINAL | {"unit": "hours"}]}),
        ("never_pauses", {"targets": [FINAL | {"pauses": ["customer"]}]}),
        ("step_without_person", {"steps": [{"basis": "after", "amount": 1, "action": "reassign"}]}),
        ("invalid_choice", {"kinds": ["rant"]}),
    ],
)
def test_what_makes_no_sense_is_promised_to_nobody(code, change):
    caller = Caller("promises:write")
    assert codes(caller.send(HERE, {"name": "Bad", "targets": [ANSWER]} | change)) == [code]
    assert not Policy.objects.exists()


def test_who_reads_what_is_promised_may_not_write_it():
    caller, one = Caller("promises:read"), policy()
    assert caller.send(HERE, {}).status_code == 403
    assert caller.patch(f"{HERE}{one.pk}/", {}).status_code == 403
    assert caller.send(f"{HERE}{one.pk}/retirement/").status_code == 403
    assert caller.get(f"{HERE}{one.pk}/").status_code == 200
