"""Refusals of figures, experiments and views."""

from typing import Any

from django.core.exceptions import ValidationError


class InsightRefused(ValidationError):
    """What cannot be; ``code`` says why, ``field`` what it is about."""

    def __init__(self, message: Any, code: str, field: str | None = None, params: dict[str, Any] | None = None):
        super().__init__(message, code=code, params=params)
        self.field = field
