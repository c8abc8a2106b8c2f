"""What members get for their time: points once for each thing they did, never for how they voted; a note; a title."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from advisory import wordings
from advisory.actions import seats
from advisory.actions.refusals import BoardRefused, WrongState
from advisory.models import Term
from advisory.queries import people
from communications.actions import outbox
from customers.actions import timeline
from customers.models import Customer, Verb
from loyalty.actions import points
from people.models import User

NO_WALLET = frozenset({"wallet_frozen", "wallet_closed"})


def joined(term: Term, *, at: datetime | None = None) -> int:
    """Points for taking a seat; a renewed member has taken theirs before."""
    return 0 if term.renews_id else _grant(term, term.board.points_joining, f"joined:{term.pk}", at)


def attended(term: Term, meeting: int, *, at: datetime | None = None) -> int:
    """Points for having been at a meeting: once per member and meeting, however often it is told."""
    return _grant(term, term.board.points_attending, f"attended:{meeting}:{term.customer_id}", at)


def surveyed(term: Term, round_: int, *, at: datetime | None = None) -> int:
    """Points for a round of questions to customers: once per member and round."""
    return _grant(term, term.board.points_surveying, f"surveyed:{round_}:{term.customer_id}", at)


@transaction.atomic
def _grant(term: Term, worth: int, what: str, at: datetime | None) -> int:
    """Returns how many points were given. Whose wallet is blocked gets none; that stops nothing else."""
    if not worth or term.customer.status != Customer.Status.ACTIVE:
        return 0
    try:
        with transaction.atomic():
            points.grant(term.customer, worth, reason="advisory", key=f"advisory:{what}", at=at, reference=what)
    except ValidationError as refusal:
        if getattr(refusal, "code", None) in NO_WALLET:
            return 0
        raise
    return worth


@transaction.atomic
def thank(term: Term, text: str, *, by: User | None = None, at: datetime | None = None) -> Term:
    """A thank-you note by e-mail, once for a term.

    Raises BoardRefused (``text_missing``, ``thanked``, ``no_address``).
    """
    at = at or timezone.now()
    term = seats.locked(term)
    if not text.strip():
        raise BoardRefused(_("Write what you thank for."), "text_missing", "text")
    if term.thanked_at is not None:
        raise BoardRefused(_("The note was sent before."), "thanked")
    address = people.address(term.customer)
    if address is None:
        raise BoardRefused(_("The customer has no e-mail address."), "no_address")
    said = wordings.thanks(term, text.strip())
    outbox.queue(
        address, subject=said.subject, text=said.text, html=said.html, customer=term.customer, by=by, at=at,
        purpose="advisory", key=f"seat:{term.pk}:thanks",
    )  # fmt: skip
    term.thanked_at, term.thanked_with = at, text.strip()
    term.save(update_fields=["thanked_at", "thanked_with"])
    return term


@transaction.atomic
def name_emeritus(term: Term, *, by: User | None = None, at: datetime | None = None) -> Term:
    """Somebody whose term has ended keeps the title. Raises WrongState."""
    at = at or timezone.now()
    term = seats.locked(term)
    if term.state not in (Term.State.ENDED, Term.State.RESIGNED):
        raise WrongState(term)
    term.state, term.emeritus_at = Term.State.EMERITUS, at
    term.save(update_fields=["state", "emeritus_at"])
    timeline.record(
        term.customer,
        Verb.EMERITUS_NAMED,
        by=by,
        at=at,
        key=f"emeritus:{term.pk}",
        board=term.board.code,
        term=term.pk,
    )
    return term
