"""Surveys are written, published and paused; what is published stays."""

import pytest
from django.db import DatabaseError, transaction

from feedback.actions import surveys
from feedback.actions.surveys import SurveyRefused
from feedback.models import Survey
from feedback.surveys.questions import ContentRefused
from tests.factories.surveys import content, survey

pytestmark = pytest.mark.django_db


def refused(action, *args, **options) -> str:
    with pytest.raises((SurveyRefused, ContentRefused)) as refusal:
        action(*args, **options)
    return refusal.value.code


def test_a_survey_goes_live_with_its_first_version_and_a_change_makes_the_next(manager):
    made = surveys.make("nps", "Recommend us", kind="nps", content=content(), by=manager)
    assert (made.state, made.versions.count()) == (Survey.State.DRAFT, 1)
    assert surveys.publish(made).number == 1
    changed = content()
    changed["questions"][0]["text"]["en"] = "How likely?"

    made = surveys.change(made, content=changed, name="Would recommend", low_score=6)

    assert (made.state, made.name, made.low_score) == (Survey.State.LIVE, "Would recommend", 6)
    assert [bool(each.published_at) for each in made.versions.order_by("number")] == [True, False]
    surveys.change(made, content=content())  # the draft is rewritten, not another one made
    assert made.versions.count() == 2
    assert surveys.publish(made).number == 2
    assert surveys.pause(made).state == Survey.State.PAUSED
    assert surveys.resume(made).state == Survey.State.LIVE


def test_a_published_version_never_changes():
    version = survey().versions.get()

    for attempt in (lambda: version.save(), lambda: version.delete()):
        with pytest.raises(DatabaseError, match="stays as it is"), transaction.atomic():
            attempt()


def test_what_a_survey_cannot_be_is_refused():
    made = survey(code="here")

    assert refused(surveys.make, "here", "Again", kind="nps", content=content()) == "code_taken"
    assert refused(surveys.make, "free", "Free", kind="free", content=content(), low_score=3) == (
        "low_score_without_score"
    )
    assert refused(surveys.make, "ces", "Easy", kind="ces", content=content()) == "score_first"
    assert refused(surveys.change, made, name=" ") == "name_missing"
    assert refused(surveys.change, made, remind_days=30, expires_days=30) == "reminds_too_late"
    assert refused(surveys.change, made, occasion="segment") == "segment_missing"
    assert refused(surveys.publish, made) == "nothing_to_publish"
    assert refused(surveys.pause, survey(live=False)) == "not_published"


def test_the_cooldown_is_one_figure_for_all():
    assert surveys.rules().cooldown_days == 30
    assert surveys.set_cooldown(14).cooldown_days == 14
    assert surveys.rules().cooldown_days == 14
