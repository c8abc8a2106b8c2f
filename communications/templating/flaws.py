"""Why a template cannot be kept."""

from typing import Any

from django.core.exceptions import ValidationError


class TemplateFlaw(ValidationError):
    """``code`` is what is wrong; ``field`` is the part of the template where, as far as it is known."""

    def __init__(self, message: str, code: str, field: str = "", language: str = "", **params: Any) -> None:
        super().__init__(message, code=code, params=params)
        self.field, self.language = field, language
