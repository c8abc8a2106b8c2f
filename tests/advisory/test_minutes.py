"""Minutes: drafted from the notes, remarked on, approved for good, corrected by the next revision."""

import hashlib

import pytest
from django.db import DatabaseError, connection, transaction

from advisory.actions import action_items, agendas, ballots, meetings, minutes, notes
from advisory.actions.minutes import MinutesChanged
from advisory.actions.refusals import BoardRefused, WrongState
from advisory.models import Minutes
from communications.models import Message
from customers.models import Fact
from tests.factories import advisory as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def held():
    """A meeting after its end, with one item, a vote and an action."""
    meeting = make.running(members=2)
    item = agendas.add(meeting, "Prices")
    notes.save(item, "Too high, say both.", version=0)
    notes.quote(item, "I would go elsewhere", invitee=make.invitees(meeting)[0], by_name=True)
    notes.quote(item, "Me too", invitee=make.invitees(meeting)[1])
    action_items.catch(meeting.board, "Compare prices", meeting=meeting)
    ballot = ballots.open(ballots.prepare(meeting, "Lower them?", item=item))
    for invitee in make.invitees(meeting):
        ballots.cast(ballot, invitee, "yes")
    ballots.close(ballot)
    return meetings.close(meeting)


def approved(meeting, agent) -> Minutes:
    return minutes.approve(minutes.circulate(minutes.draft(meeting)), by=agent)


def test_the_draft_is_what_was_noted(held):
    text = minutes.draft(held).text

    names = [str(invitee.term.customer) for invitee in make.invitees(held)]
    for part in ("Too high, say both.", "Compare prices", "Lower them?", "100.00% yes", f"elsewhere ({names[0]})"):
        assert part in text
    assert "> Me too (a member)" in text
    with pytest.raises(BoardRefused, match="already"):
        minutes.draft(held)


def test_a_vote_without_an_item_or_in_a_break_stands_in_the_minutes():
    meeting = make.running(members=1)
    tea = agendas.add(meeting, "Tea", purpose="break")
    for question, item in (("Go on?", None), ("More tea?", tea)):
        ballots.close(ballots.open(ballots.prepare(meeting, question, item=item)))
    ballots.prepare(meeting, "Never put?")

    text = minutes.draft(meetings.close(meeting)).text
    assert "## Votes\nVote: Go on?" in text
    assert "Vote: More tea?" in text
    assert "Never put?" not in text


def test_minutes_go_from_draft_to_published_and_members_hear_of_it(held, agent):
    draft = minutes.draft(held)
    with pytest.raises(WrongState):
        minutes.approve(draft)
    draft = minutes.write(draft, "Other words", version=1)
    with pytest.raises(MinutesChanged):
        minutes.write(draft, "Of somebody else", version=1)
    round_ = minutes.circulate(draft)
    minutes.remark(round_, "I was there too", of=make.invitees(held)[0].term)
    published = minutes.publish(minutes.approve(round_, by=agent))

    assert (published.state, published.approved_by) == ("published", agent)
    assert Message.objects.filter(key__startswith=f"minutes:{published.pk}:").count() == 4
    told = Fact.objects.filter(verb="board_minuted").values_list("about__minutes", "about__digest")
    assert list(told) == [(1, published.digest)] * 2
    with pytest.raises(WrongState):
        minutes.remark(published, "Too late", of=agent)
    with pytest.raises(WrongState):
        minutes.write(published, "Changed", version=2)


def test_what_was_approved_cannot_be_changed_by_sql_and_a_correction_continues_its_digest(held, agent):
    first = approved(held, agent)
    for statement in (
        "UPDATE advisory_minutes SET text = 'We agreed'", "UPDATE advisory_minutes SET state = 'draft'",
        "UPDATE advisory_minutes SET digest = 'x'", "DELETE FROM advisory_minutes",
    ):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    with pytest.raises(BoardRefused, match="wrong"):
        minutes.correct(first, reason="")
    second = minutes.correct(first, reason="Minji was there")
    with pytest.raises(WrongState):
        minutes.correct(first, reason="Twice at once")
    second = minutes.approve(minutes.circulate(minutes.write(second, "Corrected", version=1)), by=agent)
    first.refresh_from_db()
    assert (first.number, second.number, first.state) == (1, 2, "approved")
    chained = "\n".join([first.digest, held.uid, "2", "Corrected"]).encode()
    assert second.digest == hashlib.sha256(chained).hexdigest()
