"""Cases over the API."""

import pytest
from django.core.cache import cache
from django.utils import timezone

from communications.models import Message
from feedback.actions import conversation, views
from feedback.models import Case, Redress
from integrations.throttling import Rate
from tests.factories import feedback
from tests.factories.customers import customer
from tests.factories.integrations import Caller, codes
from tests.factories.loyalty import buckets, programme, reward
from tests.factories.purchases import purchase

pytestmark = pytest.mark.django_db
CASES = "/api/v1/cases/"


@pytest.fixture(autouse=True)
def fresh():
    Rate._shares.clear()
    cache.clear()
    programme()


@pytest.fixture
def caller() -> Caller:
    return Caller("cases:read", "cases:write")


def at(case, what: str = "") -> str:
    number = case["id"] if isinstance(case, dict) else case.pk
    return f"{CASES}{number}/{what + '/' if what else ''}"


def opened(caller, key=None, **said):
    usual = {"kind": "complaint", "text": "Where is my parcel?", "sender_address": "ann@example.org"}
    return caller.send(CASES, usual | said, key=key)


def test_a_complaint_goes_its_whole_way(caller):
    who, cause = customer(number="C-7"), feedback.root_cause(code="carrier")
    theme = feedback.theme(code="late")
    answer = opened(caller, customer="C-7", severity=3, theme="late", subject="Late")
    case = answer.json()
    assert (answer.status_code, case["stage"], case["priority"], case["customer"]) == (201, "received", 2, "C-7")
    assert answer["Location"].endswith(at(case))
    assert case["theme"] == theme.code

    assert caller.send(at(case, "acknowledgement")).json()["stage"] == "acknowledged"
    assert caller.send(at(case, "investigation")).json()["stage"] == "investigating"
    decided = caller.send(at(case, "decision"), {"outcome": "upheld", "reason": "It came late."}).json()
    assert (decided["outcome"], decided["outcome_reason"]) == ("upheld", "It came late.")
    waiting = caller.send(at(case, "redress"), {"kind": "points", "points": 300}, key="r1").json()
    assert [line["state"] for line in waiting["redress"]] == ["proposed"]  # an integration has no limit of its own
    assert codes(caller.send(at(case, "offers"))) == ["redress_waits"]
    Redress.objects.update(state="approved", approved_at=Case.objects.get().decided_at, alone=True)
    assert caller.send(at(case, "offers")).json()["stage"] == "offered"
    assert caller.send(at(case, "refusal")).json()["stage"] == "declined"
    assert codes(caller.send(at(case, "acceptance"))) == ["wrong_stage"]
    assert codes(caller.send(at(case, "closing"))) == ["root_cause_missing"]
    closed = caller.send(at(case, "closing"), {"root_cause": "carrier"}).json()
    assert (closed["stage"], closed["root_cause"]) == ("closed", cause.code)
    assert caller.send(at(case, "reopening")).json()["reopenings"] == 1
    assert caller.send(at(case, "referral"), {"to": "Ombudsman"}).json()["stage"] == "referred"
    assert buckets(who) == (0, 0, 0, 0)


def test_the_same_key_opens_and_proposes_once(caller):
    first = opened(caller, key="k")
    again = opened(caller, key="k")
    assert first.json()["id"] == again.json()["id"]
    reward("mug", kind="voucher")
    customer(number="C-7")
    caller.patch(at(first.json()), {"customer": "C-7"})
    for _ in range(2):
        caller.send(at(first.json(), "redress"), {"kind": "voucher", "reward": "mug"}, key="r")
    assert Redress.objects.count() == 1
    assert opened(caller, text=" ").status_code == 400


def test_what_is_said_goes_in_and_out_and_notes_stay_among_colleagues(caller, agent):
    case = opened(caller).json()
    heard = caller.send(at(case, "messages"), {"text": "Still waiting."})
    assert (heard.status_code, heard.json()["kind"]) == (201, "received")
    assert codes(caller.send(at(case, "replies"), {"text": "Soon.", "seen": 0})) == ["newer_message"]
    caller.send(at(case, "replies"), {"text": "Tomorrow."})
    assert Message.objects.get().to_address == "ann@example.org"
    caller.send(at(case, "notes"), {"text": "Call the carrier."})

    mine = [entry["kind"] for entry in caller.get(at(case)).json()["entries"]]
    assert mine == ["received", "received", "reply", "note"]
    reader = Caller("cases:read")
    assert [entry["kind"] for entry in reader.get(at(case)).json()["entries"]] == mine[:3]
    listed = reader.get(f"{at(case, 'messages')}?limit=2").json()
    assert [entry["kind"] for entry in listed["results"]] == ["reply", "received"]
    assert listed["next"]


