"""Ballots are prepared, opened, voted in, closed and published.

Who votes holds a shared lock on the ballot, who closes it an exclusive one: nobody's vote comes while it is counted,
and twenty who vote at once do not wait for each other.
"""

import hashlib
import random
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from advisory import counting
from advisory.actions.changes import touched
from advisory.actions.refusals import BoardRefused, WrongState
from advisory.models import Ballot, Entitlement, Invitee, Item, Meeting, Presence, Vote
from advisory.queries import charters
from people.models import User

State, Kind = Ballot.State, Ballot.Kind
USUAL_MOST = {Kind.DOTS: 8, Kind.SCORE: 5}
MOST_OPTIONS = 20
INVALID = {
    "choice_unknown": _("That is none of the choices."),
    "choice_twice": _("Name each option once."),
    "choice_missing": _("Choose something."),
    "too_many": _("That is more than you may give."),
}


@transaction.atomic
def prepare(
    meeting: Meeting,
    question: str,
    *,
    kind: str = Kind.YES_NO,
    options: Sequence[str] = (),
    secrecy: str = Ballot.Secrecy.NAMED,
    hidden: bool = True,
    most: int | None = None,
    item: Item | None = None,
    by: User | None = None,
) -> Ballot:
    """A ballot that can still be changed by making another. Base and share are the charter's.

    Raises WrongState, BoardRefused (``question_missing``, ``options_missing``, ``too_many_options``).
    """
    if not meeting.is_open:
        raise WrongState(meeting)
    if not question.strip():
        raise BoardRefused(_("Ask something."), "question_missing", "question")
    texts = list(dict.fromkeys(text.strip()[:200] for text in options if text.strip()))
    if kind != Kind.YES_NO and len(texts) < 2:
        raise BoardRefused(_("Give at least two options."), "options_missing", "options")
    if len(texts) > MOST_OPTIONS:
        raise BoardRefused(_("%(most)s options at most."), "too_many_options", "options", most=MOST_OPTIONS)
    charter = charters.current(meeting.board)
    rules = {"base": charter.vote_base, "percent": charter.vote_percent} if charter else {}
    ballot = Ballot.objects.create(
        meeting=meeting, item=item, question=question.strip()[:300], kind=kind, secrecy=secrecy,
        hidden=hidden or secrecy == Ballot.Secrecy.SECRET, made_by=by,
        options=[{"code": f"o{number}", "text": text} for number, text in enumerate(texts, start=1)]
        if kind != Kind.YES_NO
        else [],
        most=most or USUAL_MOST.get(Kind(kind), 0), **rules,
    )  # fmt: skip
    touched(meeting)
    return ballot


@transaction.atomic
def open(ballot: Ballot, *, by: User | None = None, at: datetime | None = None) -> Ballot:
    """Members can vote from now on, on their phones. One ballot at a time. Raises WrongState, BoardRefused."""
    _lock(ballot.pk, shared=False)
    ballot = Ballot.objects.select_related("meeting__board").get(pk=ballot.pk)
    if ballot.state != State.CREATED or ballot.meeting.state != Meeting.State.IN_PROGRESS:
        raise WrongState(ballot if ballot.state != State.CREATED else ballot.meeting)
    if ballot.meeting.ballots.filter(state=State.OPEN).exists():
        raise BoardRefused(_("Another ballot is open."), "ballot_open")
    ballot.state, ballot.opened_at = State.OPEN, at or timezone.now()
    ballot.save(update_fields=["state", "opened_at"])
    _entitle(ballot)
    touched(ballot.meeting)
    return ballot


@transaction.atomic
def cast(ballot: Ballot, invitee: Invitee, choice: Any, *, receipt: str = "") -> Vote:
    """A member votes; until the end a second vote takes the first one's place.

    ``receipt`` is a number that only the voter's device has: of a secret vote nothing else says whose it is, so that
    one can be changed on the device that it was cast on, and nowhere else.

    Raises WrongState, BoardRefused (``not_entitled``, ``voted_elsewhere``, ``receipt_missing`` and those of a choice).
    """
    _lock(ballot.pk, shared=True)
    rows = Entitlement.objects.select_for_update(of=["self"]).select_related("ballot")
    right = rows.filter(ballot=ballot.pk, invitee=invitee.pk).first()
    ballot = right.ballot if right else Ballot.objects.get(pk=ballot.pk)
    if ballot.state != State.OPEN:
        raise WrongState(ballot)
    try:
        kept = counting.valid(ballot.kind, choice, [option["code"] for option in ballot.options], ballot.most)
    except counting.Invalid as flaw:
        raise BoardRefused(INVALID[flaw.why], flaw.why, "choice") from None
    if right is None:
        raise BoardRefused(_("You have no vote in this ballot."), "not_entitled")
    vote = _secretly(ballot, right, kept, receipt) if ballot.is_secret else _named(ballot, right, kept)
    if not right.voted:
        right.voted = True
        right.save(update_fields=["voted"])
    return vote


