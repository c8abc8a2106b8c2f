"""Survey rounds: before a meeting each member asks a small group of customers, and chooses what to present of it."""

from collections.abc import Iterator
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from advisory.actions import notices, recognition
from advisory.actions.changes import locked
from advisory.actions.refusals import BoardRefused, WrongState
from advisory.models import Asked, Meeting, Round, Term
from advisory.queries import members
from advisory.queries import rounds as read
from customers.actions import timeline
from customers.models import Customer, EmailAddress, Verb
from feedback.actions import invitations
from feedback.models import Invitation, Survey
from people.models import User

TRIES = 4  # so many are looked at for one who can be asked
SHARED_TIMES = 2  # by a shared link a group grows to so many times its size


@transaction.atomic
def open(
    meeting: Meeting, survey: Survey, *, size: int = 20, by: User | None = None, at: datetime | None = None
) -> Round:
    """Give each member a small group of ordinary customers, who are invited to the survey at once; members are told.

    Only who agreed to be asked and was left alone for long enough; each once in the round, over all members. Where
    there are too few, groups are smaller.

    Raises WrongState, BoardRefused (``round_exists``, ``survey_not_live``, ``size``).
    """
    at = at or timezone.now()
    meeting = locked(meeting)
    if not meeting.is_open:
        raise WrongState(meeting)
    if Round.objects.filter(meeting=meeting).exists():
        raise BoardRefused(_("There is a round for this meeting already."), "round_exists")
    if survey.state != Survey.State.LIVE:
        raise BoardRefused(_("The survey is not live."), "survey_not_live", "survey")
    if not 1 <= size <= 200:
        raise BoardRefused(_("Each member asks 1 to 200 customers."), "size", "size")
    made = Round.objects.create(meeting=meeting, survey=survey, size=size, opened_at=at, opened_by=by)
    terms = list(members.holders(meeting.board))
    pool = iter(read.candidates(meeting.board, most=size * len(terms) * TRIES))
    for place in range(size):
        for term in terms[place % max(len(terms), 1) :] + terms[: place % max(len(terms), 1)]:
            _ask_next(made, term, pool, by, at)
    asking = Asked.objects.filter(round=made).values("term")
    chosen = Term.objects.filter(pk__in=asking).select_related("board", "customer").order_by("pk")
    notices.tell(chosen, _words(made), key=f"board-round:{made.pk}", page="portal_round", by=by, at=at)
    return made


def _words(made: Round) -> notices.Words:
    """The board's name only: what a meeting is about may be confidential."""
    board = made.meeting.board.name

    def words(link: str) -> tuple[str, str]:
        said = gettext(
            "Before the next meeting we ask a small group of customers for you. "
            "See what they say, and choose what you present: %(link)s"
        )
        return gettext("What customers say, for you: %(board)s") % {
            "board": board
        }, f"{board}\n\n{said % {'link': link}}\n"

    return words


@transaction.atomic
def ask(round: Round, term: Term, customer: Customer, *, by: User | None = None, at: datetime | None = None) -> Asked:
    """One customer more. Raises BoardRefused (``asked_already``, ``is_member``), WrongState, NotInvited."""
    at = at or timezone.now()
    round = Round.objects.select_for_update(of=["self"]).select_related("meeting", "survey").get(pk=round.pk)
    if round.closed_at:
        raise WrongState(round.meeting)
    if Invitation.objects.filter(key=_key(round, customer)).exists():
        raise BoardRefused(_("This customer is asked in this round already."), "asked_already")
    if Term.objects.filter(board=round.meeting.board_id, customer=customer, state__in=Term.SEATED).exists():
        raise BoardRefused(_("Members of the board are not asked."), "is_member")
    invitation = invitations.invite(round.survey, customer, key=_key(round, customer), by=by, at=at)
    return Asked.objects.create(round=round, term=term, invitation=invitation)


def ask_by_address(round: Round, term: Term, address: str, *, at: datetime | None = None) -> Asked | None:
    """Somebody came by the link that a member shares: a customer who may be asked is invited as all others are.

    Nothing happens, and nothing is kept, for an address that nobody has, somebody who has not agreed to be asked or
    was asked lately, and where the member's group is twice as large as it was meant to be.
    """
    if Asked.objects.filter(round=round, term=term).count() >= round.size * SHARED_TIMES:
        return None
    theirs = EmailAddress.objects.filter(address=address.strip().lower()).values("customer")
    for customer in Customer.objects.standing().filter(pk__in=theirs).order_by("pk"):
        try:
            return ask(round, term, customer, at=at)
        except ValidationError:
            continue
    return None


@transaction.atomic
def present(asked: Asked, *, presented: bool = True, at: datetime | None = None) -> Asked:
    """A member chooses an answer to be presented, or not. Raises BoardRefused (``not_answered``)."""
    asked = Asked.objects.select_for_update(of=["self"]).select_related("invitation").get(pk=asked.pk)
    if asked.invitation.state != Invitation.State.ANSWERED:
        raise BoardRefused(_("There is no answer yet."), "not_answered")
    asked.presented_at = (asked.presented_at or at or timezone.now()) if presented else None
    asked.save(update_fields=["presented_at"])
    return asked


@transaction.atomic
def close(round: Round, *, by: User | None = None, at: datetime | None = None) -> Round:
    """Nobody is asked any more; members whose customers have answered get their points. Raises WrongState."""
    at = at or timezone.now()
    round = Round.objects.select_for_update(of=["self"]).select_related("meeting__board").get(pk=round.pk)
    if round.closed_at:
        raise WrongState(round.meeting)
    round.closed_at = at
    round.save(update_fields=["closed_at"])
    heard = Asked.objects.filter(round=round, invitation__state=Invitation.State.ANSWERED)
    for term in Term.objects.filter(pk__in=heard.values("term")).select_related("customer", "board").order_by("pk"):
        if term.customer.status != Customer.Status.ACTIVE:
            continue
        timeline.record(
            term.customer, Verb.BOARD_SURVEYED, by=by, at=at, key=f"board_surveyed:{round.pk}:{term.pk}",
            board=term.board.code, round=round.pk,
        )  # fmt: skip
        recognition.surveyed(term, round.pk, at=at)
    return round


def _ask_next(made: Round, term: Term, pool: Iterator[Customer], by: User | None, at: datetime) -> None:
    for customer in pool:
        try:
            with transaction.atomic():
                ask(made, term, customer, by=by, at=at)
        except ValidationError:
            continue
        return


def _key(round: Round, customer: Customer) -> str:
    return f"board-round:{round.pk}:{customer.pk}"
