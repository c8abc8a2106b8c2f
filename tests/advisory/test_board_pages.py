"""Pages of the back office: boards, choosing members, terms."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from advisory.actions import attendees, draws, invitations, meetings, pools
from advisory.models import Board, Draw, Election, Exclusion, Term
from advisory.queries import glance, planning
from communications.timing import business_date
from customers.models import Segment
from tests.factories import advisory
from tests.factories.choosing import QUOTAS, SEED, codes_of, golden, willing

pytestmark = pytest.mark.django_db


def said(answer) -> str:
    return answer.content.decode()


def queries(client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as counted:
        assert client.get(address).status_code == 200
    return len(counted)


def test_a_board_is_opened_its_charter_written_and_published(board_manager_client):
    client = board_manager_client
    assert "No board yet" in said(client.get("/admin/boards/"))
    form = {"code": "home", "name": "Home board", "zone": "Asia/Seoul", "level": 1} | dict.fromkeys(
        ("points_joining", "points_attending", "points_surveying"), 10
    )
    assert "No such" not in said(client.post("/admin/boards/new/", form, follow=True))
    board = Board.objects.get()
    page = said(client.get(f"/admin/boards/{board.pk}/charter/"))
    assert 'value="42"' in page
    charter = {
        "mission": "Say what families need.", "size": 3, "term_months": 12, "terms_in_a_row": 2, "cool_off_months": 12,
        "renewal_notice_days": 42, "answer_days": 14, "remind_days": 5, "appointed_percent": 33, "meetings_a_year": 4,
        "quorum": "half", "vote_base": "YN", "vote_percent": 50, "host_percent": 20, "schedule_days": 35,
        "agenda_days": 7, "minutes_days": 2, "answer_advice_days": 28, "office_km": 50, "city_km": 200,
        "hybrid_percent": 60, "save": "1",
    }  # fmt: skip
    refused = client.post(f"/admin/boards/{board.pk}/charter/", charter | {"remind_days": 20})
    assert "Remind before the answer is due." in said(refused)
    for page, wrong in (("charter", charter | {"size": 32_768}), ("change", form | {"points_joining": 2**31})):
        assert "less than or equal to" in said(client.post(f"/admin/boards/{board.pk}/{page}/", wrong))
    client.post(f"/admin/boards/{board.pk}/charter/", charter)
    client.post(f"/admin/boards/{board.pk}/charter/publish/")
    client.post(f"/admin/boards/{board.pk}/nda/", {"text": "I keep it to myself."})

    assert (board.seats.count(), board.ndas.get().text) == (3, "I keep it to myself.")
    assert "0 of 3" in said(client.get(f"/admin/boards/{board.pk}/"))
    assert "Home board" in said(client.get("/admin/"))
    client.post(f"/admin/boards/{board.pk}/change/", form | {"name": "House board"})
    client.post(f"/admin/boards/{board.pk}/officers/", {"duty": "observer", "guest": "Prof. Guest"})
    board.refresh_from_db()
    assert (board.name, board.officers.get().who) == ("House board", "Prof. Guest")
    client.post(f"/admin/boards/officers/{board.officers.get().pk}/relieve/")
    assert board.officers.get().ends_on is not None


def test_a_board_at_a_glance_says_what_is_due(board_manager_client, manager):
    board = advisory.board(seats=2)
    today = business_date(timezone.now())
    advisory.term(board, seat=board.seats.get(number=1), ends_on=today + timedelta(days=30))
    advisory.meeting(board, members=0)
    late = advisory.running(board, members=1)
    type(late).objects.filter(pk=late.pk).update(
        state="closed", closed_at=timezone.now(), minutes_due_on=today - timedelta(days=1)
    )

    page = said(board_manager_client.get(f"/admin/boards/{board.pk}/"))

    assert "ask who stays" in page
    assert "Minutes of" in page
    assert "What customers need" in page
    year = said(board_manager_client.get("/admin/boards/year/"))
    assert "What customers need" in year


def test_of_a_meeting_all_pages_count_those_who_are_asked_still(board_manager_client):
    meeting = advisory.meeting(advisory.board(), members=3)
    for invitee in (gone := advisory.invitees(meeting))[:2]:
        attendees.answer(invitee, "accepted")
    for invitee in gone[1:]:
        attendees.excuse(invitee)

    assert "(1/1)" in said(board_manager_client.get(f"/admin/boards/{meeting.board_id}/"))
    assert "Everybody has answered" in said(board_manager_client.get(f"/admin/meetings/{meeting.pk}/"))
    assert "1 / 1" in said(board_manager_client.get("/admin/meetings/"))


def test_a_meeting_that_takes_longer_than_planned_is_the_next_one_still():
    board = advisory.board()
    running = advisory.running(board, members=1)
    advisory.meeting(board, members=0, scheduled=False)

    assert glance.coming(board, running.ends_at + timedelta(minutes=1)) == running


def test_a_video_meeting_without_a_link_is_not_ready():
    meeting = advisory.meeting(members=1)
    assert not planning.ready(meeting, at=timezone.now())[0].done
    meeting = meetings.move(meeting, video_url="https://video.example/hall")
    assert planning.ready(meeting, at=timezone.now())[0].done


def test_a_term_to_come_is_taken_back_and_who_resigned_may_be_named_emeritus(board_manager_client):
    board, day = advisory.board(), business_date(timezone.now()) + timedelta(days=5)
    coming = advisory.term(board, state="accepted", starts_on=day)
    left = advisory.term(board, state="resigned", over_at=timezone.now())
    verbs = [
        set(re.findall(r'name="do" value="(\w+)"', said(board_manager_client.get(f"/admin/boards/terms/{one.pk}/"))))
        for one in (coming, left)
    ]
    assert verbs[0] & {"withdraw", "resign", "remove"} == {"withdraw"}
    assert "emeritus" in verbs[1]
    board_manager_client.post(f"/admin/boards/terms/{coming.pk}/act/", {"do": "withdraw"})
    coming.refresh_from_db()
    assert coming.state == "withdrawn"


def test_lists_take_as_many_queries_for_three_as_for_one(board_manager_client):
    board = advisory.board()
    advisory.term(board)
    one = [queries(board_manager_client, page) for page in ("/admin/boards/", f"/admin/boards/{board.pk}/")]
    for _ in range(2):
        advisory.term(board)
        advisory.term(advisory.board())

    assert [queries(board_manager_client, page) for page in ("/admin/boards/", f"/admin/boards/{board.pk}/")] == one


def test_who_has_no_right_sees_no_board(agent_client, intern_client, board_manager_client):
    board = advisory.board()
    term = advisory.term(board)
    pages = [
        "/admin/boards/", f"/admin/boards/{board.pk}/", f"/admin/boards/{board.pk}/members/", "/admin/boards/year/",
        f"/admin/boards/{board.pk}/charter/", f"/admin/boards/terms/{term.pk}/", "/admin/recommendations/",
        f"/admin/boards/{board.pk}/impact/",
    ]  # fmt: skip

    assert {client.get(page).status_code for client in (agent_client, intern_client) for page in pages} == {403}
    assert {board_manager_client.get(page).status_code for page in pages} == {200}


def test_members_are_drawn_on_the_page_and_the_draw_exported(board_manager_client):
    client, board = board_manager_client, advisory.board(seats=4)
    for number in range(6):
        willing(name=f"Kim {number}")
    assert "4 seats are free." in said(client.get(f"/admin/boards/{board.pk}/members/"))
    answer = client.post(f"/admin/boards/{board.pk}/freeze/", {"about": ["tier", "tenure"]}, follow=True)
    page = answer.redirect_chain[-1][0]
    assert "6 candidates" in said(answer)
    day = business_date(timezone.now()).isoformat()
    impossible = {"seed": "2027-1", "starts_on": day, "tier:0:least": 9, "tier:0:most": 9}
    assert "No board of this pool meets the quotas" in said(client.post(page, impossible))
    answer = client.post(page, {"seed": "2027-1", "starts_on": day}, follow=True)

    draw = Draw.objects.get()
    assert "Seed “2027-1”" in said(answer)
    exported = client.get(f"/admin/boards/draws/{draw.pk}/export/")
    assert exported.json()["members"] == draw.members
    assert "Kim" not in said(exported)
    client.post(f"/admin/boards/{board.pk}/invite/")
    assert set(Term.objects.values_list("state", flat=True)) == {"invited"}


def test_somebody_is_appointed_or_excluded_by_number(board_manager_client):
    client, board = board_manager_client, advisory.board(seats=4)
    customer, rival = willing(number="A-1"), willing(number="A-2")
    form = {
        "customer": "A-1", "seat": board.seats.first().pk, "reason": "Runs the largest shop.",
        "starts_on": business_date(timezone.now()).isoformat(),
    }  # fmt: skip
    unknown = client.post(f"/admin/boards/{board.pk}/appoint/", form | {"customer": "A-9"}, follow=True)
    assert "no customer with this number" in said(unknown)
    client.post(f"/admin/boards/{board.pk}/appoint/", form)
    client.post(f"/admin/boards/{board.pk}/exclude/", {"customer": "A-2", "kind": "competitor"})

    assert Term.objects.get().customer == customer
    excluded = Exclusion.objects.get()
    assert excluded.customer == rival
    page = f"/admin/boards/{board.pk}/members/"
    assert "May be one again" in said(client.get(page))
    assert "May be one again" not in said(
        client.post(f"/admin/boards/{board.pk}/exclusions/{excluded.pk}/lift/", follow=True)
    )
    by_mail = form | {"customer": rival.email_addresses.get().address.upper(), "seat": board.seats.last().pk}
    refused = client.post(f"/admin/boards/{board.pk}/appoint/", by_mail, follow=True)
    assert "The charter lets 1 of 4 seats be appointed" in said(refused)


def test_an_election_is_called_opened_and_counted_on_its_page(board_manager_client):
    client, board = board_manager_client, advisory.board(seats=2)
    segment = Segment.objects.create(name="Everybody", conditions={"groups": []})
    when = timezone.localtime() + timedelta(days=7)
    form = {
        "name": "Spring", "seats": 1, "segment": segment.pk, "starts_on": when.date().isoformat(),
        "closes_at": when.strftime("%Y-%m-%dT%H:%M"),
    }  # fmt: skip
    page = client.post(f"/admin/boards/{board.pk}/elections/", form, follow=True).redirect_chain[-1][0]
    for number in ("A-1", "A-2"):
        willing(number=number)
        client.post(f"{page}nominate/", {"customer": number})
    assert "There is nothing to choose" in said(client.post(f"{page}step/", {"do": "open"}, follow=True))
    Election.objects.get().nominees.update(state="standing", answered_at=timezone.now())
    client.post(f"{page}step/", {"do": "open"})
    assert "Counted" in said(client.post(f"{page}step/", {"do": "close"}, follow=True))


def test_a_term_is_ended_thanked_and_declared_on_its_page(board_manager_client):
    client = board_manager_client
    term = advisory.term(advisory.board(), customer=willing(name="Kim Minji"))
    page = f"/admin/boards/terms/{term.pk}/"

    assert "Kim Minji" in said(client.get(page))
    assert "Say why." in said(client.post(f"{page}act/", {"do": "remove"}, follow=True))
    for step in (
        {"do": "declare", "kind": "supplier", "text": "Cups"}, {"do": "thank", "text": "Thank you."}, {"do": "resign"},
        {"do": "emeritus"}, {"do": "nonsense"},
    ):  # fmt: skip
        client.post(f"{page}act/", step)
    client.post(f"/admin/boards/interests/{term.declarations.get().pk}/end/")

    term.refresh_from_db()
    assert (term.state, term.declarations.get().ended_at is None) == ("emeritus", False)
    assert "emeritus" in said(client.get(f"/admin/boards/seats/{term.seat_id}/"))


def test_the_draw_that_went_on_is_shown_with_the_one_before(board_manager_client):
    board = advisory.board(seats=4)
    draws.draw(golden(board), seed=SEED, quotas=QUOTAS, starts_on=business_date(timezone.now()))
    invitations.decline(invitations.invite(Term.objects.get(customer__name="C-106")))
    latest = Draw.objects.order_by("-number")[0]

    assert "It goes on after draw 1" in said(board_manager_client.get(f"/admin/boards/draws/{latest.pk}/"))
    assert codes_of(board) == ["C-103", "C-104", "C-105", "C-107"]
    assert pools.freeze(board).candidates.filter(in_place=True).count() == 4
