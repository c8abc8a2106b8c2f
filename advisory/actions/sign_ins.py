"""Members who have no link at hand ask for one by their e-mail address; it works once, for some minutes."""

from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from advisory import wordings
from advisory.models import Term
from advisory.queries import access
from communications import timing
from communications.actions import outbox
from customers.models import EmailAddress

WORKS_FOR = timedelta(minutes=30)
STAYS_FOR = timedelta(hours=12)
ONE_LETTER_IN = timedelta(minutes=5)


@transaction.atomic
def ask(address: str, *, at: datetime | None = None) -> int:
    """Write to the address, for each seat that is held by somebody who has it. Returns how many seats these are.

    Nothing is kept of an address that nobody has. However often it is asked, there is one letter in five minutes, and
    another one once its link was used.
    """
    at = at or timezone.now()
    theirs = EmailAddress.objects.filter(address=address.strip().lower())
    terms = Term.objects.holding(timing.business_date(at)).filter(customer__in=theirs.values("customer"))
    found = list(terms.filter(board__closed_at=None).select_related("board", "customer").order_by("pk"))
    window = int(at.timestamp() // ONE_LETTER_IN.total_seconds())
    for term in found:
        token = access.link(term, "enter", _moment(at))
        used = _moment(term.signed_in_at) if term.signed_in_at else 0
        said = wordings.sign_in(term, token, int(WORKS_FOR.total_seconds() // 60))
        outbox.queue(
            address.strip().lower(), subject=said.subject, text=said.text, html=said.html, customer=term.customer,
            purpose="board_sign_in", key=f"board-sign-in:{term.pk}:{window}:{used}", at=at,
            headers={"Auto-Submitted": "auto-generated"},
        )  # fmt: skip
    return len(found)


def usable(token: str, *, at: datetime | None = None) -> Term | None:
    """Whose link it is, as long as it is new and nobody has signed in since it was sent."""
    at = at or timezone.now()
    found = access.by_link(token, "enter", on=timing.business_date(at))
    if found is None:
        return None
    term, sent = found
    if not _moment(at - WORKS_FOR) <= sent <= _moment(at):
        return None
    return None if term.signed_in_at and _moment(term.signed_in_at) >= sent else term


@transaction.atomic
def enter(token: str, *, at: datetime | None = None) -> str | None:
    """Use the link up: the token of the member's pages for twelve hours, or nothing where the link is over."""
    at = at or timezone.now()
    term = usable(token, at=at)
    if term is None:
        return None
    Term.objects.select_for_update().get(pk=term.pk)
    term = usable(token, at=at)  # whoever waited for the lock comes too late
    if term is None:
        return None
    Term.objects.filter(pk=term.pk).update(signed_in_at=at)
    return access.session(term, at + STAYS_FOR)


def _moment(at: datetime) -> int:
    """In microseconds, so that a link sent right after somebody has signed in is a new one."""
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
