"""Boards and recommendations for other systems: nothing that was not published, nothing confidential."""

import pytest

from advisory import verification
from advisory.actions import draws, recommendations
from advisory.confidentiality import Level
from advisory.models import Recommendation
from tests.factories import advisory
from tests.factories.choosing import QUOTAS, SEED, golden
from tests.factories.integrations import Caller, codes

pytestmark = pytest.mark.django_db


def test_boards_their_members_and_draws_are_read():
    board = advisory.board(seats=4, code="home", name="Home board")
    member = advisory.term(board)
    caller = Caller("boards:read")
    other = advisory.board(seats=4)
    row = draws.draw(golden(other), seed=SEED, quotas=QUOTAS, starts_on=advisory.day("2027-01-01"))

    assert [one["code"] for one in caller.get("/api/v1/boards/").json()["results"]] == ["home", other.code]
    assert caller.get("/api/v1/boards/home/").json()["name"] == "Home board"
    assert caller.get("/api/v1/boards/home/charter/").json()["number"] == 1
    [shown] = caller.get("/api/v1/boards/home/members/").json()
    assert (shown["customer"], shown["state"]) == (member.customer.number, "active")
    [drawn] = caller.get(f"/api/v1/boards/{other.code}/draws/").json()
    assert drawn["members"] == row.members
    exported = caller.get(f"/api/v1/boards/{other.code}/draws/{row.pk}/").json()
    assert verification.again(exported) == row.members
    assert caller.get(f"/api/v1/boards/home/draws/{row.pk}/").status_code == 404
    bare = advisory.board(charter=False)
    assert caller.get(f"/api/v1/boards/{bare.code}/charter/").status_code == 404
    assert Caller("points:read").get("/api/v1/boards/").status_code == 403


def test_what_was_not_published_and_what_is_confidential_is_not_told():
    board = advisory.board(code="home")
    one = recommendations.move(recommendations.propose(board, "Refills"), "under_review")
    recommendations.change(one, progress=60)
    recommendations.move(one, "declined", reason="Too dear.")
    secret = recommendations.propose(board, "Close Bonn", level=Level.CONFIDENTIAL)
    reader, decider = Caller("recommendations:read"), Caller("recommendations:decide")

    [shown] = reader.get("/api/v1/recommendations/?board=home").json()["results"]
    assert (shown["state"], shown["reason"], shown["internal"], shown["progress"]) == ("under_review", "", None, 0)
    assert reader.get("/api/v1/recommendations/?state=declined").json()["results"] == []
    for caller in (reader, decider):
        assert caller.get(f"/api/v1/recommendations/{secret.pk}/").status_code == 404
    assert decider.get(f"/api/v1/recommendations/{one.pk}/").json()["internal"] == "declined"
    published = decider.send(f"/api/v1/recommendations/{one.pk}/publication/", {}, key="p")
    assert (published.status_code, published.json()["reason"]) == (201, "Too dear.")
    assert reader.send(f"/api/v1/recommendations/{one.pk}/publication/", {}, key="q").status_code == 403


def test_a_recommendation_is_taken_down_and_moved():
    board = advisory.board(code="home")
    term, stranger = advisory.term(board), advisory.term(advisory.board())
    caller = Caller("recommendations:decide")
    made = caller.send("/api/v1/recommendations/", {"board": "home", "title": "Refills", "member": term.pk}, key="a")

    assert made.status_code == 201, made.json()
    address = f"/api/v1/recommendations/{made.json()['id']}/moves/"
    assert codes(caller.send(address, {"to": "shipped"}, key="b")) == ["wrong_state"]
    assert codes(caller.send(address, {"to": "declined"}, key="c")) == ["reason_missing"]
    assert caller.send(address, {"to": "under_review"}, key="d").status_code == 201
    refused = caller.send("/api/v1/recommendations/", {"board": "home", "title": "x", "member": stranger.pk}, key="e")
    assert codes(refused) == ["not_a_member"]
    assert Recommendation.objects.get().state == "under_review"
