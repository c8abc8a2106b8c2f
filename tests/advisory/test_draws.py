import json
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command

from advisory import verification
from advisory.actions import draws, invitations, pools, seats
from advisory.actions.draws import QuotasInfeasible
from advisory.actions.refusals import BoardRefused
from advisory.models import Draw, Term
from advisory.queries import pools as queries
from tests.factories import advisory
from tests.factories.choosing import QUOTAS, SEED, codes_of, golden, willing

pytestmark = pytest.mark.django_db
DAY = date(2027, 1, 1)


def drawn(board, pool=None, **changes) -> Draw:
    return draws.draw(pool or golden(board), **{"seed": SEED, "quotas": QUOTAS, "starts_on": DAY} | changes)


def declined(board, name: str) -> Term:
    term = Term.objects.get(board=board, customer__name=name, state__in=Term.OPEN)
    if term.state == Term.State.SHORTLISTED:
        term = invitations.invite(term)
    return invitations.decline(term)


def test_the_published_example_comes_out_as_published(board_manager, django_assert_max_num_queries):
    board = advisory.board(seats=4)

    row = drawn(board, by=board_manager)

    assert row.members == ["C-106", "C-107", "C-105", "C-103"]
    assert row.passed == [["C-104", "region=south is full"]]
    assert codes_of(board) == ["C-103", "C-105", "C-106", "C-107"]
    assert set(Term.objects.values_list("state", "route", "draw")) == {("shortlisted", "draw", row.pk)}
    assert Term.objects.filter(starts_on=DAY, ends_on=date(2027, 12, 31)).count() == 4


def test_after_a_decline_the_same_draw_goes_on_and_nobody_else_moves():
    board = advisory.board(seats=4)
    first = drawn(board)
    gone = declined(board, "C-106")

    assert codes_of(board) == ["C-103", "C-104", "C-105", "C-107"]
    declined(board, "C-103")
    assert codes_of(board) == ["C-102", "C-104", "C-105", "C-107"]
    rows = list(Draw.objects.order_by("number"))
    assert [(row.seed, row.after, row.gone) for row in rows] == [
        (SEED, None, []), (SEED, first, ["C-106"]), (SEED, rows[1], ["C-103", "C-106"])
    ]  # fmt: skip
    assert first.members == Draw.objects.get(pk=first.pk).members
    assert Term.objects.get(replaces=gone).state == Term.State.INVITED
    assert Term.objects.get(replaces=gone).seat == gone.seat
    assert all(verification.again(queries.exported(row)) == row.members for row in rows)


def test_who_has_become_ineligible_meanwhile_is_passed_over(board_manager):
    board = advisory.board(seats=4)
    pool = golden(board)
    drawn(board, pool)
    pools.exclude(pool.candidates.get(code="C-104").customer, "employee", by=board_manager)

    declined(board, "C-106")

    assert codes_of(board) == ["C-103", "C-105", "C-107"]  # only C-104 would have been of the south
    assert Draw.objects.count() == 1


def test_another_seed_is_another_draw_and_the_same_one_is_refused():
    board = advisory.board(seats=4)
    pool = golden(board)
    first = drawn(board, pool)
    for term in Term.objects.all():
        seats.withdraw(term)
    before = Draw.objects.filter(pk=first.pk).values().get()

    with pytest.raises(BoardRefused) as refusal:
        drawn(board, pool)
    second = drawn(board, pool, seed=SEED[:-1] + "2")

    assert refusal.value.code == "seed_drawn"
    assert second.members != first.members
    assert Draw.objects.filter(pk=first.pk).values().get() == before


def test_quotas_that_nobody_can_meet_are_refused_with_what_is_missing_and_nothing_is_kept():
    board = advisory.board(seats=4)
    pool = golden(board)

    with pytest.raises(QuotasInfeasible) as refusal:
        drawn(board, pool, quotas={"tier": {"vip": (2, 4)}})

    assert refusal.value.needs == ["tier=vip needs 2, has 1"]
    assert (Draw.objects.count(), Term.objects.count()) == (0, 0)


def test_the_quotas_hold_for_appointed_and_drawn_members_together():
    board = advisory.board(seats=4)
    golden(board)
    south = willing(name="Appointed")
    seats.appoint(board.seats.first(), south, reason="Runs the largest shop in the south.", starts_on=DAY)
    with pytest.raises(BoardRefused) as refusal:
        drawn(board, board.pools.get())
    assert refusal.value.code == "pool_outdated"

    pool = pools.freeze(board, about=["tier"])
    row = draws.draw(pool, seed="2", quotas={"tier": {"none": (4, 4)}}, starts_on=DAY)

    assert len(row.fixed) == 1
    assert len(row.members) == 4
    assert row.members[0] == row.fixed[0] == pool.candidates.get(in_place=True).code


@pytest.mark.parametrize(("changes", "code"), [({"seed": " "}, "seed_missing"), ({"seed": SEED}, "no_free_seat")])
def test_a_draw_without_a_seed_or_a_seat_is_refused(changes, code):
    with pytest.raises(BoardRefused) as refusal:
        drawn(advisory.board(), **changes)

    assert refusal.value.code == code


def test_anybody_can_make_a_draw_again_from_its_file(tmp_path, capsys):
    exported = queries.exported(drawn(advisory.board(seats=4)))
    file = tmp_path / "draw.json"
    file.write_text(json.dumps(exported))
    call_command("verify_draw", str(file))
    shuffled = exported | {"pool": list(reversed(exported["pool"]))}
    file.write_text(json.dumps(shuffled))
    call_command("verify_draw", str(file))

    assert capsys.readouterr().out.count("The same: 4 members of 8 candidates") == 2
    assert "C-101" in file.read_text()
    assert "example.org" not in file.read_text()
    for changed, said in (
        (exported | {"seed": SEED + "x"}, "NOT the same"), ({"seed": SEED}, "no exported draw"),
        (exported | {"quotas": {"tier": {"vip": [3, 3]}}}, "does not come to a board"),
    ):  # fmt: skip
        file.write_text(json.dumps(changed))
        with pytest.raises(CommandError, match=said):
            call_command("verify_draw", str(file))


def test_who_did_not_answer_is_replaced_as_well():
    board = advisory.board(seats=4)
    drawn(board)
    term = invitations.invite(Term.objects.get(customer__name="C-106"))

    invitations.expire(term, at=term.answer_by + timedelta(seconds=1))

    assert codes_of(board) == ["C-103", "C-104", "C-105", "C-107"]
