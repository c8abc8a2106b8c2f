"""The customers who matter most fill some seats: nominees say yes first, and each voter has one secret ballot."""

from collections import Counter
from collections.abc import Collection
from datetime import date, datetime
from uuid import uuid4

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from advisory import links, selection, wordings
from advisory.actions import boards, seats
from advisory.actions.refusals import BoardRefused, WrongState
from advisory.models import Board, Election, ElectionBallot, Nominee, Term, Voter
from advisory.queries import charters, eligibility, people
from communications import timing
from communications.actions import outbox
from customers.models import Customer, Segment
from customers.queries import holdings, segments
from people.models import User

State = Election.State


@transaction.atomic
def call(
    board: Board,
    name: str,
    *,
    seats: int,
    segment: Segment,
    starts_on: date,
    closes_at: datetime,
    by: User | None = None,
    at: datetime | None = None,
) -> Election:
    """Call an election for so many of the free seats. Raises BoardRefused (``name_missing``, ``seats_missing``,
    ``closes_in_the_past``)."""
    at = at or timezone.now()
    board = boards.locked(board)
    if not name.strip():
        raise BoardRefused(_("Give it a name."), "name_missing", "name")
    if not 1 <= seats <= board.seats.filter(removed_at=None).count():
        raise BoardRefused(_("The board has not so many seats."), "seats_missing", "seats")
    if closes_at <= at:
        raise BoardRefused(_("That moment is over."), "closes_in_the_past", "closes_at")
    return Election.objects.create(
        board=board, name=name.strip()[:100], seats=seats, segment=segment, starts_on=starts_on, closes_at=closes_at,
        made_by=by, made_at=at,
    )  # fmt: skip


@transaction.atomic
def nominate(election: Election, customer: Customer, *, by: User | None = None, at: datetime | None = None) -> Nominee:
    """Ask a customer whether they stand, by e-mail; asked before, they stay as they are.

    Raises WrongState, NotEligible, BoardRefused (``no_address``).
    """
    at = at or timezone.now()
    election = _locked(election, State.NOMINATING)
    if (found := election.nominees.filter(customer=customer).first()) is not None:
        return found
    if against := eligibility.why_not(election.board, charters.current(election.board), customer, at):
        raise seats.NotEligible(against)
    nominee = Nominee.objects.create(election=election, customer=customer, asked_at=at)
    _post(customer, wordings.nomination(nominee, links.token(nominee.pk, 1, "nominee")), f"nominee:{nominee.pk}", at)
    return nominee


@transaction.atomic
def answer(nominee: Nominee, *, stands: bool, statement: str = "", at: datetime | None = None) -> Nominee:
    """The nominee says yes or no, and may change it until the election opens. Raises WrongState."""
    _locked(nominee.election, State.NOMINATING)
    nominee = Nominee.objects.select_for_update(of=["self"]).select_related("election").get(pk=nominee.pk)
    nominee.state = Nominee.State.STANDING if stands else Nominee.State.DECLINED
    nominee.statement, nominee.answered_at = statement.strip()[:500], at or timezone.now()
    nominee.save()
    return nominee


@transaction.atomic
def open(election: Election, *, by: User | None = None, at: datetime | None = None) -> Election:
    """Freeze who may vote, the segment as it is now, and send each their ballot.

    Raises WrongState, BoardRefused (``too_few_nominees``, ``nobody_votes``).
    """
    at = at or timezone.now()
    election = _locked(election, State.NOMINATING)
    if election.nominees.filter(state=Nominee.State.STANDING).count() <= election.seats:
        raise BoardRefused(_("There is nothing to choose: more must stand than there are seats."), "too_few_nominees")
    entitled = list(segments.members(election.segment, at).order_by("pk"))
    if not entitled:
        raise BoardRefused(_("Nobody is in the segment that votes."), "nobody_votes")
    voters = Voter.objects.bulk_create(Voter(election=election, customer=customer) for customer in entitled)
    for voter in voters:
        token = links.token(voter.pk, 1, "election")
        _post(voter.customer, wordings.ballot(voter, token), f"voter:{voter.pk}", at, optional=True)
    election.state, election.opened_at = State.OPEN, at
    election.save()
    return election


