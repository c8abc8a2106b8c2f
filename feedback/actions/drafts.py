"""What is being written is kept every few seconds, and never lost to another tab without a word."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feedback.actions.refusals import CaseRefused
from feedback.models import Case, Draft
from people.models import User

LONGEST = 200_000


class DraftConflict(CaseRefused):
    """The same draft was written on elsewhere since; ``draft`` is how it stands."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(_("This was written on in another window."), "draft_conflict")
        self.draft = draft


@transaction.atomic
def keep(
    case: Case, text: str, *, by: User, kind: str = Draft.Kind.REPLY, version: int = 0, at: datetime | None = None
) -> int:
    """Keep what is written so far; ``version`` is the one that it continues, 0 where there was none.

    Returns the version that it has now; an empty text ends the draft. Raises DraftConflict, where something is lost
    by it, and CaseRefused (``text_too_long``).
    """
    if len(text) > LONGEST:
        raise CaseRefused(_("The text is too long."), "text_too_long", "text")
    # The case's row is locked for less than a moment: the draft itself may not be there yet to be locked.
    Case.objects.select_for_update(no_key=True).get(pk=case.pk)
    draft = Draft.objects.filter(case=case, author=by, kind=kind).first()
    if draft is not None and draft.version != version and draft.text not in ("", text):
        raise DraftConflict(draft)
    if not text.strip():
        Draft.objects.filter(case=case, author=by, kind=kind).delete()
        return 0
    draft = draft or Draft(case=case, author=by, kind=kind, version=0)
    draft.text, draft.version, draft.written_at = text, draft.version + 1, at or timezone.now()
    draft.save()
    return draft.version


def discard(case: Case, *, by: User, kind: str = Draft.Kind.REPLY) -> None:
    """It was sent, or is not wanted."""
    Draft.objects.filter(case=case, author=by, kind=kind).delete()
