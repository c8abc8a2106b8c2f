"""Macros are offered with their text filled in, and their steps are taken with the answer."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feedback import placeholders
from feedback.actions import cases, snoozing
from feedback.actions.refusals import SettingChanged
from feedback.models import Case, Macro, MacroText
from feedback.queries import letters
from feedback.queries.versions import version
from people.models import User


class NameTaken(ValidationError):
    field = "name"

    def __init__(self) -> None:
        super().__init__(_("Another macro has this name."), code="name_taken")


@transaction.atomic
def create(name: str, *, texts: Mapping[str, str] | None = None, **values: Any) -> Macro:
    """A canned answer by language, steps, or both. Raises NameTaken, and ValidationError (``placeholder_unknown``)."""
    if Macro.objects.filter(name=name).exists():
        raise NameTaken
    macro = Macro.objects.create(name=name, **values)
    _write(macro, texts or {})
    return macro


@transaction.atomic
def change(
    macro: Macro, *, texts: Mapping[str, str] | None = None, seen: int | None = None, **values: Any
) -> Macro:  # fmt: skip
    """Change what is named; ``texts`` are all of them. Raises SettingChanged, and what ``create`` raises."""
    macro = Macro.objects.select_for_update(of=["self"]).get(pk=macro.pk)
    if seen not in (None, version(macro)):
        raise SettingChanged
    if Macro.objects.filter(name=values.get("name", macro.name)).exclude(pk=macro.pk).exists():
        raise NameTaken
    for field, value in values.items():
        setattr(macro, field, value)
    macro.save(update_fields=list(values) or None)
    if texts is not None:
        macro.texts.all().delete()
        _write(macro, texts)
    return macro


def _write(macro: Macro, texts: Mapping[str, str]) -> None:
    rows = [MacroText(macro=macro, language=language, text=text) for language, text in texts.items()]
    for row in rows:
        row.clean()
    MacroText.objects.bulk_create(rows)


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
