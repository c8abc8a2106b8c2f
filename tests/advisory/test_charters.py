from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, transaction

from advisory.actions import charters
from advisory.actions.refusals import BoardRefused
from advisory.models import Charter, Nda
from advisory.queries.charters import current, unsigned, versions
from tests.factories import advisory

pytestmark = pytest.mark.django_db


def test_a_charter_begins_with_what_boards_have_found_to_work():
    charter = charters.draft(advisory.board(charter=False), mission="Listen.")

    assert (charter.size, charter.term_months, charter.renewal_notice_days, charter.host_percent) == (12, 12, 42, 20)
    assert (charter.minutes_days, charter.agenda_days, charter.number) == (2, 7, 1)


def test_a_published_charter_stays_and_the_next_version_begins_with_it(board_manager):
    board = advisory.board(charter=False)
    first = charters.publish(
        charters.draft(board, mission="Listen.", size=2), by=board_manager, at=datetime(2026, 7, 1, tzinfo=UTC)
    )
    second = charters.draft(board, host_percent=10, changes="The host says less.", by=board_manager)

    assert (second.number, second.mission, second.size, second.published_at) == (2, "Listen.", 2, None)
    assert (current(board), first.review_on) == (first, date(2027, 7, 1))
    assert charters.draft(board, host_percent=15).pk == second.pk
    assert current(board) == first
    charters.publish(second)
    assert current(board).number == 2
    (now, rules), (before, earlier) = versions(board)
    assert (now, before) == (second, first)
    assert [(name, said, old) for name, said, old in rules if old and name.startswith("the host")] == [
        ("the host speaks at most, percent", "15", "20")
    ]
    assert ("mission", "Listen.", None) in rules
    assert {old for _name, _said, old in earlier} == {None}
    with pytest.raises(BoardRefused, match="published before"):
        charters.publish(first)
    for change in (
        Charter.objects.filter(pk=first.pk).update,
        Nda.objects.create(board=board, number=1, text="x").save,
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(**({"mission": "Nod."} if change.__name__ == "update" else {}))


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ({"mission": " "}, "mission_missing"),
        ({"host_percent": 101}, "percentage"),
        ({"size": 0}, "too_small"),
        ({"remind_days": 14}, "reminder_late"),
        ({"office_km": 300}, "radii"),
    ],
)
def test_a_charter_that_makes_no_sense_is_refused(rules, code):
    with pytest.raises(BoardRefused) as refusal:
        charters.draft(advisory.board(charter=False), **{"mission": "Listen."} | rules)

    assert refusal.value.code == code


@pytest.mark.parametrize(("quorum", "ten"), [("half", 5), ("more", 6), ("two_thirds", 7)])
def test_a_quorum_counts_the_filled_seats(quorum, ten):
    assert Charter(quorum=quorum).quorum_of(10) == ten
    assert Charter(quorum="half").quorum_of(11) == 6


def test_a_quarter_of_twelve_seats_may_be_appointed():
    assert Charter(size=12, appointed_percent=25).most_appointed == 3


def test_a_new_version_of_the_nda_is_to_be_signed_again():
    board = advisory.board()
    advisory.nda(board, "I keep it to myself.")
    term = advisory.term(board)

    assert unsigned(term) == (None, None)
    nda = charters.issue_nda(board, "And I show it to nobody.")
    assert (nda.number, unsigned(term)) == (2, (None, nda))
    for text, code in (("  ", "nda_empty"), (nda.text, "nda_unchanged")):
        with pytest.raises(BoardRefused) as refusal:
            charters.issue_nda(board, text)
        assert refusal.value.code == code
