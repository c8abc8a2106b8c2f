"""A case is found by whatever one remembers of it."""

import pytest
from django.db import connection
from django.urls import reverse

from feedback.actions import conversation
from feedback.queries import search
from feedback.queries.search import Why, find
from tests.factories import customers, feedback, purchases

pytestmark = pytest.mark.django_db


def found(question: str, *, notes: bool = True) -> list[int]:
    return [hit.case.pk for hit in find(question, notes=notes)]


def test_words_are_found_in_any_case_accent_and_script(agent):
    said = {
        "latin": "Le café était fermé, MÜLLER n'a rien reçu: 20% off!",
        "korean": "배송이 너무 늦어요. 언제 오나요?",
        "thai": "สินค้ายังไม่มาถึงเลยครับ",
        "greek": "Πού είναι το ΔΕΜΑ μου;",
        "mixed": "iPhone15을 주문했어요",
    }
    cases = {name: feedback.case(customer=None, subject="x", text=text).pk for name, text in said.items()}

    questions = {
        "cafe ferme": "latin", "muller": "latin", "REÇ": "latin", "20": "latin",
        "늦어": "korean", "언제 배송": "korean", "배": "korean",
        "ยังไม่มา": "thai", "มาถึง": "thai",
        "δεμα": "greek",
        "iphone": "mixed", "주문": "mixed",
    }  # fmt: skip
    assert {question: found(question) for question in questions} == {
        question: [cases[name]] for question, name in questions.items()
    }
    assert found("배송 스미스") == found("cafe 늦어") == found("요언") == []


def test_a_case_is_found_by_number_customer_order_sender_and_subject():
    kim = customers.customer(name="Kim Ngata", email="kim@example.org", number="K-77")
    purchases.purchase(kim, 100, number="ORDER-9")
    hers = feedback.case(customer=kim, subject="Kettle broken").pk
    stranger = feedback.case(customer=None, sender_address="Wes@Elsewhere.example", sender_name="Wes Vane").pk

    assert found(f"#{hers}") == [hers]
    assert found(str(hers))[0] == hers
    for question in ("ngata", "K-77", "kim@example.org", "order-9", "kettle", "bro kett"):
        assert found(question) == [hers], question
    for question in ("wes@else", "vane"):
        assert found(question) == [stranger], question
    assert found("#999999999") == found("") == found("!?") == found("\0") == []


def test_notes_are_found_by_those_who_may_read_them_only(agent, agent_client, marketer_client):
    case = feedback.case()
    conversation.note(case, "The carrier lost the zeppelin.", by=agent)

    address = reverse("admin:desk_search") + "?query=zeppelin"
    assert "lost the <mark>zeppelin</mark>" in agent_client.get(address).content.decode()
    assert "Nothing found" in marketer_client.get(address).content.decode()


def test_what_was_said_is_shown_harmless(agent_client):
    feedback.case(text="<script>alert('kettle')</script> & more")
    body = agent_client.get(reverse("admin:desk_search"), {"query": "kettle"}).content.decode()

    assert "&lt;script&gt;alert(&#x27;<mark>kettle</mark>&#x27;)" in body


def test_old_messages_are_found_behind_many_new_ones(agent, monkeypatch):
    monkeypatch.setattr(search, "NEWEST", 2)
    monkeypatch.setattr(search, "FEW", 2)
    old = feedback.case(text="A zeppelin and a kettle", customer=None).pk
    new = [feedback.case(text="A kettle", customer=None).pk for _ in range(3)]

    assert found("kettle") == [*reversed(new), old]
    assert found("zeppelin kettle") == [old]


def test_common_words_are_found_as_surely_as_rare_ones(monkeypatch):
    said = ["refund delivery", "refunded delivered 배송이", "refunds deliver 배송이 zeppelin", "refund"]
    said += ["delivery 배송"]
    cases = [feedback.case(text=text, customer=None, subject="x").pk for text in said]
    asked = {
        "refu deliv": [2, 1, 0], "refund deliv": [2, 1, 0], "refunds": [2], "zepp refu": [2], "배송이 refu": [2, 1],
        "배송": [4, 2, 1], "배송 zep": [2], "refu nothing": [], "de fr": [], "refun deliver 배송이": [2, 1],
    }  # fmt: skip
    monkeypatch.setattr(search, "NEWEST", 0)
    monkeypatch.setattr(search, "FEW", 0)
    with connection.cursor() as cursor:
        for rare in (5_000, 0):  # all rare at first, for nothing is known; then all that there is common
            monkeypatch.setattr(search, "RARE", rare)
            assert {one: found(one) for one in asked} == {one: [cases[n] for n in of] for one, of in asked.items()}
            cursor.execute("ANALYZE feedback_entry")
        _newest, driving = search._driving("refu 배송이", "'배송' & '송이' & 'refu':*", "feedback_entry")
        named = "'배송' & '송이' & ('refu' | 'refund' | 'refunded' | 'refunds')"
        assert driving == [named, "'배송' & '송이' & 'refu':*"]
        assert search._driving("refu zepp99", "'refu':* & 'zepp99':*", "feedback_entry")[1] == ["'zepp99':*"]


def test_the_box_leads_straight_to_a_number_and_lists_the_rest(agent_client, intern_client):
    case = feedback.case()
    address = reverse("admin:desk_search")

    assert agent_client.get(address, {"query": f"#{case.pk}"}).url == reverse("admin:case", args=[case.pk])
    part = agent_client.get(address, {"query": "parcel"}, headers={"HX-Request": "true"}).content.decode()
    assert case.subject in part
    assert "<html" not in part
    assert intern_client.get(address).status_code == 403


@pytest.mark.parametrize("question", ["a' | 'b", "x:*", "\\", "%", "(((", "!a", "<->"])
def test_no_question_breaks_the_search(question):
    feedback.case(text="a b x")
    find(question, notes=True)


def test_hits_say_why(agent):
    case = feedback.case(customer=customers.customer(name="Zoe Quill"), subject="Lamp", text="It is dark")
    assert [find(question, notes=True)[0].why for question in (f"#{case.pk}", "quill", "lamp", "dark")] == [
        Why.NUMBER, Why.CUSTOMER, Why.SUBJECT, Why.SAID
    ]  # fmt: skip
