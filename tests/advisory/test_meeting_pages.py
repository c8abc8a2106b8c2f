"""Pages for who plans and runs meetings."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from advisory.actions import action_items, agendas, ballots, meetings, minutes, notes, polls
from advisory.models import ActionItem, Ballot, Meeting, Note, Quote
from advisory.pages import meetings as pages
from advisory.queries import rooms
from customers.models import Customer
from tests.factories import advisory as make
from tests.factories import feedback

pytestmark = pytest.mark.django_db


def url(name, *args) -> str:
    return reverse(f"admin:{name}", args=args)


@pytest.fixture
def planned():
    board = make.board(office="Seoul", office_latitude="37.56600", office_longitude="126.97840")
    meeting = make.meeting(board, members=2, scheduled=False)
    Customer.objects.update(latitude="37.50000", longitude="127.00000", city="Gangnam")
    return meeting


def test_who_may_not_sees_none_of_it(intern_client, marketer_client):
    meeting = make.running()

    for client in (intern_client, marketer_client):
        for name in ("meetings", "new_meeting"):
            assert client.get(url(name)).status_code == 403
        for name in ("meeting", "meeting_book", "meeting_room", "meeting_state", "meeting_screen", "meeting_minutes"):
            assert client.get(url(name, meeting.pk)).status_code == 403
        assert client.post(url("meeting_do", meeting.pk), {"do": "close"}).status_code == 403
        assert client.post(url("meeting_cancel", meeting.pk), {"reason": "No"}).status_code == 403
    assert Meeting.objects.get().state == "in_progress"


def test_the_list_asks_the_database_as_often_for_three_meetings_as_for_one(board_manager_client):
    board = make.board()
    make.meeting(board)
    action_items.catch(board, "Call the carrier", owner=make.term(board))
    board_manager_client.get(url("meetings"))
    with CaptureQueriesContext(connection) as one:
        assert b"What customers need" in board_manager_client.get(url("meetings")).content
    for number in range(2):
        make.meeting(board, title=f"Meeting {number}", members=0)
        action_items.catch(board, "Call again", owner=make.term(board))
    with CaptureQueriesContext(connection) as three:
        board_manager_client.get(url("meetings"))
    assert len(three) == len(one)


def test_a_meeting_is_planned_polled_and_scheduled_on_its_page(board_manager_client, planned):
    theme = feedback.theme("Late parcels")
    feedback.case(theme=theme)
    page = board_manager_client.get(url("meeting", planned.pk) + "?day=2027-03-30").content.decode()
    for said in ("All live within", "Fair times", "Late parcels", "worst burden"):
        assert said in page
    day = timezone.now() + timedelta(days=5)
    times = f"{day:%Y-%m-%d} 10:00\n{day:%Y-%m-%d} 15:30"
    board_manager_client.post(url("meeting_offer", planned.pk), {"minutes": "90", "times": times})
    assert planned.options.count() == 2
    polls.say(planned, planned.board.terms.first(), {planned.options.first().pk: 2})
    board_manager_client.post(url("meeting_suggested", planned.pk), {"source": "theme", "subject": theme.pk})
    board_manager_client.post(
        url("meeting_item", planned.pk), {"title": "Prices", "minutes": "90", "purpose": "decide", "level": "1"}
    )
    board_manager_client.post(url("meeting_choose", planned.pk), {"option": planned.options.last().pk})

    planned.refresh_from_db()
    page = board_manager_client.get(url("meeting", planned.pk)).content.decode()
    assert (planned.state, planned.minutes_long) == ("scheduled", 90)
    assert "exceeds the meeting by 15 minutes" in page
    assert "a pain point" in page


def test_what_is_refused_is_said_and_changes_nothing(board_manager_client, planned):
    answer = board_manager_client.post(
        url("meeting_offer", planned.pk), {"minutes": "90", "times": "soon"}, follow=True
    )
    assert "soon is no time" in answer.content.decode()
    answer = board_manager_client.post(url("meeting_schedule", planned.pk), {"minutes": "5"}, follow=True)
    assert "Starts" in answer.content.decode()
    board_manager_client.post(url("meeting_cancel", planned.pk), {"reason": ""})

    planned.refresh_from_db()
    assert (planned.state, planned.options.count()) == ("draft", 0)


def test_agenda_items_move_change_and_go(board_manager_client):
    meeting = make.meeting()
    first, second = (agendas.add(meeting, title) for title in ("Welcome", "Prices"))
    change = url("meeting_change_item", meeting.pk)

    board_manager_client.post(change, {"item": second.pk, "do": "up"})
    board_manager_client.post(change, {"item": first.pk, "do": "minutes", "minutes": "25"})
    assert list(meeting.items.values_list("title", "minutes")) == [("Prices", 15), ("Welcome", 25)]
    board_manager_client.post(
        url("meeting_material", meeting.pk),
        {"item": first.pk, "name": "Plan", "url": "https://a.example/", "level": "1"},
    )
    assert first.materials.get().name == "Plan"
    board_manager_client.post(change, {"item": second.pk, "do": "remove"})
    assert meeting.items.get() == first
    proposal = agendas.propose(make.invitees(meeting)[0].term, "Opening hours")
    board_manager_client.post(url("meeting_proposal", meeting.pk), {"proposal": proposal.pk, "do": "take"})
    assert meeting.items.count() == 2
    assert board_manager_client.post(change, {"item": "x"}).status_code == 404
    assert "Opening hours" in board_manager_client.get(url("meeting_book", meeting.pk)).content.decode()


def test_the_words_of_an_item_are_changed_on_a_page_of_its_own(board_manager_client, intern_client):
    meeting = make.meeting()
    item = agendas.add(meeting, "Prizes")
    page = url("change_agenda_item", meeting.pk, item.pk)
    assert f'href="{page}"' in board_manager_client.get(url("meeting", meeting.pk)).content.decode()
    assert 'value="Prizes"' in board_manager_client.get(page).content.decode()

    said = {"title": "Prices", "minutes": "20", "purpose": "decide", "level": "2", "presenter": "Ann", "text": "High?"}
    assert "This field is required" in board_manager_client.post(page, said | {"title": ""}).content.decode()
    assert board_manager_client.post(page, said).status_code == 302
    item.refresh_from_db()
    assert (item.title, item.minutes, item.purpose, item.level, item.presenter) == ("Prices", 20, "decide", 2, "Ann")
    meetings.cancel(meeting, reason="Snow")
    assert "not possible now" in board_manager_client.post(page, said).content.decode()
    assert intern_client.get(page).status_code == 403


def test_who_came_instead_or_by_video_is_noted_in_the_room(board_manager_client):
    board = make.board(charter=False)
    make.published(board, substitutes=True)
    meeting = meetings.open(meetings.move(make.meeting(board, members=2), mode="hybrid", place="Town hall"))
    first, second = make.invitees(meeting)
    do, room = url("meeting_do", meeting.pk), url("meeting_room", meeting.pk)
    assert f"Who came instead of {first.who}" in board_manager_client.get(room).content.decode()

    refused = board_manager_client.post(do, {"do": "substitute", "invitee": first.pk, "substitute": " "}, follow=True)
    assert "Say who came instead." in refused.content.decode()
    board_manager_client.post(do, {"do": "substitute", "invitee": first.pk, "substitute": "Uncle Tom"})
    board_manager_client.post(do, {"do": "come_remotely", "invitee": second.pk})
    page = board_manager_client.get(room).content.decode()
    assert "Uncle Tom" in page
    assert "2 of 2 members are there" in page
    assert second.presences.get().remotely
    make.published(board)
    assert "Who came instead" not in board_manager_client.get(room).content.decode()


def test_time_words_answers_and_reminders_are_changed(board_manager_client):
    meeting = make.meeting(members=1)
    [invitee] = make.invitees(meeting)
    starts = meeting.starts_at + timedelta(days=1)
    time = {"starts_at": f"{starts:%Y-%m-%dT%H:%M}", "minutes": "60", "zone": "UTC", "mode": "video", "place": ""}

    board_manager_client.post(url("meeting_move", meeting.pk), time)
    board_manager_client.post(url("meeting_words", meeting.pk), {"title": "Needs", "level": "1", "purpose": ""})
    board_manager_client.post(url("meeting_answer", meeting.pk), {"invitee": invitee.pk, "answer": "accepted"})
    board_manager_client.post(url("meeting_remind", meeting.pk), {"hours": "48 1.5"})
    meeting.refresh_from_db()
    invitee.refresh_from_db()
    assert (meeting.title, meeting.minutes_long, meeting.sequence) == ("Needs", 60, 1)
    assert (invitee.answer, invitee.way) == ("accepted", "staff")
    assert sorted(meeting.reminders.values_list("minutes_before", flat=True)) == [90, 2880]
    board_manager_client.post(url("meeting_cancel", meeting.pk), {"reason": "Snow"})
    assert "Cancelled: Snow" in board_manager_client.get(url("meeting", meeting.pk)).content.decode()


def test_past_meetings_go_on_on_the_next_page(board_manager_client, monkeypatch):
    monkeypatch.setattr(pages, "PAST_SHOWN", 1)
    for title in ("The older one", "The newer one"):
        meetings.cancel(make.meeting(members=0, scheduled=False, title=title), reason="Snow")

    first, second = (board_manager_client.get(url("meetings"), {"page": page}).content.decode() for page in (1, 2))
    assert ("The newer one" in first, "The older one" in first) == (True, False)
    assert "The older one" in second


def test_the_room_is_run_by_its_buttons(board_manager_client, agent):
    meeting = make.meeting(members=2, facilitator=agent)
    item = agendas.add(meeting, "Prices")
    first = make.invitees(meeting)[0]
    do = url("meeting_do", meeting.pk)

    def press(**said):
        return board_manager_client.post(do, said, headers={"HX-Request": "true"}).content.decode()

    assert "quorum" in press(do="open")
    press(do="come", invitee=first.pk)
    press(do="begin", item=item.pk)
    press(do="speak", side="host")
    press(do="action", text="Compare prices", item=item.pk)
    press(do="quote", text="I would go elsewhere", item=item.pk)
    before = rooms.tag(meeting.pk)
    assert "Lower the prices" in press(do="recommend", text="Lower the prices", item=item.pk)
    assert rooms.tag(meeting.pk) != before
    assert "Asked now" in press(do="prepare", question="Asked now", kind="yes_no", secrecy="open", item=item.pk)
    ballot = Ballot.objects.get()
    ballots.cast(ballot, first, "yes")
    assert "1 of 2 have voted" in board_manager_client.get(url("meeting_state", meeting.pk)).content.decode()
    press(do="close_ballot", ballot=ballot.pk)
    assert "100.00% yes" in press(do="publish_ballot", ballot=ballot.pk)
    assert "1 of 2 members are there" in press(do="come", invitee=first.pk)
    assert 'role="alert"' in press(do="action", text="")
    assert board_manager_client.post(do, {"do": "nothing"}).status_code == 404
    press(do="leave", invitee=first.pk)
    press(do="close")
    meeting.refresh_from_db()
    assert meeting.state == "closed"
    assert (ActionItem.objects.get().owner, Quote.objects.count()) == (agent, 1)


def test_the_moving_part_is_silent_until_something_changes(board_manager_client, django_assert_max_num_queries):
    meeting = make.running(members=3)
    agendas.add(meeting, "Prices")
    state = url("meeting_state", meeting.pk)
    page = board_manager_client.get(state).content.decode()
    tag = page.split('name="seen" value="')[1].split('"')[0]

    with django_assert_max_num_queries(8):
        assert board_manager_client.get(state, {"seen": tag}).status_code == 204
    agendas.add(meeting, "Returns")
    assert board_manager_client.get(state, {"seen": tag}).status_code == 200
    for page in (
        board_manager_client.get(state, {"on": "screen"}),
        board_manager_client.get(url("meeting_screen", meeting.pk)),
    ):
        assert "3 of 3 members are there" in page.content.decode()


@pytest.mark.parametrize("name", ["meeting_room", "meeting_state", "meeting_screen"])
@pytest.mark.parametrize("moment", ["before it is asked for a tag", "after it was read"])
def test_what_happens_while_the_room_is_read_comes_with_the_next_look(board_manager_client, monkeypatch, name, moment):
    meeting = make.running(members=1)
    tag, room, over = rooms.tag, rooms.room, []

    def close_once():
        if not over:
            over.append(meetings.close(meeting))

    def overtaken_tag(pk):
        close_once()
        return tag(pk)

    def overtaken_room(shown, *, at):
        there = room(shown, at=at)
        close_once()
        return there

    with monkeypatch.context() as patch:
        if moment == "before it is asked for a tag":
            patch.setattr(rooms, "tag", overtaken_tag)
        else:
            patch.setattr(rooms, "room", overtaken_room)
        page = board_manager_client.get(url(name, meeting.pk)).content.decode()
    assert over
    seen = page.split('name="seen" value="')[1].split('"')[0]
    is_over = "Thank you." in page or ">Closed<" in page
    next_look = board_manager_client.get(url("meeting_state", meeting.pk), {"seen": seen})
    assert next_look.status_code == (204 if is_over else 200)


def test_notes_are_saved_and_a_conflict_gives_back_what_stands_there(board_manager_client):
    meeting = make.running()
    item = agendas.add(meeting, "Prices")
    save = url("meeting_notes", meeting.pk, item.pk)

    assert board_manager_client.post(save, {"text": "Too high", "version": "0"}).json()["version"] == 1
    notes.save(item, "Too high, both say", version=1)
    late = board_manager_client.post(save, {"text": "Too high!", "version": "1"})
    assert (late.json()["conflict"], late.json()["text"], late.json()["version"]) == (True, "Too high, both say", 2)
    assert Note.objects.get().text == "Too high, both say"
    assert board_manager_client.post(save, {"text": "x" * 60_000, "version": "2"}).status_code == 400


def test_minutes_are_made_and_approved_on_their_page(board_manager_client, agent_client):
    meeting = make.running()
    page = url("meeting_minutes", meeting.pk)
    assert "not closed" in board_manager_client.get(page).content.decode()
    meetings.close(meeting)

    for said in (
        {"do": "draft"}, {"do": "write", "text": "We met.", "version": "1"},
        {"do": "circulate", "text": "We met. All came.", "version": "2"}, {"do": "remark", "text": "Very short"},
        {"do": "approve", "version": "3", "text": "We met. All came."}, {"do": "publish"},
        {"do": "correct", "reason": "Names are missing"}, {"do": "write", "text": "We met.\nAda too.", "version": "1"},
    ):  # fmt: skip
        if said["do"] == "approve":
            stale = board_manager_client.post(page, {"do": "approve", "version": "1"})
            assert "Somebody else has changed the minutes meanwhile." in stale.content.decode()
        assert board_manager_client.post(page, said).status_code == 302
    assert list(meeting.minutes.order_by("number").values_list("state", "text")) == [
        ("published", "We met. All came."), ("draft", "We met.\nAda too."),
    ]  # fmt: skip
    shown = board_manager_client.get(page).content.decode()
    assert "+Ada too." in shown
    assert minutes.digest("", meeting.uid, 1, "We met. All came.") in shown
    assert agent_client.post(page, {"do": "draft"}).status_code == 403
    late = board_manager_client.post(page, {"do": "write", "text": "Mine", "version": "1"})
    assert "meanwhile" in late.content.decode()
    assert "Mine" in late.content.decode()


def test_an_action_is_settled_on_the_list_and_the_first_page_tells_of_meetings(board_manager_client):
    meeting = make.running()
    action = action_items.catch(meeting.board, "Call the carrier")

    board_manager_client.post(url("settle_action_item", action.pk), {"state": "dropped"})
    action.refresh_from_db()
    assert action.state == "open"
    board_manager_client.post(url("settle_action_item", action.pk), {"state": "done"})
    action.refresh_from_db()
    assert action.state == "done"
    assert "What customers need" in board_manager_client.get(url("index")).content.decode()


def test_the_forum_is_read_answered_and_moderated_by_staff(board_manager_client, intern_client):
    meeting = make.meeting(members=1)
    listed = url("board_forum", meeting.board_id)
    board_manager_client.post(listed, {"title": "Parking", "text": "Enough of it?"})
    topic = meeting.board.topics.get()
    page = url("board_topic", topic.pk)
    post = topic.posts.get()

    board_manager_client.post(page, {"do": "post", "text": "Anybody?"})
    board_manager_client.post(page, {"do": "hide", "post": post.pk, "reason": "A test"})
    for do in ("pin", "close"):
        board_manager_client.post(page, {"do": do})
    board_manager_client.post(page, {"do": "hide_topic"})
    for place in (page, listed):
        assert "hidden from members" in board_manager_client.get(place).content.decode()
    board_manager_client.post(page, {"do": "show_topic"})
    topic.refresh_from_db()
    assert (topic.pinned, topic.closed_at is not None, topic.posts.count()) == (True, True, 2)
    assert topic.hidden_at is None
    assert "Hidden by" in board_manager_client.get(page).content.decode()
    assert "Parking" in board_manager_client.get(listed, {"q": "parking"}).content.decode()
    assert intern_client.get(page).status_code == intern_client.get(listed).status_code == 403
