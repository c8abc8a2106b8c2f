"""Notes lose nothing when two write at once; quotes and moods are caught."""

import pytest

from advisory.actions import agendas, notes
from advisory.actions.notes import NotesChanged
from advisory.actions.refusals import BoardRefused, WrongState
from advisory.models import Mood
from tests.factories import advisory as make

pytestmark = pytest.mark.django_db


def test_who_saves_what_somebody_else_has_changed_is_told(agent):
    item = agendas.add(make.running(), "Prices")
    first = notes.save(item, "Too high", version=0, by=agent)
    assert notes.save(item, "Too high", version=0).version == first.version
    notes.save(item, "Too high, say three", version=1)

    with pytest.raises(NotesChanged) as refused:
        notes.save(item, "Too high, I think", version=1)
    assert (refused.value.note.text, refused.value.note.version) == ("Too high, say three", 2)
    with pytest.raises(BoardRefused):
        notes.save(item, "x" * 60_000, version=2)


def test_a_quote_is_by_name_only_where_somebody_said_it():
    meeting = make.running()
    item = agendas.add(meeting, "Prices")
    invitee = make.invitees(meeting)[0]

    assert notes.quote(item, "I would pay more", invitee=invitee, by_name=True).by_name
    assert not notes.quote(item, "Not me", by_name=True).by_name
    with pytest.raises(BoardRefused):
        notes.quote(item, "")


def test_the_last_mood_counts():
    meeting = make.running()
    item = agendas.add(meeting, "Prices")
    invitee = make.invitees(meeting)[0]
    for looks in ("good", "concerned"):
        notes.feel(item, invitee, looks)

    assert list(Mood.objects.values_list("looks", flat=True)) == ["concerned"]
    with pytest.raises(BoardRefused):
        notes.feel(item, invitee, "angry")
    with pytest.raises(WrongState):
        notes.feel(item, make.invitees(make.running())[0], "good")
