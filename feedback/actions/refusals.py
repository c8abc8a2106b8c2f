"""What an action on a case refuses, whichever it is."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from feedback.models import Case


class CaseRefused(ValidationError):
    """What cannot be written down of a case; ``field`` is what it is about."""

    def __init__(self, message: Any, code: str, field: str | None = None, **params: object) -> None:
        super().__init__(message, code=code, params=params)
        self.field = field


class WrongStage(ValidationError):
    """The case is not where this step begins."""

    def __init__(self, case: Case) -> None:
        super().__init__(
            _("That is not possible now: the case is “%(stage)s”."),
            code="wrong_stage",
            params={"stage": case.get_stage_display()},
        )


class NotOpen(ValidationError):
    """The case is settled, merged into another, or held aside."""

    def __init__(self, case: Case) -> None:
        if case.merged_into_id:
            message, code = _("This case was merged into #%(into)s: go on there."), "case_merged"
        elif case.spam:
            message, code = _("This case is held aside as spam. Take it back first."), "case_is_spam"
        else:
            message, code = _("This case is closed. Open it again first."), "case_closed"
        super().__init__(message, code=code, params={"into": case.merged_into_id})


class ChangedMeanwhile(ValidationError):
    def __init__(self) -> None:
        super().__init__(
            _("Something was done to this case meanwhile. Look at it again and repeat your change."),
            code="changed_meanwhile",
        )


class SettingChanged(ValidationError):
    def __init__(self) -> None:
        super().__init__(_("Somebody has changed this meanwhile. Look at it again."), code="changed_meanwhile")
