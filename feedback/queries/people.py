"""Who works on cases."""

from django.db.models import QuerySet

from people.models import User

ANSWER = "feedback.answer_case"


def agents() -> QuerySet[User]:
    """Everybody who may answer customers, by name."""
    return User.objects.with_perm(ANSWER).filter(is_active=True).order_by("first_name", "last_name", "username")
