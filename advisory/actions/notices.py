"""Members hear that something waits for them on their own pages: one letter each, in their language, by their link."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from advisory.models import Term
from advisory.queries import access, members
from advisory.queries.people import language
from communications.actions import outbox
from communications.actions.outbox import Outgoing
from people.models import User

Words = Callable[[str], tuple[str, str]]


def tell(
    terms: Iterable[Term],
    words: Words,
    *,
    key: str,
    page: str = "portal",
    about: tuple[int, ...] = (),
    by: User | None = None,
    at: datetime | None = None,
) -> int:
    """Write to these members; ``words`` gives subject and text for a link to ``page``. Who has no address is left out.

    The same key never reaches a member twice. Returns how many are written to.
    """
    rows = list(terms)
    known = members.addresses(rows)
    letters = []
    for term in rows:
        if term.pk not in known:
            continue
        link = settings.PUBLIC_URL + reverse(page, args=[access.link(term, "portal"), *about])
        with translation.override(language(term.customer)):
            subject, text = words(link)
        letters.append(
            Outgoing(
                to=known[term.pk], subject=subject[:250], text=text, key=f"{key}:{term.pk}", customer=term.customer,
                purpose="board_meeting", due_at=at, headers={"Auto-Submitted": "auto-generated"},
            )
        )  # fmt: skip
    return len(outbox.queue_many(letters, by=by, at=at))
