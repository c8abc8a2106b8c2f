"""What the system proposes for an agenda, with its reasons."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from advisory.actions import recommendations, rounds
from advisory.confidentiality import Level
from advisory.models import Asked, Recommendation
from advisory.queries import subjects
from communications.timing import business_date
from customers.models import Customer
from feedback.actions import answers
from feedback.models import Invitation, Survey
from tests.factories import advisory as make
from tests.factories import feedback
from tests.factories.surveys import asked, survey, token

pytestmark = pytest.mark.django_db


def said(meeting) -> dict[str, str]:
    return {one.title: one.why for one in subjects.suggested(meeting, at=timezone.now())}


def scores(of: Survey, given: list[int], *, days: int, customer: Customer) -> None:
    """Answers that came so many days ago."""
    at = timezone.now() - timedelta(days=days)
    Invitation.objects.bulk_create(
        Invitation(
            survey=of, version=of.versions.get(), customer=customer, occasion="hand", key=f"{of.pk}:{days}:{number}",
            state="answered", due_at=at, sent_at=at, expires_at=at, begun_at=at, answered_at=at, score=score,
        )
        for number, score in enumerate(given)
    )  # fmt: skip


def test_pain_points_and_open_recommendations_come_with_why_the_overdue_first():
    meeting = make.meeting(members=2)
    first, second = (one.term for one in make.invitees(meeting))
    feedback.case(theme=feedback.theme("Late parcels"))
    late = recommendations.propose(meeting.board, "Tell us when it is late", term=first)
    Recommendation.objects.filter(pk=late.pk).update(answer_by=business_date(timezone.now()) - timedelta(days=1))
    secret = recommendations.propose(meeting.board, "A second warehouse", term=second)
    Recommendation.objects.filter(pk=secret.pk).update(
        level=Level.CONFIDENTIAL, advised_at=timezone.now(), advice_yes=1, advice_no=0, advice_abstain=0
    )
    recommendations.propose(make.board(), "Another board's", term=None)

    found = subjects.suggested(meeting, at=timezone.now())
    assert [(one.title, one.purpose, one.level) for one in found] == [
        ("Tell us when it is late", "decide", Level.BOARD),
        ("A second warehouse", "discuss", Level.CONFIDENTIAL),
        ("Late parcels", "discuss", Level.BOARD),
    ]
    assert "answer was due" in found[0].why
    assert "1 member is for it. The board has not voted on it." in found[0].why
    assert found[2].why == "1 case of 1 customer in a year."


def test_a_survey_comes_when_it_fell_by_more_than_chance_or_many_are_unhappy(db):
    meeting, person = make.meeting(members=1), asked()
    fell, stood, bad, few = (survey(code=code, name=code) for code in ("fell", "stood", "bad", "few"))
    for one, before, now in (
        (fell, [10] * 9 + [8], [10, 8, 8, 8, 8, 8, 8, 8, 8, 9]),
        (stood, [10] * 5 + [8] * 5, [10] * 5 + [8] * 5),
        (bad, [8] * 10, [8] * 7 + [0] * 3),
        (few, [10] * 9, [0] * 9),
    ):
        scores(one, before, days=120, customer=person)
        scores(one, now, days=10, customer=person)

    found = said(meeting)
    assert list(found) == ["fell", "bad"]
    assert found["fell"] == (
        "NPS 20 of 10 answers in three months, 0 % unhappy. 70 lower than in the three months before."
    )
    assert found["bad"].startswith("NPS -30 of 10 answers in three months, 30 % unhappy.")


def test_what_members_have_asked_comes_first_and_what_is_taken_up_comes_no_more(manager_client):
    for _ in range(2):
        asked()
    meeting = make.meeting(members=1)
    rounds.open(meeting, survey(name="Delivery"), size=2)
    assert said(meeting) == {}
    link = token(Asked.objects.first().invitation)
    answers.answer(link, "score", "3")
    answers.answer(link, "why", "It was late")

    assert said(meeting) == {
        "What customers told our members: Delivery": (
            "1 of 2 customers whom members asked have answered; 0 answers are presented."
        )
    }
    [subject] = subjects.suggested(meeting, at=timezone.now())
    act = reverse("admin:meeting_suggested", args=[meeting.pk])
    assert subject.why in manager_client.get(reverse("admin:meeting", args=[meeting.pk])).content.decode()
    assert manager_client.post(act, {"source": "theme", "subject": subject.pk}).status_code == 404
    manager_client.post(act, {"source": "survey", "subject": subject.pk})
    assert meeting.items.get().get_source_display() == "results of a survey"
    assert said(meeting) == {}
