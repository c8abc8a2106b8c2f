"""Surveys are written, published version by version, paused and gone on with."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from feedback.actions.refusals import SettingChanged
from feedback.models import Survey, SurveyRules, SurveyVersion
from feedback.queries.versions import version
from feedback.surveys import branching, questions, scores
from people.models import User

SETTINGS = frozenset(
    {
        "name", "occasion", "case_kind", "segment", "delay_hours", "sample_percent", "remind_days", "expires_days",
        "low_score", "low_kind", "team",
    }
)  # fmt: skip


class SurveyRefused(ValidationError):
    """What a survey cannot be; ``code`` says why.

    It is one of ``code_taken``, ``name_missing``, ``reminds_too_late``, ``low_score_without_score``,
    ``segment_missing``, ``nothing_to_publish``, ``not_published``.
    """


def rules() -> SurveyRules:
    """What holds for all surveys together."""
    return SurveyRules.objects.get_or_create(main=True)[0]


@transaction.atomic
def make(code: str, name: str, *, kind: str, content: Any, by: User | None = None, **settings: Any) -> Survey:
    """A new survey with its first draft. Raises SurveyRefused, ContentRefused."""
    survey = Survey(code=code, name=name.strip(), kind=kind, created_by=by, **_known(settings))
    _check(survey)
    checked = _checked(survey, content)
    if Survey.objects.filter(code=code).exists():
        raise _code_taken(code)
    try:
        with transaction.atomic():
            survey.save()
    except IntegrityError:
        raise _code_taken(code) from None
    SurveyVersion.objects.create(survey=survey, number=1, content=checked, made_by=by)
    return survey


@transaction.atomic
def change(
    survey: Survey, *, content: Any = None, seen: int | None = None, by: User | None = None, **settings: Any
) -> Survey:
    """Change whom it is put to and what happens then; with ``content``, draft its next version.

    Settings count at once, questions once they are published. ``seen`` is the version that was read
    (``queries.versions``). Raises SurveyRefused, ContentRefused, SettingChanged.
    """
    survey = _locked(survey)
    if seen not in (None, version(survey)):
        raise SettingChanged
    for name, value in _known(settings).items():
        setattr(survey, name, value)
    _check(survey)
    survey.save()
    if content is not None:
        _draft(survey, _checked(survey, content), by)
    return survey


def _draft(survey: Survey, content: Any, by: User | None) -> None:
    latest = survey.versions.order_by("-number").first()
    if latest is not None and latest.content == content:
        return
    if latest is None or latest.published_at:
        number = latest.number + 1 if latest else 1
        SurveyVersion.objects.create(survey=survey, number=number, content=content, made_by=by)
    else:
        latest.content, latest.made_by = content, by
        latest.save(update_fields=["content", "made_by"])


@transaction.atomic
def publish(survey: Survey, *, at: datetime | None = None) -> SurveyVersion:
    """Let the draft be what is asked from now on; a survey that was no more than a draft goes live.

    Links that are out already go on with the version that they were sent with. Raises SurveyRefused.
    """
    survey = _locked(survey)
    draft = survey.versions.filter(published_at=None).first()
    if draft is None:
        raise SurveyRefused(_("There is no draft to publish."), code="nothing_to_publish")
    _checked(survey, draft.content)
    draft.published_at = at or timezone.now()
    draft.save(update_fields=["published_at"])
    if survey.state == Survey.State.DRAFT:
        survey.state = Survey.State.LIVE
        survey.save(update_fields=["state"])
    return draft


@transaction.atomic
def pause(survey: Survey) -> Survey:
    """Invite nobody for now; what is out can be answered. Raises SurveyRefused."""
    return _turn(survey, Survey.State.PAUSED)


@transaction.atomic
def resume(survey: Survey) -> Survey:
    """Invite again. Raises SurveyRefused."""
    return _turn(survey, Survey.State.LIVE)


def _turn(survey: Survey, state: str) -> Survey:
    survey = _locked(survey)
    if survey.state == Survey.State.DRAFT:
        raise SurveyRefused(_("This survey was never published."), code="not_published")
    survey.state = state
    survey.save(update_fields=["state"])
    return survey


@transaction.atomic
def set_cooldown(days: int) -> SurveyRules:
    """So many days lie between two invitations of one customer, whichever the surveys."""
    row = SurveyRules.objects.select_for_update().get(pk=rules().pk)
    row.cooldown_days = days
    row.save(update_fields=["cooldown_days"])
    return row


def _locked(survey: Survey) -> Survey:
    return Survey.objects.select_for_update().get(pk=survey.pk)


def _known(settings: dict[str, Any]) -> dict[str, Any]:
    if unknown := set(settings) - SETTINGS:
        raise TypeError(f"A survey has no {', '.join(sorted(unknown))}")
    return settings


def _checked(survey: Survey, content: Any) -> dict[str, Any]:
    read = branching.checked(content)
    branching.check_score(read, survey.kind)
    return questions.write(read)


def _check(survey: Survey) -> None:
    if not survey.name.strip():
        raise SurveyRefused(_("A survey needs a name."), code="name_missing")
    if survey.remind_days >= survey.expires_days:
        raise SurveyRefused(_("The reminder comes before the link expires."), code="reminds_too_late")
    if survey.low_score is not None and survey.kind not in scores.SCALES:
        raise SurveyRefused(_("This survey measures no score."), code="low_score_without_score")
    if survey.occasion == Survey.Occasion.SEGMENT and survey.segment is None:
        raise SurveyRefused(_("Choose the segment that is asked."), code="segment_missing")


def _code_taken(code: str) -> SurveyRefused:
    return SurveyRefused(_("There is a survey %(code)s already."), code="code_taken", params={"code": code})