@transaction.atomic
def vote(voter: Voter, chosen: Collection[int], *, at: datetime | None = None) -> None:
    """One ballot: as many nominees as there are seats, at most. It cannot be changed: nobody could find it.

    Raises WrongState, BoardRefused (``voted``, ``nobody_chosen``, ``too_many``, ``not_standing``, ``closed``).
    """
    at = at or timezone.now()
    election = _locked(voter.election, State.OPEN)
    voter = Voter.objects.select_for_update().get(pk=voter.pk)
    if at > election.closes_at:
        raise BoardRefused(_("The election is over."), "closed")
    of_one_person = election.voters.filter(customer__in=holdings.family(voter.customer))
    if of_one_person.filter(voted_on__isnull=False).exists():
        raise BoardRefused(_("You have voted before."), "voted")
    picked = set(chosen)
    if not picked:
        raise BoardRefused(_("Choose somebody."), "nobody_chosen")
    if len(picked) > election.seats:
        raise BoardRefused(_("Choose at most %(most)s."), "too_many", most=election.seats)
    standing = election.nominees.filter(state=Nominee.State.STANDING, pk__in=picked)
    if standing.count() < len(picked):
        raise BoardRefused(_("Somebody of these does not stand for election."), "not_standing")
    ElectionBallot.objects.bulk_create(
        ElectionBallot(id=uuid4(), election=election, nominee=nominee) for nominee in standing
    )
    voter.voted_on = timing.business_date(at)
    voter.save(update_fields=["voted_on"])


@transaction.atomic
def close(election: Election, *, by: User | None = None, at: datetime | None = None) -> Election:
    """Count, and put those elected on the short list of the free seats. Of equal votes a lot decides, which anybody
    can draw again: the key of ``election-<number>`` and the nominee's number, the smallest first.

    Raises WrongState, BoardRefused (``no_free_seat``).
    """
    at = at or timezone.now()
    board = boards.locked(election.board)
    election = _locked(election, State.OPEN)
    votes = Counter(election.ballots.values_list("nominee_id", flat=True))
    standing = list(election.nominees.select_related("customer").filter(state=Nominee.State.STANDING))
    standing.sort(key=lambda one: (-votes[one.pk], selection.key(f"election-{election.pk}", str(one.pk))))
    free = seats.free(board)[: election.seats]
    if len(free) < election.seats:
        raise BoardRefused(_("Not so many seats are free any more."), "no_free_seat")
    charter = charters.current(board)
    elected: set[int] = set()
    for nominee in standing:
        if free and votes[nominee.pk] and not eligibility.why_not(board, charter, nominee.customer, at):
            elected.add(nominee.pk)
            seats.nominate(
                free.pop(0), nominee.customer, route=Term.Route.ELECTION, starts_on=election.starts_on,
                state=Term.State.SHORTLISTED, election=election, by=by, at=at,
            )  # fmt: skip
    # Who voted stands written by the transaction that also wrote their ballot: rewritten, all by this one.
    election.voters.update(voted_on=F("voted_on"))
    election.result = [{"nominee": one.pk, "votes": votes[one.pk], "elected": one.pk in elected} for one in standing]
    election.state, election.closed_at = State.CLOSED, at
    election.save()
    return election


def _post(customer: Customer, said: wordings.Mail, key: str, at: datetime, *, optional: bool = False) -> None:
    address = people.address(customer)
    if address is None:
        if optional:
            return
        raise BoardRefused(_("The customer has no e-mail address."), "no_address", "customer")
    outbox.queue(
        address, subject=said.subject, text=said.text, html=said.html, customer=customer, at=at, purpose="advisory",
        key=f"election:{key}",
    )  # fmt: skip


def _locked(election: Election, state: str) -> Election:
    boards.locked(election.board)
    election = Election.objects.select_for_update(of=["self"]).select_related("board", "segment").get(pk=election.pk)
    if election.state != state:
        raise WrongState(election)
    return election
