"""The questions of a survey, read from the JSON that a version keeps. Pure; no database.

::

    {"languages": ["en", "ko"],
     "subject": {"en": "How did we do?", "ko": "…"}, "intro": {…}, "thanks": {…},
     "questions": [
        {"code": "score", "kind": "nps", "text": {"en": "How likely …", "ko": "…"}, "low": {…}, "high": {…}},
        {"code": "why", "kind": "text", "text": {…}, "required": false,
         "show_if": {"question": "score", "how": "at_most", "value": 6}}]}

The first language is the one that everybody gets whose own is not there.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LANGUAGES = ("en", "ko", "th")
MOST_QUESTIONS, MOST_CHOICES, LONGEST = 20, 20, 500
LONGEST_ANSWER = 5_000
CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")


class Kind(models.TextChoices):
    NPS = "nps", gettext_lazy("scale from 0 to 10")
    FIVE = "five", gettext_lazy("scale from 1 to 5")
    SEVEN = "seven", gettext_lazy("scale from 1 to 7")
    CHOICE = "choice", gettext_lazy("one of several")
    SEVERAL = "several", gettext_lazy("any of several")
    TEXT = "text", gettext_lazy("free text")


class How(models.TextChoices):
    """When a question is shown, by the answer to an earlier one."""

    AT_MOST = "at_most", gettext_lazy("is at most")
    AT_LEAST = "at_least", gettext_lazy("is at least")
    IS = "is", gettext_lazy("is, or has among it")
    ANSWERED = "answered", gettext_lazy("was answered")


SCALES = {Kind.NPS: (0, 10), Kind.FIVE: (1, 5), Kind.SEVEN: (1, 7)}
WITH_CHOICES = frozenset({Kind.CHOICE, Kind.SEVERAL})
Texts = Mapping[str, str]


class ContentRefused(ValidationError):
    """What a survey cannot be; ``code`` says why, ``question`` names where.

    It is one of ``malformed``, ``no_language``, ``no_question``, ``too_many``, ``wrong_code``, ``code_twice``,
    ``text_missing``, ``text_too_long``, ``no_choices``, ``unknown_kind``, ``unknown_comparison``, ``wrong_value``,
    ``unknown_question``, ``circle``, ``not_earlier``, ``score_first``.
    """

    def __init__(self, message: Any, code: str, question: str = "", **params: object) -> None:
        super().__init__(message, code=code, params={"question": question} | params)


@dataclass(frozen=True)
class Choice:
    code: str
    text: Texts


@dataclass(frozen=True)
class Condition:
    question: str
    how: How
    value: int | str | None = None


@dataclass(frozen=True)
class Question:
    code: str
    kind: Kind
    text: Texts
    choices: tuple[Choice, ...] = ()
    required: bool = True
    show_if: Condition | None = None
    low: Texts = field(default_factory=dict)
    high: Texts = field(default_factory=dict)

    @property
    def scale(self) -> range:
        """The numbers that may be chosen; none where it is no scale."""
        if self.kind not in SCALES:
            return range(0)
        lowest, highest = SCALES[self.kind]
        return range(lowest, highest + 1)


@dataclass(frozen=True)
class Content:
    languages: tuple[str, ...]
    questions: tuple[Question, ...]
    subject: Texts = field(default_factory=dict)
    intro: Texts = field(default_factory=dict)
    thanks: Texts = field(default_factory=dict)

    def language(self, wanted: str) -> str:
        """The language that somebody gets who would like ``wanted`` (``ko`` or ``ko-KR``)."""
        plain = wanted.lower().partition("-")[0]
        return plain if plain in self.languages else self.languages[0]

    def question(self, code: str) -> Question | None:
        return next((each for each in self.questions if each.code == code), None)


def read(said: Any) -> Content:
    """The content that JSON says; which question depends on which is looked at by ``branching``. Raises
    ContentRefused."""
    if not isinstance(said, dict):
        raise ContentRefused(_("A survey has languages and questions."), "malformed")
    given = said.get("languages")
    named = given if isinstance(given, list | tuple) else ()
    languages = tuple(each for n, each in enumerate(named) if each not in named[:n])
    if not languages or any(each not in LANGUAGES for each in languages):
        raise ContentRefused(_("Choose the languages of the survey."), "no_language")
    asked = said.get("questions")
    if not isinstance(asked, list) or not asked:
        raise ContentRefused(_("A survey has at least one question."), "no_question")
    if len(asked) > MOST_QUESTIONS:
        raise ContentRefused(_("At most %(most)s questions."), "too_many", most=MOST_QUESTIONS)
    questions = tuple(_question(each, languages) for each in asked)
    codes = [each.code for each in questions]
    for code in codes:
        if codes.count(code) > 1:
            raise ContentRefused(_("Two questions are called %(question)s."), "code_twice", code)
    parts = {name: _texts(said.get(name), languages, name, needed=False) for name in ("subject", "intro", "thanks")}
    return Content(languages, questions, **parts)


def write(content: Content) -> dict[str, Any]:
    """The JSON that ``read`` reads."""
    said: dict[str, Any] = {"languages": list(content.languages)}
    for name in ("subject", "intro", "thanks"):
        if texts := getattr(content, name):
            said[name] = dict(texts)
    return said | {"questions": [_written(each) for each in content.questions]}


def _written(question: Question) -> dict[str, Any]:
    said: dict[str, Any] = {"code": question.code, "kind": question.kind.value, "text": dict(question.text)}
    if question.choices:
        said["choices"] = [{"code": each.code, "text": dict(each.text)} for each in question.choices]
    if not question.required:
        said["required"] = False
    for name in ("low", "high"):
        if texts := getattr(question, name):
            said[name] = dict(texts)
    if question.show_if:
        condition = question.show_if
        said["show_if"] = {"question": condition.question, "how": condition.how.value, "value": condition.value}
    return said


def _question(said: Any, languages: tuple[str, ...]) -> Question:
    if not isinstance(said, dict):
        raise ContentRefused(_("A question has a code, a kind and a text."), "malformed")
    code = _code(said.get("code"))
    kind = next((kind for kind in Kind if kind.value == said.get("kind")), None)
    if kind is None:
        raise ContentRefused(_("%(question)s is of no known kind."), "unknown_kind", code)
    choices: tuple[Choice, ...] = ()
    if kind in WITH_CHOICES:
        choices = _choices(said.get("choices"), languages, code)
    return Question(
        code,
        kind,
        _texts(said.get("text"), languages, code),
        choices,
        said.get("required", True) is not False,
        _condition(said.get("show_if"), code),
        _texts(said.get("low"), languages, code, needed=False),
        _texts(said.get("high"), languages, code, needed=False),
    )


def _code(said: Any) -> str:
    if not isinstance(said, str) or not CODE.fullmatch(said):
        raise ContentRefused(
            _("“%(question)s” is no code: small letters, digits and underscores."), "wrong_code", str(said)[:60]
        )
    return said


def _choices(said: Any, languages: tuple[str, ...], code: str) -> tuple[Choice, ...]:
    if not isinstance(said, list) or len(said) < 2:
        raise ContentRefused(_("%(question)s needs at least two choices."), "no_choices", code)
    if len(said) > MOST_CHOICES:
        raise ContentRefused(_("At most %(most)s choices."), "too_many", code, most=MOST_CHOICES)
    if not all(isinstance(each, dict) for each in said):
        raise ContentRefused(_("A choice has a code and a text."), "malformed", code)
    choices = tuple(Choice(_code(each.get("code")), _texts(each.get("text"), languages, code)) for each in said)
    if len({each.code for each in choices}) < len(choices):
        raise ContentRefused(_("%(question)s has a choice twice."), "code_twice", code)
    return choices


def _texts(said: Any, languages: tuple[str, ...], code: str, *, needed: bool = True) -> dict[str, str]:
    given = said if isinstance(said, dict) else {}
    texts = {each: " ".join(str(given.get(each) or "").split()) for each in languages}
    if any(len(text) > LONGEST for text in texts.values()):
        raise ContentRefused(_("A text of %(question)s is too long."), "text_too_long", code)
    if not needed and not any(texts.values()):
        return {}
    if missing := [each for each in languages if not texts[each]]:
        raise ContentRefused(
            _("A text of %(question)s is missing in: %(languages)s."),
            "text_missing",
            code,
            languages=", ".join(missing),
        )
    return texts


def _condition(said: Any, code: str) -> Condition | None:
    if said is None:
        return None
    how = next((how for how in How if isinstance(said, dict) and how.value == said.get("how")), None)
    if how is None:
        raise ContentRefused(_("%(question)s depends on nothing that can be asked."), "unknown_comparison", code)
    value = None if how == How.ANSWERED else said.get("value")
    if isinstance(value, bool) or not isinstance(value, int | str | None):
        raise ContentRefused(_("%(question)s depends on a value that cannot be."), "wrong_value", code)
    return Condition(str(said.get("question")), how, value)