def test_a_question_is_resolved_in_one_call(caller):
    case = opened(caller, kind="question").json()
    answer = caller.send(at(case, "resolution"), {"answer": "At ten."})
    assert (answer.status_code, answer.json()["stage"]) == (201, "closed")
    assert codes(caller.send(at(case, "resolution"), {"answer": "At ten."})) == ["wrong_stage"]
    complaint = opened(caller).json()
    assert codes(caller.send(at(complaint, "resolution"), {"answer": "Sorry!"})) == ["root_cause_missing"]
    assert Case.objects.get(pk=complaint["id"]).entries.count() == 1


def test_a_change_on_top_of_another_is_refused(caller, agent):
    case = opened(caller).json()
    tag = caller.get(at(case))["ETag"]
    assert caller.patch(at(case), {"severity": 4, "impact": 4}, headers={"If-Match": tag}).json()["priority"] == 4
    stale = caller.patch(at(case), {"severity": 1}, headers={"If-Match": tag})
    assert (stale.status_code, codes(stale)) == (412, ["changed_meanwhile"])
    assert codes(caller.patch(at(case), {"theme": "nowhere"})) == ["unknown"]


def test_an_order_is_named_by_its_number(caller):
    who = customer(number="C-7")
    bought = purchase(who, 1_900)
    case = opened(caller, customer="C-7", order=bought.number).json()
    assert case["order"] == bought.number
    assert caller.patch(at(case), {"order": ""}).json()["order"] is None
    unknown = caller.patch(at(case), {"order": "nothing"})
    assert (codes(unknown), unknown.json()["errors"][0]["field"]) == (["order_unknown"], "order")
    assert codes(opened(caller, order=purchase(customer(), 900).number)) == ["order_unknown"]


def test_cases_are_chosen_and_listed_in_few_queries(caller, django_assert_max_num_queries):
    who = customer(number="C-7")
    found = [feedback.case(customer=who), feedback.case("question", theme=feedback.theme(code="late"))]
    for _ in range(2):
        feedback.case(spam=True)
    conversation.receive(found[0], text="More.", channel="web")
    caller.get(CASES)
    with django_assert_max_num_queries(4):
        assert len(caller.get(CASES).json()["results"]) == 4
    assert [row["id"] for row in caller.get(f"{CASES}?open=true").json()["results"]] == [
        found[1].pk, found[0].pk,
    ]  # fmt: skip
    for chosen, rows in {"customer=C-7": 1, "kind=question": 1, "theme=late": 1, "stage=closed": 0}.items():
        assert len(caller.get(f"{CASES}?{chosen}").json()["results"]) == rows
    assert len(caller.get(f"{CASES}?received_from=2020-01-01T00:00:00Z").json()["results"]) == 4
    for wrong in ("kind=x", "stage=x", "open=maybe"):
        assert codes(caller.get(f"{CASES}?{wrong}")) == ["invalid_choice"]
    for wrong in ("received_from=yesterday", "received_before=2020-01-01", "kind=question&kind=complaint"):
        assert codes(caller.get(f"{CASES}?{wrong}")) == ["invalid"]


def test_what_a_shared_view_shows_is_asked_for_by_its_id(caller, agent, django_assert_max_num_queries):
    team = feedback.team(agent)
    hot, calm = feedback.case(team=team), feedback.case("question", team=team)
    shared = views.save("Questions", "kind=question", by=agent, team=team)
    own = views.save("All of mine", "", by=agent)
    theirs = views.save("Mine", "agent=me", by=agent, shared=True)

    seen = caller.get(f"{CASES}views/").json()["results"]
    assert [(one["id"], one["filters"]) for one in seen] == [
        (shared.pk, {"kind": "question"}), (theirs.pk, {"agent": "me"}),
    ]  # fmt: skip
    caller.get(CASES)
    with django_assert_max_num_queries(5):
        [row] = caller.get(f"{CASES}?view={shared.pk}").json()["results"]
    assert row["id"] == calm.pk
    assert caller.get(f"{CASES}?view={shared.pk}&kind=complaint").json()["results"] == []
    today = views.save("Today", "due=today&state=all", by=agent, shared=True)
    Case.objects.filter(pk=hot.pk).update(due_at=timezone.now())
    assert [row["id"] for row in caller.get(f"{CASES}?view={today.pk}").json()["results"]] == [hot.pk]
    assert codes(caller.get(f"{CASES}?view={own.pk}")) == ["unknown_view"]
    assert codes(caller.get(f"{CASES}?view={theirs.pk}")) == ["view_needs_person"]
    assert Caller("customers:read").get(f"{CASES}views/").status_code == 403


def test_scopes_say_who_may_what(caller):
    case = opened(caller).json()
    reader, stranger = Caller("cases:read"), Caller("points:read")
    assert reader.get(at(case)).status_code == 200
    assert reader.send(at(case, "decision"), {"outcome": "not", "reason": "x"}).status_code == 403
    assert stranger.get(at(case)).status_code == 403
    assert caller.get(f"{CASES}999999/").status_code == 404
