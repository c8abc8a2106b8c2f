"""Who comes by which link, and how far they may see."""

from datetime import date, datetime

from django.db.models import BooleanField
from django.db.models.expressions import RawSQL
from django.utils import timezone

from advisory import confidentiality, links
from advisory.confidentiality import Level
from advisory.models import Term
from communications import timing

ANSWERING = frozenset({"seat"})  # what somebody who is invited may open
# Whether the newest NDA of the board waits for the member's name. In SQL: it comes with the term that a link opens,
# and twenty who vote at once are let in by one statement each.
UNSIGNED = RawSQL(
    """EXISTS (
        SELECT FROM advisory_nda nda
        WHERE nda.board_id = advisory_term.board_id
            AND nda.number = (SELECT max(number) FROM advisory_nda every WHERE every.board_id = nda.board_id)
            AND NOT EXISTS (
                SELECT FROM advisory_signature signed
                WHERE signed.term_id = advisory_term.id AND signed.nda_id = nda.id
            )
    )""",
    [],
    output_field=BooleanField(),
)


def link(term: Term, purpose: str, about: int = 0) -> str:
    """A token for ``purpose``; it opens something as long as the term does."""
    return links.token(term.pk, term.access, purpose, about)


def session(term: Term, until: datetime) -> str:
    """A token for the portal that is over at a moment: for who has signed in."""
    return link(term, "session", int(until.timestamp()))


def portal(text: str) -> Term | None:
    """Whose pages a token opens, of a letter or of somebody who has signed in."""
    if found := by_link(text, "portal"):
        return found[0]
    found = by_link(text, "session")
    return found[0] if found and found[1] > timezone.now().timestamp() else None


def by_link(text: str, purpose: str, *, on: date | None = None) -> tuple[Term, int] | None:
    """The term behind a link and what it is about; nothing where the seat has ended or the link was revoked.

    A ``seat`` link works from the invitation on; every other only for who holds the seat today.
    """
    said = links.read(text, purpose)
    if said is None:
        return None
    rows = Term.objects.select_related("board", "seat", "customer").annotate(unsigned=UNSIGNED)
    rows = rows.filter(pk=said.term, access=said.access)
    term = rows.filter(board__closed_at=None).exclude(customer__status="erased").first()
    if term is None or not (may_answer(term) if purpose in ANSWERING else seated(term, on)):
        return None
    return term, said.about


def may_answer(term: Term) -> bool:
    return term.state == Term.State.INVITED or term.state in Term.SEATED


def seated(term: Term, on: date | None = None) -> bool:
    """Whether the member holds the seat today; who has accepted a coming term does from its first day."""
    on = on or timing.business_date(timezone.now())
    return term.state in Term.SEATED and term.starts_on <= on <= term.ends_on


def clearance(term: Term, on: date | None = None) -> Level:
    """How far this member may see on their board today. Without an NDA on the board nobody has to sign one."""
    if not seated(term, on):
        return Level.PUBLIC
    unsigned = getattr(term, "unsigned", None)
    if unsigned is None:
        unsigned = Term.objects.filter(pk=term.pk).annotate(unsigned=UNSIGNED).values_list("unsigned", flat=True).get()
    return confidentiality.clearance(seated=True, nda=not unsigned)


def has_access(term: Term, level: int, on: date | None = None) -> bool:
    """Whether a member sees a thing of this level on their own board."""
    return confidentiality.may_see(level, clearance(term, on))
