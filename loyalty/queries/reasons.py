"""Why something cannot be had or used: a code to decide by, and its figures."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.utils.functional import Promise


@dataclass(frozen=True)
class Because:
    """One reason; those of a kind have their sentences in ``MESSAGES``."""

    MESSAGES: ClassVar[dict[str, Promise]] = {}

    code: str
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def template(self) -> Any:
        return self.MESSAGES[self.code]

    def __str__(self) -> str:
        return str(self.template) % self.params
