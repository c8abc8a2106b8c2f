"""A customer answers a survey, step by step; at the end it is sent off, once.

What is shown in the browser is decided by the page; here each step is stored as it comes (only on POST), so that
nothing is lost where somebody stops in between. The customer is locked first, then the invitation, then a case.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actions import timeline
from customers.models import Customer, Fact, Verb
from feedback.actions import cases, occasions, reopenings
from feedback.models import Answer, Case, Invitation, Survey
from feedback.surveys import branching, links
from feedback.surveys.branching import Answers
from feedback.surveys.questions import LONGEST_ANSWER, Content, Kind, Question, read
from loyalty.actions import rules

log = logging.getLogger(__name__)
State = Invitation.State
STOPPED = timedelta(hours=1)  # who has not gone on for so long will not


class LinkRefused(ValidationError):
    """A link that cannot be answered by; ``code`` is ``link_unknown``, ``link_used`` or ``link_expired``."""


class AnswerRefused(ValidationError):
    """What is no answer to the question; ``code`` is ``answer_missing``, ``wrong_answer`` or ``unknown_question``."""


def found(token: str, *, at: datetime | None = None) -> Invitation:
    """The invitation that a link is for, while it can be answered. Writes nothing. Raises LinkRefused."""
    invitation = _of(token)
    if invitation.state == State.ANSWERED:
        raise LinkRefused(_("You have answered already. Thank you!"), code="link_used")
    if invitation.state != State.SENT or (invitation.expires_at or timezone.now()) <= (at or timezone.now()):
        raise LinkRefused(_("This link has expired."), code="link_expired")
    return invitation


def used(token: str) -> Invitation | None:
    """The invitation of a link that was answered by, for thanks in the language in which it was asked."""
    try:
        return _of(token)
    except LinkRefused:
        return None


def _of(token: str) -> Invitation:
    digest = links.digest_of(token)
    rows = Invitation.objects.select_related("survey", "version", "customer")
    for name in ("token_hash", "reminder_hash"):
        if digest and (invitation := rows.filter(**{name: digest}).first()):
            return invitation
    raise LinkRefused(_("This link is not one of ours, or it is not complete."), code="link_unknown")


def given(invitation: Invitation) -> dict[str, Any]:
    """What was answered so far, by the codes of the questions."""
    assert invitation.version
    content = read(invitation.version.content)
    return {row.question: _value(content, row) for row in invitation.answers.all() if content.question(row.question)}


def _value(content: Content, row: Answer) -> Any:
    question = content.question(row.question)
    assert question
    if question.kind in (Kind.TEXT,):
        return row.text
    if question.kind == Kind.SEVERAL:
        return row.choices
    return row.number if question.scale else (row.choices or [""])[0]


@transaction.atomic
def answer(token: str, code: str, said: Any, *, at: datetime | None = None) -> Invitation:
    """Store the answer to one question; after the last one the survey is sent off.

    ``said`` is a number, the code of a choice, a list of them, or a text; None or empty where nothing was said. The
    same answer again changes nothing. Raises LinkRefused, AnswerRefused.
    """
    at = at or timezone.now()
    invitation = _locked(found(token, at=at), at)
    assert invitation.version
    content, answers = read(invitation.version.content), given(invitation)
    question = next((each for each in branching.shown(content, answers) if each.code == code), None)
    if question is None:
        raise AnswerRefused(_("This question is not asked."), code="unknown_question")
    value = checked(question, said)
    _store(invitation, question, value, at)
    answers = {each: answers[each] for each in answers if each != code} | ({} if value is None else {code: value})
    if branching.next_after(content, answers, code) is None and not branching.missing(content, answers):
        return _send_off(invitation, content, answers, at=at, complete=True)
    return invitation


def _locked(invitation: Invitation, at: datetime) -> Invitation:
    Customer.objects.select_for_update(no_key=True).get(pk=invitation.customer_id)
    rows = Invitation.objects.select_for_update(of=["self"]).select_related("survey", "version", "customer", "case")
    invitation = rows.get(pk=invitation.pk)
    if invitation.state != State.SENT:
        raise LinkRefused(_("You have answered already. Thank you!"), code="link_used")
    return invitation


def checked(question: Question, said: Any) -> Any:
    """The answer as it is stored, or None where a question that may be left out was. Raises AnswerRefused."""
    if said in (None, "", []):
        if question.required:
            raise AnswerRefused(_("Please answer this question."), code="answer_missing")
        return None
    if question.kind == Kind.TEXT:
        text = str(said).replace("\0", "").strip()
        if len(text) > LONGEST_ANSWER:
            raise AnswerRefused(_("This is too long."), code="wrong_answer")
        return text or checked(question, None)
    if question.scale:
        number = int(said) if str(said).isascii() and str(said).isdigit() and len(str(said)) < 3 else -1
        if number in question.scale:
            return number
    else:
        codes = [each.code for each in question.choices]
        chosen = [str(each) for each in said] if isinstance(said, list | tuple) else [str(said)]
        if set(chosen) <= set(codes) and (question.kind == Kind.SEVERAL or len(chosen) == 1):
            in_order = [each for each in codes if each in chosen]
            return in_order if question.kind == Kind.SEVERAL else in_order[0]
    raise AnswerRefused(_("Please choose one of the answers."), code="wrong_answer")


def _store(invitation: Invitation, question: Question, value: Any, at: datetime) -> None:
    invitation.begun_at, invitation.last_step_at = invitation.begun_at or at, at
    invitation.remind_at = None
    invitation.save(update_fields=["begun_at", "last_step_at", "remind_at"])
    if value is None:
        Answer.objects.filter(invitation=invitation, question=question.code).delete()
        return
    columns: dict[str, Any] = {"number": None, "choices": [], "text": "", "at": at}
    if question.scale:
        columns["number"] = value
    elif question.kind == Kind.TEXT:
        columns["text"] = value
    else:
        columns["choices"] = value if isinstance(value, list) else [value]
    Answer.objects.update_or_create(invitation=invitation, question=question.code, defaults=columns)


def settle_stopped(*, at: datetime | None = None, limit: int = 500) -> int:
    """Send off what somebody began and has not gone on with for an hour. Returns how many."""
    at = at or timezone.now()
    begun = Invitation.objects.filter(state=State.SENT, begun_at__isnull=False, last_step_at__lte=at - STOPPED)
    return sum(_settle(pk, at) for pk in list(begun.order_by("last_step_at").values_list("pk", flat=True)[:limit]))


@transaction.atomic
def _settle(pk: int, at: datetime) -> bool:
    try:
        invitation = _locked(Invitation.objects.get(pk=pk), at)
    except LinkRefused:
        return False
    if invitation.last_step_at is None or invitation.last_step_at > at - STOPPED:
        return False
    assert invitation.version
    content = read(invitation.version.content)
    _send_off(invitation, content, given(invitation), at=invitation.last_step_at, complete=False)
    return True


def _send_off(
    invitation: Invitation, content: Content, answers: Answers, *, at: datetime, complete: bool
) -> Invitation:
    """The one moment at which a survey counts: on the timeline, in the profile, as points, as a case."""
    counted = branching.counted(content, answers)
    invitation.answers.exclude(question__in=list(counted)).delete()  # to questions that are not asked after all
    scored = branching.scored(content)
    score = counted.get(scored.code) if scored else None
    invitation.state, invitation.answered_at, invitation.complete = State.ANSWERED, at, complete
    invitation.score = score if isinstance(score, int) else None
    invitation.save(update_fields=["state", "answered_at", "complete", "score"])
    survey, customer = invitation.survey, invitation.customer
    fact = timeline.record(
        customer, Verb.SURVEY_ANSWERED, at=at, key=f"survey_answered:{invitation.pk}", survey=survey.code,
        kind=survey.kind, score=invitation.score, complete=complete, invitation=invitation.pk,
        case=invitation.case_id,
    )  # fmt: skip
    if survey.kind == Survey.Kind.NPS and invitation.score is not None:
        occasions.show_nps([customer.pk])
    if complete and customer.status == Customer.Status.ACTIVE:
        _reward(fact)
    if survey.low_score is not None and invitation.score is not None and invitation.score <= survey.low_score:
        invitation.opened = _follow_up(invitation, content, counted, at)
        invitation.save(update_fields=["opened"])
    return invitation


def _reward(fact: Fact) -> None:
    """Points, where a rule gives them. Where they cannot be given now, the reader of loyalty tries again by itself."""
    try:
        with transaction.atomic():
            rules.earn_for_fact(fact)
    except ValidationError:
        log.info("Points for fact %s are left to the reader.", fact.pk)


def _follow_up(invitation: Invitation, content: Content, answers: Answers, at: datetime) -> Case:
    """Somebody is not content: a person looks at it. One case for one answer, however often this is tried.

    About a case it is said in that case: one that was settled lately is reopened, one of long ago gets a case that
    follows it.
    """
    survey, key = invitation.survey, f"survey_answer:{invitation.pk}"
    highest = content.questions[0].scale[-1]
    text = told(content, answers, invitation.language)
    if invitation.case is not None:
        heard = reopenings.hear(
            invitation.case, text=text, channel=Case.Channel.SURVEY, message_id=f"<{key}@survey>", at=at
        )
        return heard.case
    return cases.open(
        survey.low_kind,
        subject=_("%(score)s of %(highest)s in “%(survey)s”")
        % {"score": invitation.score, "highest": highest, "survey": survey.name},
        text=text,
        channel=Case.Channel.SURVEY,
        customer=invitation.customer,
        team=survey.team,
        key=key,
        at=at,
        language=invitation.language or "en",
        severity=Case.Level.HIGH if invitation.score == content.questions[0].scale[0] else Case.Level.MEDIUM,
    )


def told(content: Content, answers: Answers, language: str) -> str:
    """The answers as text, question by question, in the language in which they were asked."""
    lines = []
    for question in content.questions:
        if question.code in answers:
            said = answers[question.code]
            names = {choice.code: choice.text.get(language) or choice.code for choice in question.choices}
            parts = [said] if isinstance(said, int | str) else said
            asked = question.text.get(language) or next(iter(question.text.values()))
            lines.append(f"{asked}\n{', '.join(names.get(str(part), str(part)) for part in parts)}")
    return "\n\n".join(lines)
