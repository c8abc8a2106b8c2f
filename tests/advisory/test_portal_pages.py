"""The member's own pages: what they do, what they see, and what nobody else sees."""

from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from advisory.actions import action_items, agendas, attendance, ballots, forum, materials, meetings, minutes, polls
from advisory.confidentiality import Level
from advisory.models import Ballot, Entitlement, Mood, Recommendation, Term, Vote
from advisory.queries import access, rooms
from communications.timing import business_date
from customers.models import Customer
from tests.factories import advisory as make

pytestmark = pytest.mark.django_db


def url(term: Term, name: str = "portal", *args) -> str:
    return reverse(name, args=[access.link(term, "portal"), *args])


def page(term: Term, name: str = "portal", *args) -> str:
    answer = Client().get(url(term, name, *args))
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


@pytest.fixture
def member():
    """A member of a board with a meeting in eight days."""
    return make.invitees(make.meeting(members=2))[0].term


@pytest.mark.parametrize(("language", "said"), [("en", "My seat"), ("ko-KR", "내 자리"), ("th", "ที่นั่งของฉัน")])
def test_a_member_reads_their_pages_in_their_own_language(member, language, said):
    Customer.objects.filter(pk=member.customer_id).update(language=language, zone="Europe/London")

    assert said in page(member)
    assert "(Europe/London)" in page(member)


def test_the_home_page_asks_the_database_fifteen_times_at_most(member):
    board = member.board
    for number in range(3):
        make.meeting(board, title=f"More {number}", members=0)
        agendas.propose(member, f"Idea {number}")
        forum.begin(board, f"Topic {number}", "Text", author=member)
    address = url(member)
    with CaptureQueriesContext(connection) as queries:
        assert Client().get(address).status_code == 200
    assert len(queries) <= 15


def test_a_member_answers_says_dates_proposes_and_chooses_what_they_hear(member):
    meeting = member.board.meetings.get()
    client = Client()
    client.post(url(member, "portal_meeting", meeting.pk), {"do": "answer", "answer": "accepted", "comment": "Yes!"})
    assert meeting.invitees.get(term=member).answer == "accepted"
    wrong = client.post(url(member, "portal_meeting", meeting.pk), {"do": "answer", "answer": "perhaps"})
    assert wrong.status_code == 400

    later = meetings.plan(member.board, "Next one")
    day = timezone.now() + timedelta(days=30)
    [option] = polls.offer(later, [(day, day + timedelta(hours=1))])
    assert "Say which dates" in page(member)
    client.post(url(member, "portal_meeting", later.pk), {"do": "dates", f"says-{option.pk}": "1"})
    assert option.preferences.get().says == 1
    client.post(url(member), {"do": "propose", "title": "Opening hours", "text": "Too short"})
    client.post(url(member), {"do": "wish", "wish": "nothing"})
    assert client.post(url(member), {"do": "propose", "title": ""}).status_code == 400
    shown = page(member)
    assert "Opening hours" in shown
    assert '<option value="nothing" selected>' in shown


def test_a_member_votes_from_a_phone_and_a_secret_vote_leaves_no_name(member):
    board = member.board
    meeting = meetings.open(board.meetings.get())
    item = agendas.add(meeting, "Prices")
    attendance.begin(item)
    open_one = ballots.open(ballots.prepare(meeting, "Lower them?", secrecy="open"))
    client, address = Client(), url(member, "portal_meeting", meeting.pk)

    client.post(address, {"do": "here"})
    client.post(address, {"do": "mood", "looks": "unsure"})
    client.post(address, {"do": "vote", "ballot": open_one.pk, "choice": "yes"})
    assert Mood.objects.get().looks == "unsure"
    assert "Your vote is in" in client.get(address).content.decode()
    ballots.publish(ballots.close(open_one))
    assert "Who voted what" in client.get(address).content.decode()

    secret = ballots.open(
        ballots.prepare(meeting, "And secretly?", kind="ranked", options=["A", "B"], secrecy="secret")
    )
    ranked = {"do": "vote", "ballot": secret.pk, "choice-o1": "2", "choice-o2": "1"}
    assert client.post(address, ranked).status_code == 400  # no number on this device yet
    client.get(reverse("portal_live", args=[address.split("/")[2], meeting.pk]))
    assert client.post(address, ranked).status_code == 302
    assert client.post(address, ranked | {"choice-o2": "2"}).status_code == 400
    assert client.post(address, ranked | {"choice-o1": "1", "choice-o2": "2"}).status_code == 302
    assert list(Vote.objects.filter(ballot=secret).values_list("choice", "entitlement")) == [(["o1", "o2"], None)]
    assert Entitlement.objects.get(ballot=secret, voted=True).invitee.term == member
    other = Client()
    other.get(address)
    assert "another device" in other.post(address, ranked).content.decode()


