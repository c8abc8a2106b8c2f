"""Comments on plans."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from communications.models import Plan, PlanComment
from people.models import User

LONGEST = 2_000


class CommentRefused(ValidationError):
    """``code`` is ``empty`` or ``too_long``."""


def say(plan: Plan, text: str, *, by: User, at: datetime | None = None) -> PlanComment:
    """Say something about a plan to the colleagues. It stays. Raises CommentRefused."""
    text = text.strip()
    if not text:
        raise CommentRefused(_("Say something."), code="empty")
    if len(text) > LONGEST:
        raise CommentRefused(_("This is too long for a comment."), code="too_long")
    return PlanComment.objects.create(plan=plan, text=text, by=by, at=at or timezone.now())
