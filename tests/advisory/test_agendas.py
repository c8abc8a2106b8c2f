"""Agendas: items in an order, what is read for them, and what members propose."""

import pytest

from advisory.actions import agendas, attendance, materials, meetings
from advisory.actions.refusals import BoardRefused, WrongState
from advisory.confidentiality import Level
from tests.factories import advisory as make

pytestmark = pytest.mark.django_db


def titles(meeting) -> list[str]:
    return [item.title for item in meeting.items.all()]


def test_items_are_added_changed_ordered_and_removed():
    meeting = make.meeting()
    first, second, third = (agendas.add(meeting, title, minutes=10) for title in ("Welcome", "Returns", "Prices"))

    agendas.change(second, title="Returns and refunds", minutes=40)
    agendas.order(meeting, [third.pk, first.pk])
    assert titles(meeting) == ["Prices", "Welcome", "Returns and refunds"]
    agendas.remove(first)
    assert [item.position for item in meeting.items.all()] == [1, 2]
    for wrong in ({"title": " "}, {"title": "X", "minutes": 0}):
        with pytest.raises(BoardRefused):
            agendas.add(meeting, **wrong)


def test_an_item_that_was_begun_stays_and_a_closed_meeting_keeps_its_agenda():
    meeting = make.running()
    item = agendas.add(meeting, "Prices")
    attendance.begin(item)
    item.refresh_from_db()

    with pytest.raises(BoardRefused, match="said"):
        agendas.remove(item)
    meetings.close(meeting)
    with pytest.raises(WrongState):
        agendas.add(meeting, "Later")


def test_nothing_goes_further_than_the_meeting_it_belongs_to():
    meeting = make.meeting(level=Level.CONFIDENTIAL)
    item = agendas.add(meeting, "Prices", level=Level.PUBLIC)
    material = materials.link(item, "Figures", url="https://shop.example/figures.pdf", level=Level.BOARD)

    assert (item.level, material.level) == (Level.CONFIDENTIAL, Level.CONFIDENTIAL)
    with pytest.raises(BoardRefused):
        materials.link(item, "Script", url="javascript:alert(1)")


def test_a_members_proposal_is_taken_up_or_declined_with_a_reason():
    meeting = make.meeting()
    term = make.invitees(meeting)[0].term
    one, other = (agendas.propose(term, title) for title in ("Opening hours", "Parking"))

    item = agendas.take_up(one, meeting, minutes=20)
    one.refresh_from_db()
    assert (one.state, item.title, item.minutes) == ("taken", "Opening hours", 20)
    with pytest.raises(BoardRefused, match="why"):
        agendas.decline(other, reason="")
    assert agendas.decline(other, reason="Not ours to change.").state == "declined"
    with pytest.raises(WrongState):
        agendas.take_up(one, meeting)
    agendas.remove(item)
    one.refresh_from_db()
    assert one.state == "proposed"
    with pytest.raises(BoardRefused, match="another board"):
        agendas.take_up(one, make.meeting())
