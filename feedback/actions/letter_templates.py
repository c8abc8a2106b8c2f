"""The words of letters, as other systems write them."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from feedback.actions.refusals import SettingChanged
from feedback.models import LetterTemplate
from feedback.queries.versions import version


class LetterTaken(ValidationError):
    def __init__(self) -> None:
        super().__init__(_("There is a letter for this purpose, kind and language."), code="letter_taken")


@transaction.atomic
def create(**values: Any) -> LetterTemplate:
    """Raises LetterTaken, and ValidationError (``placeholder_unknown``) for words in braces that mean nothing."""
    return _kept(LetterTemplate(**values))


@transaction.atomic
def change(letter: LetterTemplate, *, seen: int | None = None, **values: Any) -> LetterTemplate:
    """Change what is named. Raises SettingChanged, and what ``create`` raises."""
    letter = LetterTemplate.objects.select_for_update().get(pk=letter.pk)
    if seen not in (None, version(letter)):
        raise SettingChanged
    for name, value in values.items():
        setattr(letter, name, value)
    return _kept(letter)


@transaction.atomic
def remove(letter: LetterTemplate) -> None:
    """From now on the letter is written in the words that Mainstay brings, or those for all kinds of cases."""
    LetterTemplate.objects.filter(pk=letter.pk).delete()


def _kept(letter: LetterTemplate) -> LetterTemplate:
    letter.clean()
    same = LetterTemplate.objects.filter(purpose=letter.purpose, kind=letter.kind, language=letter.language)
    if same.exclude(pk=letter.pk).exists():
        raise LetterTaken
    letter.save()
    return letter
