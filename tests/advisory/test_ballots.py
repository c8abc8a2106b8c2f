"""Votes: who may, what counts, and that a secret one is nobody's."""

import pytest
from django.db import DatabaseError, connection, transaction

from advisory.actions import ballots
from advisory.actions.refusals import BoardRefused, WrongState
from advisory.models import Ballot, Entitlement, Term, Vote
from loyalty.models import Transaction
from tests.factories import advisory as make

pytestmark = pytest.mark.django_db
RECEIPT = "r" * 40


def opened(meeting, question="Shall we?", **changes) -> Ballot:
    return ballots.open(ballots.prepare(meeting, question, **changes))


def test_shares_stand_beside_their_base_and_are_frozen_at_the_end():
    meeting = make.running(members=12, present=10)
    ballot = opened(meeting)
    said = ["yes"] * 5 + ["no"] * 2 + ["abstain"] * 2
    for invitee, choice in zip(make.invitees(meeting), said, strict=False):
        ballots.cast(ballot, invitee, choice)

    ballot = ballots.close(ballot)
    shares = {base: round(share * 100, 2) for base, share in ballot.result["shares"].items()}
    assert (ballot.entitled, ballot.present, ballot.quorum) == (12, 10, 6)
    assert shares == {"YN": 71.43, "YNA": 55.56, "present": 50.0, "entitled": 41.67}
    assert ballot.result["carried"]
    Term.objects.filter(board=meeting.board).update(state="resigned", over_at=meeting.made_at)
    with pytest.raises(DatabaseError), transaction.atomic():
        Ballot.objects.update(entitled=3)
    with pytest.raises(DatabaseError), transaction.atomic():
        Entitlement.objects.all().delete()


def test_the_quorum_is_of_filled_seats_and_staff_never_count(agent):
    board = make.board(seats=2)  # two of twelve are vacant
    meeting = make.running(board, members=10, present=5, facilitator=agent)
    assert (meeting.seats, meeting.filled) == (12, 10)

    half = ballots.close(opened(meeting))
    assert (half.quorum, half.present, half.entitled) == (5, 5, 10)
    make.published(board, quorum="more")
    assert ballots.close(opened(meeting)).quorum == 6


def test_a_second_vote_replaces_the_first_until_the_end():
    meeting = make.running()
    first, second = make.invitees(meeting)
    ballot = opened(meeting)
    ballots.cast(ballot, first, "yes")
    ballots.cast(ballot, first, "no")

    assert ballots.close(ballot).result["counts"] == {"yes": 0, "no": 1, "abstain": 0}
    with pytest.raises(WrongState):
        ballots.cast(ballot, second, "yes")
    with pytest.raises(DatabaseError), transaction.atomic():
        Vote.objects.update(choice="yes")


def test_a_secret_vote_is_changed_on_its_own_device_only():
    meeting = make.running()
    first, _second = make.invitees(meeting)
    ballot = opened(meeting, secrecy="secret")
    ballots.cast(ballot, first, "yes", receipt=RECEIPT)
    ballots.cast(ballot, first, "no", receipt=RECEIPT)

    for receipt, code in (("", "receipt_missing"), ("s" * 40, "voted_elsewhere")):
        with pytest.raises(BoardRefused) as refused:
            ballots.cast(ballot, first, "yes", receipt=receipt)
        assert refused.value.code == code
    assert list(Vote.objects.values_list("choice", flat=True)) == ["no"]


def test_nothing_in_the_database_joins_a_secret_vote_to_who_cast_it():
    meeting = make.running(members=6)
    ballot = opened(meeting, secrecy="secret")
    for number, invitee in enumerate(make.invitees(meeting)):
        ballots.cast(ballot, invitee, ["yes", "no"][number % 2], receipt=f"{number}" * 40)
    ballots.close(ballot)

    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin, entitlement_id, receipt FROM advisory_vote")
        votes = cursor.fetchall()
        cursor.execute("SELECT DISTINCT xmin FROM advisory_entitlement")
        rights = cursor.fetchall()
    assert {entitlement for _xmin, entitlement, _receipt in votes} == {None}
    assert len({xmin for xmin, _entitlement, _receipt in votes}) == len(rights) == 1
    columns = {field.name for field in Vote._meta.get_fields()}
    assert columns == {"id", "ballot", "entitlement", "receipt", "choice"}
    assert {field.name for field in Entitlement._meta.get_fields()} == {
        "id", "ballot", "invitee", "present", "voted", "vote",
    }  # fmt: skip
    assert not Transaction.objects.exists()  # how one votes earns nothing


