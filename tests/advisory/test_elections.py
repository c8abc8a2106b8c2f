from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from advisory.actions import elections, pools
from advisory.actions.refusals import BoardRefused, WrongState
from advisory.actions.seats import NotEligible
from advisory.models import Election, ElectionBallot, Term, Voter
from communications.models import Message
from customers.actions import merging
from customers.models import Customer, Profile, Segment
from tests.factories import advisory
from tests.factories.choosing import willing

pytestmark = pytest.mark.django_db
TOP = {"groups": [{"conditions": [{"field": "tier", "op": "is", "value": "vip"}]}]}


def called(segment, **changes) -> Election:
    usual = {"seats": 1, "starts_on": date(2027, 1, 1), "closes_at": timezone.now() + timedelta(days=7)}
    return elections.call(advisory.board(seats=3), "Spring", segment=segment, **usual | changes)


@pytest.fixture
def segment(monkeypatch) -> Segment:
    """Those with the tier vip, whatever words segments use for it."""
    made = Segment.objects.create(name="Top spenders", conditions={"groups": []})
    vips = Customer.objects.filter(profile__tier="vip")
    monkeypatch.setattr("advisory.actions.elections.segments.members", lambda segment, at=None: vips)
    return made


def vip(**changes) -> Customer:
    one = willing(**changes)
    Profile.objects.filter(customer=one).update(tier="vip")
    return one


def written_by(model) -> set[int]:
    """The transactions, or parts of one, that wrote the rows as they stand."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT xmin::text::bigint FROM {model._meta.db_table}")
        return {number for (number,) in cursor.fetchall()}


def test_only_who_is_in_the_segment_when_it_opens_votes_and_once_and_secretly(segment):
    election = called(segment)
    first, second, shy = (elections.nominate(election, willing(name=name)) for name in ("Ann", "Ben", "Shy"))
    voters = [vip() for _ in range(3)]
    elections.answer(first, stands=True, statement="Refills!")
    with pytest.raises(BoardRefused) as refusal:
        elections.open(election)
    assert refusal.value.code == "too_few_nominees"
    elections.answer(second, stands=True)
    elections.answer(shy, stands=False)

    election = elections.open(election)
    vip()  # too late
    assert [row.customer for row in election.voters.order_by("pk")] == voters
    rows = list(election.voters.order_by("pk"))
    for row, nominee in zip(rows[:2], (second, second), strict=True):
        elections.vote(row, [nominee.pk])
    for row, chosen, code in (
        (rows[0], [first.pk], "voted"), (rows[2], [], "nobody_chosen"), (rows[2], [first.pk, second.pk], "too_many"),
        (rows[2], [shy.pk], "not_standing"),
    ):  # fmt: skip
        with pytest.raises(BoardRefused) as refusal:
            elections.vote(row, chosen)
        assert refusal.value.code == code
    with pytest.raises(BoardRefused, match="is over"):
        elections.vote(rows[2], [first.pk], at=election.closes_at + timedelta(seconds=1))
    assert {field.name for field in ElectionBallot._meta.fields} == {"id", "election", "nominee"}

    election = elections.close(election)
    assert written_by(ElectionBallot).isdisjoint(written_by(Voter)), "who voted whom would show"
    assert election.result == [
        {"nominee": second.pk, "votes": 2, "elected": True}, {"nominee": first.pk, "votes": 0, "elected": False}
    ]  # fmt: skip
    term = Term.objects.get()
    assert (term.customer, term.route, term.election, term.state) == (
        second.customer, "election", election, "shortlisted"
    )  # fmt: skip
    with pytest.raises(WrongState):
        elections.vote(rows[2], [first.pk])
    assert Message.objects.filter(key__startswith="election:").count() == 6


def test_who_cannot_be_a_member_is_not_nominated_and_nobody_twice(segment):
    election = called(segment)
    customer = willing()

    assert elections.nominate(election, customer) == elections.nominate(election, customer)
    rival = willing()
    pools.exclude(rival, "competitor")
    with pytest.raises(NotEligible):
        elections.nominate(election, rival)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"seats": 4}, "seats_missing"),
        ({"closes_at": timezone.now() - timedelta(days=1)}, "closes_in_the_past"),
    ],
)
def test_an_election_that_makes_no_sense_is_not_called(segment, changes, code):
    with pytest.raises(BoardRefused) as refusal:
        called(segment, **changes)

    assert refusal.value.code == code


def test_of_two_records_that_turn_out_to_be_one_person_one_stands_and_one_votes(segment):
    election = called(segment)
    asked, again, other = (elections.nominate(election, willing(name=name)) for name in ("Ann", "Ann B.", "Ben"))
    for nominee in (asked, again, other):
        elections.answer(nominee, stands=True)
    voted, twice, moved, kept = (vip() for _ in range(4))
    late = willing()
    elections.open(election)
    ballot = {row.customer_id: row for row in election.voters.all()}
    elections.vote(ballot[voted.pk], [other.pk])

    merging.merge(again.customer, into=asked.customer)
    merging.merge(voted, into=twice)
    merging.merge(moved, into=late)

    assert set(election.nominees.values_list("customer", flat=True)) == {
        row.customer_id for row in (asked, again, other)
    }
    with pytest.raises(BoardRefused) as refusal:
        elections.vote(ballot[twice.pk], [other.pk])
    assert refusal.value.code == "voted"
    assert election.voters.get(pk=ballot[moved.pk].pk).customer == late
    elections.vote(ballot[moved.pk], [other.pk])
    elections.vote(ballot[kept.pk], [asked.pk])
