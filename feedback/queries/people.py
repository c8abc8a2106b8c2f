"""Who works on cases."""

import re

from django.db.models import QuerySet

from people.models import User

MENTION = re.compile(r"(?<![\w.])@([\w.+-]{1,150})")

ANSWER = "feedback.answer_case"


def agents() -> QuerySet[User]:
    """Everybody who may answer customers, by name."""
    return User.objects.with_perm(ANSWER).filter(is_active=True).order_by("first_name", "last_name", "username")


def mentioned(text: str) -> list[User]:
    """Colleagues whose user name stands behind an @ in a note; a full stop may end the sentence."""
    names = {name for found in MENTION.findall(text) for name in (found, found.rstrip(".-"))}
    return list(agents().filter(username__in=names)) if names else []
