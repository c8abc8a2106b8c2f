"""Write down what was done to a case: for colleagues, and for whoever asks later how it was handled."""

from datetime import datetime
from typing import Any

from feedback.models import Case, CaseEvent
from people.models import User


def note(case: Case, what: str, *, at: datetime, by: User | None = None, **about: Any) -> CaseEvent:
    """In the same transaction as the change. ``about`` holds ids, codes and numbers, never personal data."""
    return CaseEvent.objects.create(case=case, what=what, at=at, by=by, about=about)
