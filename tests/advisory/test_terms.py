from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from advisory.actions import boards, invitations, seats, terms
from advisory.actions.refusals import BoardRefused, WrongState
from advisory.models import Declaration, Officer, Term
from advisory.queries import access
from communications.timing import business_date
from customers.actions import privacy
from customers.models import Fact, Verb
from tests.factories import advisory
from tests.factories.choosing import willing

pytestmark = pytest.mark.django_db
ACCEPTED = {"state": Term.State.ACCEPTED, "starts_on": date(2026, 7, 1), "ends_on": date(2027, 6, 30)}


def on(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=UTC)


def test_a_term_is_renewed_six_weeks_before_its_end():
    assert advisory.term(advisory.board(), **ACCEPTED).renewal_on(42) == date(2027, 5, 19)


def test_a_term_begins_with_its_first_day_and_ends_after_its_last():
    board = advisory.board()
    term = advisory.term(board, **ACCEPTED)
    token = access.link(term, "portal")
    boards.name_officer(board, Officer.Duty.CHAIR, term, on=date(2026, 7, 1))

    steps = [
        (day, terms.move_on(at=on(day)), Term.objects.get().state)
        for day in ("2026-06-30", "2026-07-01", "2027-06-30")
    ]
    assert steps == [("2026-06-30", 0, "accepted"), ("2026-07-01", 1, "active"), ("2027-06-30", 0, "active")]
    assert terms.move_on(at=on("2027-07-01")) == 1
    term.refresh_from_db()
    assert (term.state, term.ends_on) == ("ended", date(2027, 6, 30))
    assert access.by_link(token, "portal", on=date(2027, 6, 30)) is None
    assert board.officers.get().ends_on == date(2027, 6, 30)
    assert Fact.objects.filter(verb=Verb.SEAT_ENDED, about__how="ended").count() == 1


def test_a_term_ends_with_the_day_of_the_business_and_not_with_that_of_utc(settings):
    settings.BUSINESS_ZONE = "Asia/Seoul"
    advisory.term(advisory.board(), **ACCEPTED | {"state": Term.State.ACTIVE})

    assert terms.move_on(at=datetime(2027, 6, 30, 14, 59, tzinfo=UTC)) == 0
    assert terms.move_on(at=datetime(2027, 6, 30, 15, 1, tzinfo=UTC)) == 1


def test_who_leaves_or_is_removed_sees_nothing_any_more(board_manager):
    board = advisory.board()
    left = terms.resign(advisory.term(board), reason="No time", by=board_manager)
    removed = terms.remove(advisory.term(board), reason="Told the press.", by=board_manager)

    today = business_date(timezone.now())
    assert [(one.state, one.ends_on, one.access) for one in (left, removed)] == [
        ("resigned", today, 2), ("removed", today, 2)
    ]  # fmt: skip
    with pytest.raises(BoardRefused, match="Say why"):
        terms.remove(advisory.term(board), reason="")
    with pytest.raises(WrongState):
        terms.resign(left)


def test_a_member_stays_for_as_many_terms_as_the_charter_says():
    board = advisory.board()
    term = advisory.term(board, customer=willing())

    new = terms.renew(term)
    assert (new.state, new.starts_on, new.renews, new.seat) == (
        "invited", term.ends_on + timedelta(days=1), term, term.seat
    )  # fmt: skip
    with pytest.raises(BoardRefused) as refusal:
        terms.renew(term)
    assert refusal.value.code == "renewed"
    new = invitations.accept(new, name="Kim", charter=board.charters.get().pk)
    assert new.state == "accepted"
    assert Fact.objects.filter(verb=Verb.SEAT_RENEWED).count() == 1
    with pytest.raises(BoardRefused) as refusal:
        terms.renew(new)
    assert refusal.value.code == "terms_in_a_row"
    with pytest.raises(WrongState):
        terms.renew(seats.withdraw(new))


def test_an_erased_member_leaves_and_what_the_board_did_stays():
    board = advisory.board()
    term = advisory.term(board, customer=willing(name="Kim Minji"), reason="Knows every shop.")
    waiting = seats.nominate(
        advisory.seat(board), term.customer, route=Term.Route.DRAW, starts_on=business_date(timezone.now())
    )
    privacy.erase(term.customer)

    assert access.by_link(access.link(term, "portal"), "portal") is None
    assert (terms.move_on(), terms.move_on()) == (2, 0)
    term.refresh_from_db()
    waiting.refresh_from_db()
    assert (term.state, term.who, term.reason, term.signatures.get().name) == (
        "resigned",
        "former member",
        "erased",
        "",
    )
    assert waiting.state == "withdrawn"


def test_an_interest_is_declared_and_over_one_day():
    term = advisory.term(advisory.board())
    declared = terms.declare(term, Declaration.Kind.SUPPLIER, "I sell you paper cups.")

    assert terms.end_interest(declared).ended_at is not None
    with pytest.raises(BoardRefused, match="Choose what it is"):
        terms.declare(term, "weather")
    with pytest.raises(WrongState):
        terms.declare(terms.resign(term), Declaration.Kind.OTHER)


def test_a_cohort_is_renewed_together_and_who_cannot_stay_is_named(board_manager_client, agent_client):
    board = advisory.board(seats=4)
    seats_ = list(board.seats.order_by("number"))
    for seat in seats_[:3]:
        board_manager_client.post(f"/admin/boards/seats/{seat.pk}/", {"cohort": "2026", "label": "For families"})
        agent_client.post(f"/admin/boards/seats/{seat.pk}/", {"cohort": "x"})
    soon, later = (
        business_date(timezone.now()) + timedelta(days=20),
        business_date(timezone.now()) + timedelta(days=200),
    )
    due, early, last, other = (
        advisory.term(board, seat=seat, ends_on=day)
        for seat, day in zip(seats_, (soon, later, soon, later), strict=True)
    )
    before = advisory.term(
        board, seat=advisory.seat(board), customer=last.customer, state=Term.State.ENDED, over_at=timezone.now(),
        starts_on=soon - timedelta(days=900), ends_on=soon - timedelta(days=600),
    )  # fmt: skip
    Term.objects.filter(pk=last.pk).update(renews=before)
    page = board_manager_client.get(f"/admin/boards/{board.pk}/").content.decode()
    assert "Ask 3 members of cohort 2026 whether they stay" in page
    assert agent_client.post(f"/admin/boards/{board.pk}/renew/", {"cohort": "2026"}).status_code == 403

    answer = board_manager_client.post(f"/admin/boards/{board.pk}/renew/", {"cohort": "2026"}, follow=True)

    assert "2 members are asked whether they stay." in answer.content.decode()
    assert f"{last.who}: The charter lets members stay for 2 terms in a row." in answer.content.decode()
    asked = Term.objects.filter(state="invited", renews__isnull=False)
    assert set(asked.values_list("renews", flat=True)) == {due.pk, early.pk}
    assert not Term.objects.filter(renews=other).exists()
    assert terms.renew_cohort(board, "2026")[0] == []
