"""Who comes by which link, and how far they may see."""

from datetime import date, datetime

from django.db.models import Exists, OuterRef
from django.utils import timezone

from advisory import confidentiality, links
from advisory.confidentiality import Level
from advisory.models import Nda, Signature, Term

ANSWERING = frozenset({"seat"})  # what somebody who is invited may open


def link(term: Term, purpose: str, about: int = 0) -> str:
    """A token for ``purpose``; it opens something as long as the term does."""
    return links.token(term.pk, term.access, purpose, about)


def session(term: Term, until: datetime) -> str:
    """A token for the portal that is over at a moment: for who has signed in."""
    return link(term, "portal", int(until.timestamp()))


def by_link(text: str, purpose: str, *, on: date | None = None) -> tuple[Term, int] | None:
    """The term behind a link and what it is about; nothing where the seat has ended or the link was revoked.

    A ``seat`` link works from the invitation on; every other only for who holds the seat today.
    """
    said = links.read(text, purpose)
    if said is None or (purpose == "portal" and 0 < said.about <= timezone.now().timestamp()):
        return None
    rows = Term.objects.select_related("board", "seat", "customer").filter(pk=said.term, access=said.access)
    term = rows.filter(board__closed_at=None).exclude(customer__status="erased").first()
    if term is None or not (may_answer(term) if purpose in ANSWERING else seated(term, on)):
        return None
    return term, said.about


def may_answer(term: Term) -> bool:
    return term.state == Term.State.INVITED or term.state in Term.SEATED


def seated(term: Term, on: date | None = None) -> bool:
    """Whether the member holds the seat today; who has accepted a coming term does from its first day."""
    on = on or timezone.localdate()
    return term.state in Term.SEATED and term.starts_on <= on <= term.ends_on


def clearance(term: Term, on: date | None = None) -> Level:
    """How far this member may see on their board today. Without an NDA on the board nobody has to sign one."""
    if not seated(term, on):
        return Level.PUBLIC
    mine = Signature.objects.filter(term=term.pk, nda=OuterRef("pk"))
    newest = Nda.objects.filter(board=term.board_id).order_by("-number")
    signed = newest.annotate(signed=Exists(mine)).values_list("signed", flat=True).first()
    return confidentiality.clearance(seated=True, nda=signed is not False)


def has_access(term: Term, level: int, on: date | None = None) -> bool:
    """Whether a member sees a thing of this level on their own board."""
    return confidentiality.may_see(level, clearance(term, on))
