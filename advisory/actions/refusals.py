"""What an action of the advisory board refuses, whichever it is."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class BoardRefused(ValidationError):
    """What cannot be done on a board; ``field`` is what it is about."""

    def __init__(self, message: Any, code: str, field: str | None = None, **params: object) -> None:
        super().__init__(message, code=code, params=params)
        self.field = field


class WrongState(ValidationError):
    """The thing is not where this step begins."""

    def __init__(self, thing: Any) -> None:
        super().__init__(
            _("That is not possible now: it is “%(state)s”."),
            code="wrong_state",
            params={"state": thing.get_state_display()},
        )
