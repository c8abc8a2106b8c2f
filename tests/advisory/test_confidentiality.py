"""Nothing goes further than it may: not by address, search, count, feed, file, minutes or API; ids tell nothing."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from advisory.actions import (
    action_items,
    agendas,
    attendance,
    ballots,
    boards,
    forum,
    materials,
    meetings,
    minutes,
    notes,
    recommendations,
)
from advisory.confidentiality import Level
from advisory.models import Board, Follow, Remark, Support, Term, Vote
from advisory.queries import access
from customers.actions import privacy
from customers.models import Fact
from feedback.mail import File
from tests.factories import advisory as make
from tests.factories.integrations import Caller

pytestmark = pytest.mark.django_db
NOBODYS = 10**9  # an id that nothing has


@pytest.fixture
def there(settings, tmp_path) -> dict[str, int]:
    """A board with something of each kind, by its id; every name has the word zebra in it."""
    settings.MEDIA_ROOT = tmp_path
    board = make.board(name="Zebra board")
    held = meetings.open(make.meeting(board, members=1, title="Zebra hall"))
    member = make.invitees(held)[0].term
    item = agendas.add(held, "Zebra prices")
    file = materials.upload(item, File("zebra.pdf", "", b"%PDF-1.7"))
    ballot = ballots.open(ballots.prepare(held, "Zebra?", secrecy="open"))
    ballots.cast(ballot, make.invitees(held)[0], "yes")
    ballots.publish(ballots.close(ballot))
    paper = minutes.circulate(minutes.draft(meetings.close(held)))
    topic = forum.begin(board, "Zebra topic", "Zebra words", author=member)
    advice = recommendations.propose(board, "Zebra crossing", term=member)
    running = make.running(board, members=0, title="Zebra now")
    asked = ballots.open(ballots.prepare(running, "Zebra now?"))
    assert paper.number == 1
    return {"meeting": held.pk, "file": file.pk, "topic": topic.pk, "advice": advice.pk, "now": running.pk,
            "ballot": asked.pk}  # fmt: skip


def test_of_another_board_nothing_is_there_and_an_id_tells_nothing(there):
    mine = make.invitees(make.meeting(members=1))[0].term
    token, client = access.link(mine, "portal"), Client()
    own = mine.board.meetings.get().pk

    def asked(name: str, *args: int) -> tuple[int, bytes, int]:
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(reverse(name, args=[token, *args]))
        return answer.status_code, answer.content, len(queries)

    for name, theirs, nobodys in (
        ("portal_meeting", [there["meeting"]], [NOBODYS]),
        ("portal_live", [there["now"]], [NOBODYS]),
        ("portal_minutes", [there["meeting"], 1], [NOBODYS, 1]),
        ("portal_topic", [there["topic"]], [NOBODYS]),
        ("portal_material", [there["meeting"], there["file"]], [NOBODYS, there["file"]]),
        ("portal_material", [own, there["file"]], [own, NOBODYS]),
    ):
        found = asked(name, *theirs)
        assert found == asked(name, *nobodys), name
        assert found[0] == 404

    board, home = reverse("portal_recommendations", args=[token]), reverse("portal", args=[token])
    meeting = reverse("portal_meeting", args=[token, own])
    for address, sent in (
        (reverse("portal_meeting", args=[token, there["meeting"]]), {"do": "remark", "text": "Mine"}),
        (reverse("portal_meeting", args=[token, there["now"]]), {"do": "vote", "ballot": there["ballot"]}),
        (meeting, {"do": "vote", "ballot": there["ballot"], "choice": "yes"}),
        (reverse("portal_topic", args=[token, there["topic"]]), {"text": "Mine"}),
        (board, {"do": "support", "recommendation": there["advice"]}),
        (reverse("portal_round", args=[token]), {"do": "present", "asked": 1}),
    ):
        assert client.post(address, sent).status_code == 404
    assert (Remark.objects.count(), Vote.objects.count(), Support.objects.filter(term=mine).count()) == (0, 1, 0)

    feed = reverse("portal_feed", args=[access.link(mine, "feed")])
    searched = reverse("portal_forum", args=[token]) + "?q=zebra"
    for address in (home, board, meeting, feed, reverse("portal_forum", args=[token])):
        assert b"ebra" not in client.get(address).content, address
    assert b"ebra topic" not in client.get(searched).content
    assert Follow.objects.count() == 0


def test_other_systems_see_what_members_see_who_have_signed_nothing(there):
    caller = Caller("meetings:read", "boards:read", "recommendations:read")
    whole = caller.get(f"/api/v1/meetings/{there['meeting']}/").json()
    assert [one["title"] for one in whole["items"]] == ["Zebra prices"]
    [shown] = caller.get(f"/api/v1/meetings/{there['meeting']}/materials/").json()
    assert (shown["name"], shown["kind"], shown["url"]) == ("zebra.pdf", "application/pdf", "")
    assert caller.get(shown["file"]).content == b"%PDF-1.7"
    assert Caller("boards:read").get(shown["file"]).status_code == 403

    make.nda(board := Board.objects.get())
    secret = make.meeting(board, members=0, title="Factory", level=Level.CONFIDENTIAL)
    secret_item = agendas.add(secret, "Where")
    plan = materials.link(secret_item, "Plan", url="https://a.example/")
    assert "Factory" not in str(caller.get("/api/v1/meetings/").json())
    for path in ("", "materials/", f"materials/{plan.pk}/", "minutes/"):
        assert caller.get(f"/api/v1/meetings/{secret.pk}/{path}").status_code == 404
    told = Fact.objects.filter(verb="board_invited").values_list("about__meeting", flat=True)
    assert set(told) == {there["meeting"], there["now"]}
    plain = meetings.open(make.meeting(board, members=0, title="Plain"))
    hidden = agendas.add(plain, "Factory", level=Level.CONFIDENTIAL)
    materials.link(hidden, "Plan", url="https://a.example/")
    ballots.prepare(plain, "Build the factory?", item=hidden)
    shown = caller.get(f"/api/v1/meetings/{plain.pk}/").json()
    assert (shown["items"], shown["ballots"]) == ([], [])
    assert caller.get(f"/api/v1/meetings/{plain.pk}/materials/").json() == []

    make.board(code="quiet", level=Level.COMPANY)
    assert "quiet" not in str(caller.get("/api/v1/boards/").json())
    assert caller.get("/api/v1/boards/quiet/members/").status_code == 404


def test_what_a_board_recommends_of_which_few_may_know_goes_no_further_than_the_board():
    board = make.board(code="quiet", level=Level.CONFIDENTIAL)
    one = recommendations.propose(board, "Quiet words", term=make.term(board))
    assert one.level == Level.CONFIDENTIAL
    assert recommendations.change(one, level=Level.BOARD).level == Level.CONFIDENTIAL
    caller = Caller("recommendations:read", "recommendations:decide", "meetings:read")
    assert "uiet" not in str(caller.get("/api/v1/recommendations/").json())
    assert caller.send("/api/v1/recommendations/", {"board": "quiet", "title": "x"}, key="a").status_code == 400

    grown = make.board(code="grown")
    late = recommendations.propose(grown, "Written before")
    held = make.meeting(grown, title="Held before")
    boards.change(grown, level=Level.CONFIDENTIAL)
    for address in ("recommendations/", "meetings/"):
        assert "before" not in str(caller.get(f"/api/v1/{address}").json())
    assert caller.get(f"/api/v1/recommendations/{late.pk}/").status_code == 404
    assert caller.get(f"/api/v1/meetings/{held.pk}/").status_code == 404


def test_a_confidential_part_of_the_minutes_stays_so_whatever_was_noted_in_it():
    board = make.board()
    make.nda(board)
    unsigned = make.term(board, signed=False)
    meeting = make.running(board, members=1)
    [signed] = [one.term for one in make.invitees(meeting) if one.term != unsigned]
    item = attendance.begin(agendas.add(meeting, "The new factory", level=Level.CONFIDENTIAL))
    notes.save(item, "Bonn or Kassel\n## Kassel\n# Kassel it is", version=0)
    action_items.catch(board, "Look at the ground in Kassel", meeting=meeting, item=item)
    attendance.begin(agendas.add(meeting, "Prices"))
    action_items.catch(board, "Print the list", meeting=meeting)
    made = minutes.approve(minutes.circulate(minutes.draft(meetings.close(meeting))))
    minutes.publish(made)

    def reads(term: Term) -> str:
        args = [access.link(term, "portal"), meeting.pk, 1]
        return Client().get(reverse("portal_minutes", args=args)).content.decode()

    assert reads(signed).count("Kassel") == 4
    assert "<h2>2. Prices</h2>" in reads(signed)
    [told] = Caller("meetings:read").get(f"/api/v1/meetings/{meeting.pk}/minutes/").json()
    for text in (reads(unsigned), told["text"]):
        assert "Kassel" not in text
        assert "Print the list" in text
    assert told["digest"] == made.digest


def test_what_is_exported_of_a_person_tells_what_they_said_and_not_what_we_have_decided_inside():
    member = make.term(make.board())
    one = recommendations.propose(member.board, "Refills", term=member)
    recommendations.move(recommendations.move(one, "under_review"), "declined", reason="Too dear.")

    told = privacy.export(member.customer)["advisory.recommendation"]
    assert [(row["title"], row["published"]) for row in told] == [("Refills", "under_review")]
    assert "declined" not in str(told)
    assert "Too dear." not in str(told)