@transaction.atomic
def close(ballot: Ballot, *, by: User | None = None, at: datetime | None = None) -> Ballot:
    """Nobody votes any more: who was entitled and who was there is kept, and what it came to. Raises WrongState."""
    _lock(ballot.pk, shared=False)
    ballot = Ballot.objects.select_related("meeting__board").get(pk=ballot.pk)
    if ballot.state != State.OPEN:
        raise WrongState(ballot)
    _entitle(ballot)
    there = Presence.objects.filter(invitee__meeting=ballot.meeting, left_at=None).values("invitee")
    Entitlement.objects.filter(ballot=ballot, invitee__in=there).update(present=True)
    Entitlement.objects.filter(ballot=ballot, voted=True).update(present=True)
    if ballot.is_secret:
        _shuffle(ballot)
    ballot.entitled = Entitlement.objects.filter(ballot=ballot).count()
    ballot.present = Entitlement.objects.filter(ballot=ballot, present=True).count()
    charter = charters.current(ballot.meeting.board)
    ballot.quorum = charter.quorum_of(ballot.meeting.filled or 0) if charter else 0
    ballot.result = counting.counted(
        ballot.kind, [vote.choice for vote in ballot.votes.all()], [option["code"] for option in ballot.options],
        present=ballot.present, entitled=ballot.entitled, base=ballot.base, percent=ballot.percent,
        secret=ballot.is_secret,
    )  # fmt: skip
    ballot.state, ballot.closed_at = State.CLOSED, at or timezone.now()
    ballot.save()
    touched(ballot.meeting)
    return ballot


@transaction.atomic
def publish(ballot: Ballot, *, by: User | None = None, at: datetime | None = None) -> Ballot:
    """The members see the result. Raises WrongState."""
    ballot = Ballot.objects.select_for_update(of=["self"]).select_related("meeting").get(pk=ballot.pk)
    if ballot.state != State.CLOSED:
        raise WrongState(ballot)
    ballot.state, ballot.published_at = State.PUBLISHED, at or timezone.now()
    ballot.save(update_fields=["state", "published_at"])
    touched(ballot.meeting)
    return ballot


def _lock(pk: int, *, shared: bool) -> None:
    kind = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {kind}(hashtext('advisory.ballot'), %s)", [pk])


def _entitle(ballot: Ballot) -> None:
    """Each member who is asked to the meeting may vote; staff and observers never."""
    members = ballot.meeting.invitees.filter(term__isnull=False, removed_at=None)
    members = members.filter(term__state__in=["accepted", "active"])
    Entitlement.objects.bulk_create(
        [Entitlement(ballot=ballot, invitee=invitee) for invitee in members.order_by("pk")], ignore_conflicts=True
    )


def _named(ballot: Ballot, right: Entitlement, choice: Any) -> Vote:
    """The right is locked: whether its vote is there already is known."""
    if not right.voted:
        return Vote.objects.create(ballot=ballot, entitlement=right, choice=choice)
    vote = Vote.objects.get(entitlement=right)
    vote.choice = choice
    vote.save(update_fields=["choice"])
    return vote


def _secretly(ballot: Ballot, right: Entitlement, choice: Any, receipt: str) -> Vote:
    if len(receipt) < 32:
        raise BoardRefused(_("Your device keeps no number for this vote; allow cookies."), "receipt_missing")
    digest = hashlib.sha256(receipt.encode()).hexdigest()
    if not right.voted:
        return Vote.objects.create(ballot=ballot, receipt=digest, choice=choice)
    vote = Vote.objects.filter(ballot=ballot, receipt=digest).first()
    if vote is None:
        raise BoardRefused(
            _("You have voted on another device. A secret vote can be changed there only."), "voted_elsewhere"
        )
    vote.choice = choice
    vote.save(update_fields=["choice"])
    return vote


def _shuffle(ballot: Ballot) -> None:
    """Write secret votes and rights anew, in no order: neither place nor transaction tells who voted what."""
    choices = [vote.choice for vote in ballot.votes.all()]
    random.SystemRandom().shuffle(choices)
    ballot.votes.all().delete()
    Vote.objects.bulk_create(Vote(ballot=ballot, receipt=uuid4().hex * 2, choice=choice) for choice in choices)
    rights = list(Entitlement.objects.filter(ballot=ballot).order_by("invitee"))
    Entitlement.objects.filter(ballot=ballot).delete()
    Entitlement.objects.bulk_create(
        Entitlement(ballot=ballot, invitee_id=right.invitee_id, present=right.present, voted=right.voted)
        for right in rights
    )
