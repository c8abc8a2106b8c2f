"""Letters, merging, splitting and likeness over the API."""

import pytest
from django.core.cache import cache

from communications.models import Message
from feedback.actions import conversation, redress
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
    return Caller("cases:read", "cases:write", "cases:merge")


def test_a_letter_is_drafted_and_sent_and_one_with_gaps_is_not(caller):
    case = feedback.case()
    letters = f"{CASES}{case.pk}/letters/"

    draft = caller.get(letters, {"purpose": "acknowledgement"}).json()
    sent = caller.send(letters, {"purpose": "acknowledgement"})

    assert draft["missing"] == []
    assert (sent.status_code, sent.json()["kind"]) == (201, "reply")
    assert draft["text"] in Message.objects.get().text
    case.refresh_from_db()
    assert case.stage == "acknowledged"
    assert codes(caller.send(letters, {"purpose": "holding", "text": "Dear {{ nobody }}"})) == ["letter_has_gaps"]
    assert codes(caller.get(letters, {"purpose": "love"})) == ["invalid_choice"]
    assert caller.get(letters).status_code == 404


def test_cases_are_found_alike_merged_and_split(caller, agent):
    kim = customers.customer(email="kim@example.org")
    first, second = (feedback.case(customer=kim) for _ in range(2))
    line = redress.propose(second, "points", points=100, by=agent)

    found = caller.get(f"{CASES}{second.pk}/alike/").json()["results"]
    merged = caller.send(f"{CASES}{second.pk}/merge/", {"into": first.pk})
    other = conversation.receive(first, text="The lamp is dark.", channel="email")
    split = caller.send(f"{CASES}{first.pk}/split/", {"entries": [other.pk], "redress": [line.pk], "subject": "Lamp"})

    assert [(one["case"]["id"], one["why"]) for one in found] == [(first.pk, ["words"])]
    assert merged.json()["id"] == first.pk
    assert (split.status_code, split.json()["follows"], split.json()["subject"]) == (201, first.pk, "Lamp")
    line.refresh_from_db()
    assert line.case_id == split.json()["id"]
    assert codes(caller.send(f"{CASES}{first.pk}/merge/", {"into": first.pk})) == ["same_case"]
    assert Caller("cases:read", "cases:write").send(f"{CASES}{first.pk}/merge/", {"into": 1}).status_code == 403


def test_the_kind_is_changed(caller):
    case = feedback.case("question")

    assert caller.send(f"{CASES}{case.pk}/kind/", {"to": "complaint"}).json()["kind"] == "complaint"
    assert codes(caller.send(f"{CASES}{case.pk}/kind/", {"to": "question"})) == ["reason_missing"]