def test_a_vote_comes_back_in_the_same_answer_and_an_open_vote_that_hides_nothing_says_how_it_stands(member):
    meeting = meetings.open(member.board.meetings.get())
    agendas.add(meeting, "Prices")
    ballot = ballots.open(ballots.prepare(meeting, "Lower them?", hidden=False))
    client, address, seen = Client(headers={"HX-Request": "true"}), url(member, "portal_meeting", meeting.pk), set()

    for choice, words in (("no", "no"), ("yes", "yes")):
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(address, {"do": "vote", "ballot": ballot.pk, "choice": choice})
        assert len(queries) <= 14
        shown = answer.content.decode()
        assert shown.strip().startswith("<section")
        assert f"<strong>{words}</strong>" in shown
        assert "1 of 2 have voted" in shown
        assert "How it stands now" in shown
        seen.add(rooms.tag(meeting.pk))
    assert len(seen) == 2  # a changed vote is seen by the others
    [there] = rooms.shown(meeting)
    assert [(bar.label, bar.value) for bar in there.bars] == [("yes", "1"), ("no", "0"), ("abstentions", "0")]
    assert there.words == ""

    refused = client.post(address, {"do": "vote", "ballot": ballot.pk, "choice": "perhaps"})
    assert (refused["HX-Retarget"], "none of the choices" in refused.content.decode()) == ("#live", True)
    hidden = ballots.prepare(meeting, "And this?")
    ballots.close(ballot)
    ballots.cast(ballots.open(hidden), make.invitees(meeting)[0], "yes")
    assert "How it stands now" not in client.get(address).content.decode()
    assert rooms.shown(meeting)[0].bars == []


def test_a_meeting_that_closes_while_a_phone_reads_it_is_seen_to_be_over_at_the_next_look(member, monkeypatch):
    meeting, tag, over = meetings.open(member.board.meetings.get()), rooms.tag, []

    def overtaken(pk):
        if not over:
            over.append(meetings.close(meeting))
        return tag(pk)

    with monkeypatch.context() as patch:
        patch.setattr(rooms, "tag", overtaken)
        shown = page(member, "portal_meeting", meeting.pk)
    assert over
    is_over = 'name="seen"' not in shown
    assert (
        is_over
        or Client()
        .get(url(member, "portal_live", meeting.pk), {"seen": shown.split('name="seen" value="')[1].split('"')[0]})
        .status_code
        == 200
    )


@pytest.mark.parametrize(
    ("kind", "said", "kept"),
    [
        ("approval", {"choice": ["o1", "o2"]}, ["o1", "o2"]),
        ("dots", {"choice-o1": "5", "choice-o2": "3"}, {"o1": 5, "o2": 3}),
        ("score", {"choice-o1": "0", "choice-o2": ""}, {"o1": 0}),
        ("moscow", {"choice-o1": "must", "choice-o2": ""}, {"o1": "must"}),
    ],
)
def test_each_kind_of_ballot_has_its_form(member, kind, said, kept):
    meeting = meetings.open(member.board.meetings.get())
    ballot = ballots.open(ballots.prepare(meeting, "Which?", kind=kind, options=["Price", "Delivery"]))

    answer = Client().post(url(member, "portal_meeting", meeting.pk), {"do": "vote", "ballot": ballot.pk} | said)
    assert answer.status_code == 302
    assert Vote.objects.get().choice == kept
    assert "Delivery" in page(member, "portal_meeting", meeting.pk)


