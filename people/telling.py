"""What a page says of what was done, or why it was not."""

from collections.abc import Callable
from types import TracebackType
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest


class telling:  # noqa: N801
    """Do something for whoever sent a form, and tell them: what the block says, or why the action refused.

    with telling(request) as say:
        rewards.hand_over(claim, by=request.user)
        say(_("It is handed over."))
    """

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def __enter__(self) -> Callable[[Any], None]:
        return self._say

    def __exit__(self, kind: Any, error: BaseException | None, trace: TracebackType | None) -> bool:
        if not isinstance(error, ValidationError):
            return False
        messages.error(self.request, " ".join(error.messages))
        return True

    def _say(self, text: Any) -> None:
        messages.success(self.request, text)
