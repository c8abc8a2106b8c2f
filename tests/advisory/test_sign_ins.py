"""Members without a link at hand come in by their e-mail address; nobody learns who is a member."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from advisory.actions import sign_ins
from advisory.pages import entrance, public
from advisory.queries import access
from communications.models import Message
from communications.timing import business_date
from customers.models import Customer
from tests.factories import advisory as make
from tests.factories import customers

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(entrance, "ANSWERS_AFTER", 0)
    monkeypatch.setattr(entrance, "ASKS_PER_MINUTE", 1000)  # other tests ask within the same minute
    monkeypatch.setattr(public, "SENDS_PER_MINUTE", 1000)


@pytest.fixture
def member():
    return make.term(make.board(), customer=customers.customer(email="minji@example.org", name="Kim Minji"))


def token_of(letter: Message) -> str:
    found = re.search(r"/board/enter/([^/\s]+)/", letter.text)
    assert found
    return found[1]


def test_a_member_asks_for_a_link_and_comes_in_with_it_once(member, client):
    Customer.objects.filter(pk=member.customer_id).update(language="th")
    asked = client.post(reverse("board_sign_in"), {"email": " Minji@example.org "}).content.decode()
    letter = Message.objects.get(purpose="board_sign_in")
    assert (letter.to_address, "ลิงก์" in letter.text) == ("minji@example.org", True)

    door = reverse("board_enter", args=[token_of(letter)])
    for _ in range(2):  # looking, as programs that check mails do, uses nothing up
        assert "Kim Minji" in client.get(door).content.decode()
    into = client.post(door)
    assert "ที่นั่งของฉัน" in client.get(into["Location"]).content.decode()
    assert [client.get(door).status_code, client.post(door).status_code] == [404, 404]

    stranger = client.post(reverse("board_sign_in"), {"email": "nobody@example.org"}).content.decode()
    assert stranger == asked
    assert Message.objects.filter(purpose="board_sign_in").count() == 1
    client.post(reverse("board_sign_in"), {"email": "minji@example.org"})  # on another device: this one is used up
    assert Message.objects.filter(purpose="board_sign_in").count() == 2


def test_a_link_is_over_after_half_an_hour_and_what_it_opened_after_twelve(member):
    now = timezone.now()
    sign_ins.ask("minji@example.org", at=now)
    token = token_of(Message.objects.get())

    assert sign_ins.usable(token, at=now + timedelta(minutes=29)) == member
    assert sign_ins.enter(token, at=now + timedelta(minutes=31)) is None
    assert sign_ins.enter(access.link(member, "portal")) is None
    early = now - timedelta(hours=13)
    sign_ins.ask("minji@example.org", at=early)
    over = sign_ins.enter(token_of(Message.objects.latest("pk")), at=early)
    assert over
    answer = Client().get(reverse("portal", args=[over]))
    assert (answer.status_code, reverse("board_sign_in") in answer.content.decode()) == (404, True)
    assert sign_ins.enter(token, at=now)  # sent after that
    assert access.by_link(over, "portal") is None  # nor does it open a feed


def test_who_asks_often_gets_one_letter_and_each_seat_has_its_own(member):
    now = timezone.now().replace(minute=2, second=0)
    other = make.term(make.board(name="Second"), customer=member.customer)
    make.term(make.board(closed_at=now), customer=member.customer)
    gone = make.term(make.board(), customer=member.customer, ends_on=business_date(timezone.now()) - timedelta(days=1))

    assert [sign_ins.ask("minji@example.org", at=now + timedelta(seconds=each)) for each in (0, 60)] == [2, 2]
    sent = {access.by_link(token_of(one), "enter")[0] for one in Message.objects.all()}
    assert sent == {member, other}
    assert gone not in sent


def test_nobody_asks_without_end_and_what_is_no_address_is_said(member, client, monkeypatch):
    door = reverse("board_sign_in")
    assert '<b lang="th">' in client.get(door, {"language": "th"}).content.decode()
    wrong = client.post(door, {"email": "minji"})
    assert (wrong.status_code, 'value="minji"' in wrong.content.decode()) == (400, True)
    monkeypatch.setattr(entrance, "ASKS_PER_MINUTE", 0)
    assert client.post(door, {"email": "minji@example.org"}).status_code == 429
    assert Message.objects.count() == 0


def test_a_new_nda_is_signed_on_the_members_own_pages(member, client):
    home = reverse("portal", args=[access.link(member, "portal")])
    paper = reverse("portal_signature", args=[access.link(member, "portal")])
    assert client.get(paper).status_code == 302
    nda = make.nda(member.board, "Nothing leaves the room.")

    assert paper in client.get(home).content.decode()
    assert "Nothing leaves the room." in client.get(paper).content.decode()
    assert client.post(paper, {"name": "Kim Minji"}).status_code == 400
    client.post(paper, {"name": "Kim Minji", "nda": nda.pk})
    assert member.signatures.get(nda=nda).name == "Kim Minji"
    assert paper not in client.get(home).content.decode()
    assert reverse("portal_feed", args=[access.link(member, "feed")]) in client.get(home).content.decode()


def test_who_tries_made_up_links_is_told_to_wait_and_what_was_refused_is_typed_still():
    token = access.link(make.term(make.board()), "portal")
    wrong = reverse("portal", args=["made-up"])
    answers = [Client(REMOTE_ADDR="192.0.2.7").get(wrong) for _ in range(61)]  # a new minute may begin
    assert {answer.status_code for answer in answers} == {404, 429}
    assert all(("Too many attempts" in one.content.decode()) == (one.status_code == 429) for one in answers)

    for name, sent in (
        ("portal", {"do": "propose", "title": " ", "text": "Because of the rain"}),
        ("portal_recommendations", {"do": "propose", "title": " ", "text": "Because of the rain"}),
        ("portal_forum", {"title": " ", "text": "Because of the rain"}),
    ):
        refused = Client().post(reverse(name, args=[token]), sent)
        assert refused.status_code == 400
        assert "Because of the rain</textarea>" in refused.content.decode(), name