def test_minutes_are_read_and_remarked_on(member):
    meeting = meetings.close(meetings.open(member.board.meetings.get()))
    draft = minutes.draft(meeting)
    address = url(member, "portal_minutes", meeting.pk, 1)
    assert Client().get(address).status_code == 404
    minutes.circulate(draft)

    assert "Who was there" in Client().get(address).content.decode()
    Client().post(url(member, "portal_meeting", meeting.pk), {"do": "remark", "text": "I was late"})
    assert draft.remarks.get().term == member
    assert "I was late" in Client().get(address).content.decode()


def test_the_forum_is_written_and_searched(member):
    client = Client()
    client.post(url(member, "portal_forum"), {"title": "Parking", "text": "More of it"})
    topic = member.board.topics.get()
    client.post(url(member, "portal_topic", topic.pk), {"text": "Who agrees?"})

    assert topic.posts.count() == 2
    assert "Who agrees?" in page(member, "portal_topic", topic.pk)
    assert "Parking" in client.get(url(member, "portal_forum"), {"q": "agrees"}).content.decode()
    assert "Parking" not in client.get(url(member, "portal_forum"), {"q": "zebra"}).content.decode()
    assert client.post(url(member, "portal_topic", topic.pk), {"text": ""}).status_code == 400


def test_a_member_recommends_and_is_for_what_others_do(member):
    address = url(member, "portal_recommendations")
    other = member.board.terms.exclude(pk=member.pk).get()
    Client().post(url(other, "portal_recommendations"), {"do": "propose", "title": "Free returns"})
    found = Recommendation.objects.get()

    Client().post(address, {"do": "support", "recommendation": found.pk})
    assert "2 members are for it" in Client().get(address).content.decode()
    Client().post(address, {"do": "stop", "recommendation": found.pk})
    assert "1 member is for it" in Client().get(address).content.decode()
    assert Client().post(address, {"do": "propose", "title": ""}).status_code == 400
    stranger = make.term(make.board())
    support = {"do": "support", "recommendation": found.pk}
    assert Client().post(url(stranger, "portal_recommendations"), support).status_code == 404


def test_what_is_confidential_is_absent_for_who_has_not_signed_the_current_nda(member):
    meeting = member.board.meetings.get()
    make.nda(member.board)
    make.sign(member)
    item = agendas.add(meeting, "The new factory", level=Level.CONFIDENTIAL)
    plan = materials.link(item, "Plan", url="https://a.example/")
    action_items.catch(member.board, "Count the factory gates", meeting=meeting, item=item, owner=member)
    hall = meetings.plan(member.board, "Secret hall", level=Level.CONFIDENTIAL)
    day = timezone.now() + timedelta(days=30)
    polls.offer(hall, [(day, day + timedelta(hours=1))])
    topic = forum.begin(member.board, "Factory noise", "Loud", author=member, level=Level.CONFIDENTIAL)
    Recommendation.objects.create(
        board=member.board, number=1, title="Close the factory", level=Level.CONFIDENTIAL, proposed_by=member
    )
    places = [("portal",), ("portal_meeting", meeting.pk), ("portal_forum",), ("portal_recommendations",)]
    before = "".join(page(member, *place) for place in places)
    for words in ("The new factory", "Secret hall", "Factory noise", "Close the factory", "Count the factory"):
        assert words in before

    make.nda(member.board, "The second version")
    after = "".join(page(member, *place) for place in places)
    for words in ("factory", "Factory", "Secret hall"):
        assert words not in after
    for name, *args in (
        ("portal_topic", topic.pk),
        ("portal_material", meeting.pk, plan.pk),
        ("portal_meeting", hall.pk),
    ):
        assert Client().get(url(member, name, *args)).status_code == 404
    found = Client().get(url(member, "portal_forum"), {"q": "Loud"}).content.decode()
    assert "noise" not in found


