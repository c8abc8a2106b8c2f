"""Letters from templates: drafted with what is known, looked at, sent like any answer and kept like one."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feedback import placeholders
from feedback.actions import cases, clocks, complaints, history, replies
from feedback.actions.refusals import CaseRefused
from feedback.models import Case, Entry, LetterTemplate
from feedback.queries import letters as questions
from people.models import User

Purpose = LetterTemplate.Purpose


@dataclass(frozen=True)
class Letter:
    """A letter as it would go out. ``missing`` names what nobody knows; the text has a gap there."""

    purpose: str
    subject: str
    text: str
    missing: list[str]


def draft(case: Case, purpose: str, *, by: User | None, at: datetime | None = None) -> Letter:
    """The letter that fits the case, filled in. Writes nothing."""
    template = questions.template_for(case, purpose)
    known = questions.values(case, by=by, at=at or timezone.now(), language=template.language)
    texts = (template.subject, template.text)
    subject, text = (placeholders.filled(one, known) for one in texts)
    return Letter(purpose, " ".join(subject.split())[:200], text, placeholders.missing(texts, known))


@transaction.atomic
def send(
    case: Case,
    purpose: str,
    *,
    text: str = "",
    by: User,
    channel: str = Case.Channel.EMAIL,
    at: datetime | None = None,
) -> Entry:
    """Send a letter: as it is drafted, or ``text`` as somebody has changed it. On paper it is written down.

    An acknowledgement moves a complaint that was only received. Raises CaseRefused (``letter_has_gaps``), and what
    ``replies.send`` raises.
    """
    at = at or timezone.now()
    case = cases.locked_with_customer(case)
    letter = draft(case, purpose, by=by, at=at)
    text = text.strip() or letter.text
    if placeholders.GAP in text or placeholders.FIELD.search(text):
        raise CaseRefused(
            _("Fill in what is missing first: %(names)s"), "letter_has_gaps", "text",
            names=", ".join(str(placeholders.NAMES[name]) for name in letter.missing) or placeholders.GAP,
        )  # fmt: skip
    automatic = purpose == Purpose.ACKNOWLEDGEMENT
    entry = replies.send(case, text, by=by, channel=channel, subject=letter.subject, automatic=automatic, at=at)
    history.note(case, "letter", at=at, by=by, purpose=purpose, entry=entry.pk)
    clocks.follow(case, at=at, by=by)  # a final response keeps what regulation asks for
    if automatic and case.kind == Case.Kind.COMPLAINT and case.stage == Case.Stage.RECEIVED:
        complaints.acknowledge(case, by=by, at=at)
    return entry
