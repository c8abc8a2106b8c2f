"""Macros are offered with their text filled in, and their steps are taken with the answer."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from feedback import placeholders
from feedback.actions import cases, snoozing
from feedback.models import Case, Macro
from feedback.queries import letters
from people.models import User


def text_for(macro: Macro, case: Case, *, by: User) -> str:
    """The text in the case's language, else in English, else in any; nothing where the macro has only steps."""
    texts = {one.language: one.text for one in macro.texts.order_by("pk")}
    wanted = [code for code in (case.language, case.language[:2], "en", *texts) if texts.get(code)]
    if not wanted:
        return ""
    values = letters.values(case, by=by, at=timezone.now(), language=wanted[0])
    return placeholders.filled(texts[wanted[0]], values)


@transaction.atomic
def apply(macro: Macro, case: Case, *, by: User, at: datetime | None = None) -> Case:
    """Take the steps of a macro. Raises NotOpen."""
    at = at or timezone.now()
    if macro.theme_id:
        case = cases.change(case, theme=macro.theme, by=by, at=at)
    if macro.take:
        case = cases.assign(case, to=by, by=by, at=at)
    if macro.waits:
        case = cases.wait(case, on=Case.Waiting.CUSTOMER, by=by, at=at)
    if macro.sleep_hours:
        case = snoozing.snooze(case, until=at + timedelta(hours=macro.sleep_hours), by=by, at=at)
    return case
