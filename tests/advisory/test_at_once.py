"""Several at the same instant, on the real database: nothing is lost, nothing happens twice, and who lost is told."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import F

from advisory.actions import agendas, attendance, ballots, draws, meetings, minutes, notes
from advisory.actions.notes import NotesChanged
from advisory.models import Draw, Entitlement, Minutes, Note, Speaking, Term, Vote
from tests.factories import advisory as make
from tests.factories.choosing import QUOTAS, golden

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    """What became of each of these, begun together: its answer, or the code of its refusal."""
    start = Barrier(len(acts))

    def one(act):
        start.wait()
        try:
            return act()
        except ValidationError as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def test_twenty_who_vote_in_the_same_second_are_all_counted_once():
    """Half of them press twice; the vote of one who voted before is replaced, never added."""
    meeting = make.running(members=20)
    ballot = ballots.open(ballots.prepare(meeting, "Shall we?", secrecy="secret"))
    voters = make.invitees(meeting)

    def votes(number, choice):
        return lambda: ballots.cast(ballot, voters[number], choice, receipt=f"{number:02}" * 20)

    told = at_once(*(votes(n, "yes") for n in range(20)), *(votes(n, "yes") for n in range(0, 20, 2)))

    assert [code for code in told if isinstance(code, str)] == []
    assert Vote.objects.count() == 20
    assert Entitlement.objects.filter(ballot=ballot, voted=True).count() == 20
    assert ballots.close(ballot).result["counts"] == {"yes": 20, "no": 0, "abstain": 0}


def test_a_vote_at_the_instant_of_the_closing_is_counted_or_refused():
    meeting = make.running(members=6)
    ballot = ballots.open(ballots.prepare(meeting, "Shall we?"))
    voters = [lambda one=one: ballots.cast(ballot, one, "yes") for one in make.invitees(meeting)]

    told = at_once(*voters, lambda: ballots.close(ballot))

    ballot.refresh_from_db()
    counted = sum(not isinstance(one, str) for one in told[:-1])
    assert ballot.result["counts"]["yes"] == Vote.objects.count() == counted
    assert {one for one in told if isinstance(one, str)} <= {"wrong_state"}


def test_two_facilitators_who_begin_the_same_item_begin_it_once():
    meeting = make.running()
    item, after = agendas.add(meeting, "Prices"), agendas.add(meeting, "Returns")

    at_once(lambda: attendance.begin(item), lambda: attendance.begin(item))
    assert Speaking.objects.filter(meeting=meeting, side="members").count() == 1
    at_once(lambda: attendance.begin(after), lambda: attendance.begin(item))

    on = meeting.items.filter(begun_at__isnull=False, ended_at=None)
    assert on.count() == 1
    assert Speaking.objects.filter(meeting=meeting, ended_at=None).count() == 1
    assert not meeting.items.filter(ended_at__lt=F("begun_at")).exists()


def test_two_managers_who_draw_the_same_board_fill_each_seat_once():
    board = make.board(seats=4)
    pool = golden(board)

    def draw(seed):
        return lambda: draws.draw(pool, seed=seed, quotas=QUOTAS, starts_on=date(2027, 1, 1))

    told = at_once(draw("one"), draw("two"))

    assert Counter(one if isinstance(one, str) else "drawn" for one in told) == {"drawn": 1, "no_free_seat": 1}
    row = Draw.objects.get()
    assert sorted(Term.objects.values_list("customer__name", flat=True)) == sorted(row.members)
    assert Term.objects.values("seat").distinct().count() == Term.objects.count() == 4


def test_what_is_approved_is_what_was_read_whoever_edits_meanwhile(board_manager):
    meeting = make.running(members=1)
    notes.save(agendas.add(meeting, "Prices"), "Too high", version=0)
    paper = minutes.circulate(minutes.draft(meetings.close(meeting)))

    edited, approved = at_once(
        lambda: minutes.write(paper, "Something else", version=paper.version),
        lambda: minutes.approve(paper, version=paper.version, by=board_manager),
    )

    now = Minutes.objects.get()
    won = "Something else" if approved == "minutes_changed" else paper.text
    assert (edited == "wrong_state") != (approved == "minutes_changed")
    assert (now.text, now.state) == (won, "circulated" if approved == "minutes_changed" else "approved")
    assert bool(now.digest) == (approved != "minutes_changed")


def test_notes_that_two_save_at_the_same_instant_lose_nothing():
    meeting = make.running()
    item = agendas.add(meeting, "Prices")
    notes.save(item, "Too high.", version=0)

    def save(text):
        def act():
            try:
                notes.save(item, f"Too high. {text}", version=1)
            except NotesChanged as refusal:  # what the page does with "Keep both"
                return notes.save(item, f"{refusal.note.text} {text}", version=refusal.note.version)

        return act

    assert not {one for one in at_once(save("Ann."), save("Ben.")) if isinstance(one, str)}
    note = Note.objects.get()
    assert note.version == 3
    assert note.text in ("Too high. Ann. Ben.", "Too high. Ben. Ann.")