def test_secret_stays_secret_and_hidden_stays_hidden_in_sql_too():
    meeting = make.running()
    ballot = opened(meeting, secrecy="secret")
    first = make.invitees(meeting)[0]
    right = Entitlement.objects.get(ballot=ballot, invitee=first)

    for change in ({"secrecy": "named"}, {"hidden": False}, {"state": "created"}, {"question": "Other?"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Ballot.objects.filter(pk=ballot.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Vote.objects.create(ballot=ballot, entitlement=right, choice="yes")
    with pytest.raises(DatabaseError), transaction.atomic():
        ballot.delete()


def test_of_few_secret_votes_only_what_came_out_is_kept():
    meeting = make.running(members=4)
    ballot = opened(meeting, secrecy="secret")
    for number, invitee in enumerate(make.invitees(meeting)):
        ballots.cast(ballot, invitee, "yes" if number else "no", receipt=f"{number}" * 40)

    assert ballots.close(ballot).result == {"votes": 4, "few": True, "carried": True}


@pytest.mark.parametrize(
    ("kind", "choices", "result"),
    [
        ("approval", [["o1", "o2"], ["o2"]], {"scores": {"o1": 1, "o2": 2, "o3": 0}, "winners": ["o2"]}),
        ("dots", [{"o1": "3", "o2": "5"}, {"o1": 8}], {"scores": {"o1": 11, "o2": 5, "o3": 0}, "winners": ["o1"]}),
        ("score", [{"o1": 5, "o3": 0}, {"o3": 5}], {"scores": {"o1": 5, "o2": 0, "o3": 5}, "winners": ["o1", "o3"]}),
        ("ranked", [["o2", "o1"], ["o2"]], {"winners": ["o2"], "schulze": ["o2"]}),
        ("moscow", [{"o1": "must"}, {"o1": "could"}], {"categories": {"o1": "must", "o2": None, "o3": None}}),
    ],
)
def test_each_kind_is_counted(kind, choices, result):
    meeting = make.running()
    ballot = opened(meeting, kind=kind, options=["Price", "Delivery", "Returns"])
    for invitee, choice in zip(make.invitees(meeting), choices, strict=True):
        ballots.cast(ballot, invitee, choice)

    found = ballots.close(ballot).result
    assert {key: found[key] for key in result} == result
    assert ballots.publish(Ballot.objects.get()).state == "published"


@pytest.mark.parametrize(
    ("kind", "choice", "code"),
    [
        ("yes_no", "maybe", "choice_unknown"),
        ("approval", ["o9"], "choice_unknown"),
        ("ranked", ["o1", "o1"], "choice_twice"),
        ("ranked", [], "choice_missing"),
        ("dots", {"o1": 5, "o2": 4}, "too_many"),
        ("dots", {"o1": -1}, "too_many"),
        ("score", {"o1": 6}, "too_many"),
        ("score", {"o1": "many"}, "choice_unknown"),
        ("moscow", {"o1": "never"}, "choice_unknown"),
    ],
)
def test_a_paper_that_says_something_else_is_refused(kind, choice, code):
    meeting = make.running(members=1)
    ballot = opened(meeting, kind=kind, options=["Price", "Delivery"])

    with pytest.raises(BoardRefused) as refused:
        ballots.cast(ballot, make.invitees(meeting)[0], choice)
    assert (refused.value.code, Vote.objects.count()) == (code, 0)


def test_who_is_not_of_the_meeting_has_no_vote_and_one_ballot_is_open_at_a_time():
    meeting = make.running(members=1)
    ballot = opened(meeting)

    with pytest.raises(BoardRefused, match="no vote"):
        ballots.cast(ballot, make.invitees(make.running(members=1))[0], "yes")
    with pytest.raises(BoardRefused, match="Another"):
        opened(meeting)
    for wrong in ({"question": ""}, {"question": "X", "kind": "dots", "options": ["one"]}):
        with pytest.raises(BoardRefused):
            ballots.prepare(meeting, **wrong)
