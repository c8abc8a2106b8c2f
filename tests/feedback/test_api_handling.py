"""Finding cases and handling them over the API."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from feedback.actions import conversation
from integrations.throttling import Rate
from tests.factories import customers, feedback
from tests.factories.integrations import Caller, codes

pytestmark = pytest.mark.django_db
CASES = "/api/v1/cases/"


@pytest.fixture(autouse=True)
def fresh():
    Rate._shares.clear()
    cache.clear()


@pytest.fixture
def caller() -> Caller:
    return Caller("cases:read", "cases:write")


def test_cases_are_found_as_on_the_desk_and_notes_by_who_may_read_them(caller, agent, django_assert_max_num_queries):
    case = feedback.case(customer=customers.customer(number="K-9"), text="The kettle leaks.")
    conversation.note(case, "The carrier lost the zeppelin.", by=agent)

    with django_assert_max_num_queries(20):
        [hit] = caller.get(f"{CASES}found/", {"query": "kettle"}).json()["results"]
    assert (hit["case"]["id"], hit["why"], hit["excerpt"]) == (case.pk, "said", "The kettle leaks.")
    assert caller.get(f"{CASES}found/", {"query": "K-9"}).json()["results"][0]["why"] == "customer"
    assert len(caller.get(f"{CASES}found/", {"query": "zeppelin"}).json()["results"]) == 1
    assert Caller("cases:read").get(f"{CASES}found/", {"query": "zeppelin"}).json()["results"] == []
    assert caller.get(f"{CASES}found/").json()["results"] == []
    assert Caller("surveys:read").get(f"{CASES}found/", {"query": "kettle"}).status_code == 403


def test_a_case_is_given_waits_sleeps_and_is_held_aside(caller, agent):
    case, team = feedback.case(), feedback.team(agent, code="desk")
    here = f"{CASES}{case.pk}/"

    given = caller.send(f"{here}assignment/", {"agent": "agent", "team": "desk"}, key="k1")
    assert (given.status_code, given.json()["team"], given.json()["assignee"]) == (201, "desk", str(agent))
    assert caller.send(f"{here}assignment/", {"agent": None}).json()["assignee"] is None
    assert caller.send(f"{here}waiting/", {"waiting": "customer"}).json()["waiting"] == "customer"
    tomorrow = timezone.now() + timedelta(days=1)
    assert caller.send(f"{here}snooze/", {"until": tomorrow.isoformat(), "firmly": True}).status_code == 201
    case.refresh_from_db()
    assert (case.team, case.snoozed_until, case.asleep_firmly) == (team, tomorrow, True)
    caller.send(f"{here}snooze/", {"until": None})
    assert caller.send(f"{here}spam/", {"spam": True}).status_code == 201
    case.refresh_from_db()
    assert (case.snoozed_until, case.spam) == (None, True)

    assert codes(caller.send(f"{here}waiting/", {"waiting": ""})) == ["case_is_spam"]
    caller.send(f"{here}spam/", {"spam": False})
    assert codes(caller.send(f"{here}spam/", {"spam": False})) == ["not_spam"]
    past = (timezone.now() - timedelta(days=1)).isoformat()
    assert codes(caller.send(f"{here}snooze/", {"until": past})) == ["snooze_in_the_past"]
    assert caller.send(f"{CASES}999999/waiting/", {"waiting": ""}).status_code == 404


@pytest.mark.parametrize("what", ["assignment", "waiting", "snooze", "spam"])
def test_handling_needs_the_scope(what):
    case = feedback.case()
    assert Caller("cases:read").send(f"{CASES}{case.pk}/{what}/", {}).status_code == 403
