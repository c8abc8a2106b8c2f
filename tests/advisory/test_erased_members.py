"""Somebody who is erased leaves the counts as they were, and no name."""

import pytest

from advisory.actions import agendas, attendance, attendees, ballots, forum, meetings, minutes, notes
from advisory.models import Entitlement, Post, Presence, Proposal, Quote, Remark
from customers.models import Customer
from customers.queries import holdings
from loyalty.actions import erasure
from tests.factories import advisory as make

pytestmark = pytest.mark.django_db


def test_an_erased_member_leaves_attendance_and_totals_and_is_a_former_member(manager):
    meeting = make.meeting(members=3)
    first = make.invitees(meeting)[0]
    attendees.answer(first, "accepted", comment="Call me at home")
    meeting = meetings.open(meeting)
    attendance.come(first)
    Presence.objects.update(substitute="Uncle Tom")
    ballot = ballots.open(ballots.prepare(meeting, "Shall we?"))
    ballots.cast(ballot, first, "yes")
    result = ballots.close(ballot).result
    notes.quote(agendas.add(meeting, "Prices"), "Too high", invitee=first, by_name=True)
    paper = minutes.circulate(minutes.draft(meetings.close(meeting)))
    minutes.remark(paper, "I live in Main Street", of=first.term)
    agendas.propose(first.term, "Opening hours", text="My shifts end at nine")
    forum.begin(meeting.board, "Hello", "I am from Main Street", author=first.term)
    before = (Presence.objects.count(), Entitlement.objects.filter(voted=True).count())
    assert before == (1, 1)
    assert "advisory.invitee" in holdings.held(first.term.customer)

    erasure.erase(first.term.customer, by=manager)

    first.refresh_from_db()
    ballot.refresh_from_db()
    assert Customer.objects.get(pk=first.term.customer_id).status == "erased"
    assert (Presence.objects.count(), Entitlement.objects.filter(voted=True).count()) == before
    assert (ballot.result, ballot.entitled, first.comment) == (result, 3, "")
    assert make.invitees(meeting)[0].who == "former member"
    assert [Remark.objects.get().text, Post.objects.get().text, Proposal.objects.get().text] == ["…", "…", ""]
    assert not Quote.objects.get().by_name
    assert Presence.objects.get().substitute == ""
