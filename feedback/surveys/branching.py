"""Which questions are shown, by the answers to earlier ones. Pure; no database.

A question may depend on one that comes before it. So walking them in order asks each at most once and always ends; a
question whose reference was not shown is not shown either, and what was answered to a hidden one counts for nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from feedback.surveys.questions import SCALES, Condition, Content, ContentRefused, How, Kind, Question, read

Answer = int | str | Sequence[str]
Answers = Mapping[str, Answer]
NUMBERS = frozenset({How.AT_MOST, How.AT_LEAST})


def checked(said: Any) -> Content:
    """The content that JSON says, with every condition looked at. Raises ContentRefused."""
    content = read(said)
    known = {question.code: question for question in content.questions}
    for question in content.questions:
        if question.show_if and question.show_if.question not in known:
            raise ContentRefused(
                _("%(question)s depends on a question that is not there."), "unknown_question", question.code
            )
    for question in content.questions:
        if _turns_in_circles(question, known):
            raise ContentRefused(_("%(question)s depends on itself in the end."), "circle", question.code)
    before: dict[str, Question] = {}
    for question in content.questions:
        if question.show_if:
            _check(question, question.show_if, before)
        before[question.code] = question
    return content


def _turns_in_circles(question: Question, known: Mapping[str, Question]) -> bool:
    met, at = set(), question
    while at.show_if and at.code not in met:
        met.add(at.code)
        at = known[at.show_if.question]
    return at.code in met


def _check(question: Question, condition: Condition, before: Mapping[str, Question]) -> None:
    about = before.get(condition.question)
    if about is None:
        raise ContentRefused(_("%(question)s depends on a later question."), "not_earlier", question.code)
    if condition.how == How.ANSWERED:
        return
    if condition.how in NUMBERS and about.kind not in SCALES:
        raise ContentRefused(_("%(question)s compares what is no number."), "unknown_comparison", question.code)
    possible: set[int | str] = {*about.scale, *(choice.code for choice in about.choices)}
    if condition.value not in possible:
        raise ContentRefused(_("%(question)s depends on a value that cannot be."), "wrong_value", question.code)


def shown(content: Content, answers: Answers) -> list[Question]:
    """The questions that somebody with these answers is asked, in order."""
    asked: dict[str, Question] = {}
    for question in content.questions:
        condition = question.show_if
        if condition is None or (condition.question in asked and _holds(condition, answers.get(condition.question))):
            asked[question.code] = question
    return list(asked.values())


def counted(content: Content, answers: Answers) -> dict[str, Answer]:
    """The answers without those to questions that are not shown."""
    return {each.code: answers[each.code] for each in shown(content, answers) if each.code in answers}


def next_after(content: Content, answers: Answers, code: str) -> Question | None:
    """The question that comes after this one, or nothing at the end."""
    asked = shown(content, answers)
    place = next((place for place, each in enumerate(asked) if each.code == code), -1)
    return asked[place + 1] if place + 1 < len(asked) else None


def first_open(content: Content, answers: Answers) -> Question | None:
    """Where somebody goes on who comes back: the first question without an answer."""
    return next((each for each in shown(content, answers) if each.code not in answers), None)


def missing(content: Content, answers: Answers) -> list[Question]:
    """Questions that must be answered and are not."""
    return [each for each in shown(content, answers) if each.required and each.code not in answers]


def _holds(condition: Condition, answer: Answer | None) -> bool:
    if answer is None or answer in ("", [], ()):
        return False
    if condition.how == How.ANSWERED:
        return True
    if condition.how in NUMBERS:
        if not isinstance(answer, int) or not isinstance(condition.value, int):
            return False
        return answer <= condition.value if condition.how == How.AT_MOST else answer >= condition.value
    return condition.value == answer if isinstance(answer, int | str) else condition.value in answer


def scored(content: Content) -> Question | None:
    """The question whose answer is the survey's score: the first one, where it is a scale."""
    first = content.questions[0]
    return first if first.kind in SCALES else None


KINDS = {"nps": Kind.NPS, "csat": Kind.FIVE, "ces": Kind.SEVEN}


def check_score(content: Content, kind: str) -> None:
    """A survey that measures something asks for it first, on its own scale, of everybody. Raises ContentRefused."""
    wanted, first = KINDS.get(kind), content.questions[0]
    if wanted is not None and (first.kind != wanted or not first.required):
        raise ContentRefused(
            _("This survey begins with its score: a question that must be answered, %(scale)s."),
            "score_first",
            first.code,
            scale=wanted.label,
        )