def test_minutes_leave_out_what_the_reader_may_not_see(member):
    meeting = meetings.open(member.board.meetings.get())
    make.nda(member.board)
    agendas.add(meeting, "Prices")
    agendas.add(meeting, "The new factory", level=Level.CONFIDENTIAL)
    draft = minutes.draft(meetings.close(meeting))
    assert "factory {2}" in draft.text
    minutes.circulate(draft)

    shown = page(member, "portal_minutes", meeting.pk, 1)
    assert "Prices" in shown
    assert "factory" not in shown
    make.sign(member)
    assert "The new factory" in page(member, "portal_minutes", meeting.pk, 1)


def test_a_material_under_embargo_is_not_there_before_its_time(member):
    meeting = member.board.meetings.get()
    item = agendas.add(meeting, "Prices")
    soon = timezone.now() + timedelta(hours=1)
    later = materials.link(item, "Price list", url="https://a.example/list", from_at=soon)
    now = materials.link(item, "Old list", url="https://a.example/old")

    shown = page(member, "portal_meeting", meeting.pk)
    assert "Old list" in shown
    assert "Price list" not in shown
    assert Client().get(url(member, "portal_material", meeting.pk, later.pk)).status_code == 404
    assert Client().get(url(member, "portal_material", meeting.pk, now.pk))["Location"] == "https://a.example/old"


def test_access_ends_with_the_seat_and_with_a_revoked_link(member):
    meeting = member.board.meetings.get()
    feed = reverse("portal_feed", args=[access.link(member, "feed")])
    addresses = [url(member), url(member, "portal_meeting", meeting.pk), feed]
    assert [Client().get(address).status_code for address in addresses] == [200, 200, 200]
    [event] = icalendar.Calendar.from_ical(Client().get(feed).content).walk("VEVENT")
    assert str(event["UID"]) == meeting.uid

    Term.objects.filter(pk=member.pk).update(access=2)
    assert [Client().get(address).status_code for address in addresses] == [404, 404, 404]
    member.refresh_from_db()
    fresh = url(member)
    assert Client().get(fresh).status_code == 200
    Term.objects.filter(pk=member.pk).update(ends_on=business_date(timezone.now()) - timedelta(days=1))
    assert Client().get(fresh).status_code == 404
    assert Client().get(reverse("portal", args=["made-up"])).status_code == 404


def test_the_last_day_of_a_term_is_the_businesss_by_whatever_clock_the_member_lives(member, monkeypatch, settings):
    settings.BUSINESS_ZONE = "Europe/Berlin"
    monkeypatch.setattr(timezone, "now", lambda: datetime(2127, 6, 30, 15, 30, tzinfo=UTC))  # 1 July in Auckland
    Customer.objects.filter(pk=member.customer_id).update(zone="Pacific/Auckland")
    Term.objects.filter(pk=member.pk).update(ends_on=date(2127, 6, 30))
    address = url(member, "portal_recommendations")

    assert Client().post(address, {"do": "propose", "title": "Open earlier"}).status_code == 302
    monkeypatch.setattr(timezone, "now", lambda: datetime(2127, 6, 30, 22, 30, tzinfo=UTC))  # 1 July in Berlin
    assert Client().get(address).status_code == 404


def test_what_the_company_has_decided_inside_is_not_told_before_it_is_published(member):
    Recommendation.objects.create(
        board=member.board, number=1, title="Free returns", proposed_by=member, state="declined",
        reason="Costs too much", published="under_review", decided_at=timezone.now(),
    )  # fmt: skip

    shown = page(member) + page(member, "portal_recommendations")
    assert "Free returns" in shown
    assert "Costs too much" not in shown
    assert "declined" not in shown.lower()


def test_the_moving_part_answers_nothing_until_something_changes(member):
    meeting = meetings.open(member.board.meetings.get())
    address = url(member, "portal_live", meeting.pk)
    tag = Client().get(address).content.decode().split('name="seen" value="')[1].split('"')[0]

    with CaptureQueriesContext(connection) as queries:
        assert Client().get(address, {"seen": tag}).status_code == 204
    assert len(queries) <= 6
    ballots.open(ballots.prepare(meeting, "Now?"))
    assert "Now?" in Client().get(address, {"seen": tag}).content.decode()
    assert Ballot.objects.get().state == "open"
