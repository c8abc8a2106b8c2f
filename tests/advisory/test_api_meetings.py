"""Meetings for other systems, and what calendars reply."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from advisory.actions import agendas, ballots
from tests.factories import advisory as make
from tests.factories.integrations import Caller, codes, token

pytestmark = pytest.mark.django_db
REPLIES = "/api/v1/calendar-replies/"


def reply(meeting, address: str) -> bytes:
    lines = [
        "BEGIN:VCALENDAR", "METHOD:REPLY", "BEGIN:VEVENT", f"UID:{meeting.uid}", "SEQUENCE:0",
        f"DTSTAMP:{timezone.now():%Y%m%dT%H%M%SZ}", f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{address}", "END:VEVENT",
        "END:VCALENDAR", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode()


def post(raw: bytes, *scopes: str):
    headers = {"Authorization": f"Bearer {token(*scopes).secret}"} if scopes else {}
    return Client().post(REPLIES, raw, content_type="text/calendar", headers=headers)


def test_a_meeting_tells_its_agenda_and_results_and_never_who_voted_what():
    meeting = make.running(members=6)
    agendas.add(meeting, "Prices")
    ballot = ballots.open(ballots.prepare(meeting, "Lower them?", secrecy="secret"))
    for number, invitee in enumerate(make.invitees(meeting)):
        ballots.cast(ballot, invitee, "yes", receipt=f"{number}" * 40)
    ballots.close(ballot)
    caller = Caller("meetings:read")

    [listed] = caller.get("/api/v1/meetings/").json()["results"]
    whole = caller.get(f"/api/v1/meetings/{meeting.pk}/").json()
    assert (listed["title"], listed["state"]) == (meeting.title, "in_progress")
    assert [item["title"] for item in whole["items"]] == ["Prices"]
    assert whole["ballots"][0]["result"]["counts"] == {"yes": 6, "no": 0, "abstain": 0}
    assert {one["customer"] for one in whole["invitees"]} == {
        invitee.term.customer.number for invitee in make.invitees(meeting)
    }
    assert "votes" not in whole["ballots"][0]
    assert Caller("surveys:read").get("/api/v1/meetings/").status_code == 403
    assert caller.get("/api/v1/meetings/999999/").status_code == 404


def test_a_meeting_of_many_members_asks_the_database_as_often_as_that_of_one(django_assert_num_queries):
    few, many = make.meeting(members=1), make.meeting(members=4)
    caller = Caller("meetings:read")
    caller.get("/api/v1/meetings/")
    with CaptureQueriesContext(connection) as asked:
        caller.get(f"/api/v1/meetings/{few.pk}/")
    with django_assert_num_queries(len(asked)):
        assert len(caller.get(f"/api/v1/meetings/{many.pk}/").json()["invitees"]) == 4


def test_what_a_calendar_replies_is_handed_in_once():
    meeting = make.meeting(members=1)
    [invitee] = make.invitees(meeting)
    raw = reply(meeting, invitee.term.customer.email_addresses.get().address)

    first, again = post(raw, "meetings:reply"), post(raw, "meetings:reply")
    assert first.status_code == 200, first.content
    assert first.json() == again.json()
    assert first.json()[0]["outcome"] == "taken"
    invitee.refresh_from_db()
    assert invitee.answer == "accepted"
    assert codes(post(b"hello", "meetings:reply")) == ["no_calendar"]
    assert post(raw, "meetings:read").status_code == 403
    assert post(raw).status_code == 401
