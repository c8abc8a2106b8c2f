"""Redress over the API: approved, paid, withdrawn, taken back."""

import pytest
from django.core.cache import cache

from feedback.actions import complaints, redress
from feedback.models import Case
from integrations.throttling import Rate
from tests.factories import feedback
from tests.factories.integrations import Caller, codes
from tests.factories.loyalty import buckets, programme

pytestmark = pytest.mark.django_db
LINES = "/api/v1/redress/"


@pytest.fixture(autouse=True)
def fresh():
    Rate._shares.clear()
    cache.clear()
    programme()


@pytest.fixture
def caller() -> Caller:
    return Caller("cases:read", "redress:approve")


def at(line, what: str = "") -> str:
    return f"{LINES}{line.pk}/{what + '/' if what else ''}"


def decided(agent) -> Case:
    return complaints.decide(feedback.case(), outcome="upheld", reason="It came late.", by=agent)


def test_money_that_was_accepted_is_paid_once(caller, agent):
    case = decided(agent)
    line = redress.propose(case, "money", amount=1250, by=agent)
    complaints.accept(complaints.offer(case, by=agent), by=agent)

    waiting = caller.get(LINES, {"state": "accepted"}).json()["results"]
    paid = caller.send(at(line, "payment"), {"reference": "Bank 1"})

    assert [(one["id"], one["amount"], one["case"]) for one in waiting] == [(line.pk, 1250, case.pk)]
    assert (paid.status_code, paid.json()["state"], paid.json()["reference"]) == (201, "paid", "Bank 1")
    assert codes(caller.send(at(line, "payment"), {"reference": "Bank 2"})) == ["redress_state"]
    assert caller.get(at(line)).json()["paid_at"] is not None


def test_points_that_were_given_are_taken_back(caller, agent):
    case = decided(agent)
    line = redress.give(case, "points", points=100, by=agent)

    undone = caller.send(at(line, "undoing"), {"reason": "The wrong customer."})

    assert undone.json()["state"] == "undone"
    assert buckets(case.customer)[1] == 0


def test_an_integration_has_no_limit_of_its_own_and_withdraws(caller, agent):
    line = redress.propose(decided(agent), "points", points=10_000, by=agent)

    assert codes(caller.send(at(line, "approval"))) == ["second_person_needed"]
    assert caller.send(at(line, "withdrawal")).json()["state"] == "withdrawn"
    assert codes(caller.send(at(line, "withdrawal"))) == ["redress_state"]


def test_unknown_lines_and_states_and_tokens_without_the_scope_are_refused(caller, agent):
    line = redress.propose(decided(agent), "apology", by=agent)
    reader = Caller("cases:read")

    assert caller.get(f"{LINES}999999/").status_code == 404
    assert codes(caller.get(LINES, {"state": "eaten"})) == ["invalid_choice"]
    assert reader.send(at(line, "withdrawal")).status_code == 403
    assert reader.get(at(line)).status_code == 200


def test_a_list_asks_as_often_for_three_lines_as_for_one(caller, agent, django_assert_max_num_queries):
    for _ in range(3):
        redress.propose(decided(agent), "apology", by=agent)

    caller.get(LINES)
    with django_assert_max_num_queries(4):
        assert len(caller.get(LINES).json()["results"]) == 3
