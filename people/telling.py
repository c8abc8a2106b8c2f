"""What a page says of what was done, or why it was not: above the next page, or in the form that asked for it."""

from collections.abc import Callable
from types import TracebackType
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from people.forms import Written


class _Refusals:
    """A block in which an action may refuse: that is shown, and the page goes on. What breaks still breaks."""

    def __exit__(self, kind: Any, error: BaseException | None, trace: TracebackType | None) -> bool:
        if not isinstance(error, ValidationError):
            return False
        self.show(error)
        return True

    def show(self, refusal: ValidationError) -> None:
        raise NotImplementedError


class telling(_Refusals):  # noqa: N801
    """Do something for whoever sent a form, and tell them: what the block says, or why the action refused.

    with telling(request) as say:
        rewards.hand_over(claim, by=request.user)
        say(_("It is handed over."))
    """

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def __enter__(self) -> Callable[[Any], None]:
        return self._say

    def show(self, refusal: ValidationError) -> None:
        messages.error(self.request, " ".join(refusal.messages))

    def _say(self, text: Any) -> None:
        messages.success(self.request, text)


class showing(_Refusals):  # noqa: N801
    """Do what a form asks and go on from within the block; a refusal stands in the form, beside what it is about.

    with showing(form):
        kept = rewards.save(**form.cleaned_data, by=request.user)
        return redirect("admin:reward", kept.pk)
    """

    def __init__(self, form: Written) -> None:
        self.form = form

    def __enter__(self) -> None:
        return None

    def show(self, refusal: ValidationError) -> None:
        self.form.show(refusal)
