"""Cases are drawn by chance, reviewed against a standard by somebody else, and the agent reads what was advised."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from communications import timing
from feedback.actions import answers, cases, complaints, quality
from feedback.actions.quality import ReviewRefused
from feedback.models import QualityReview, Standard
from feedback.queries import quality as read
from tests.conftest import browser_of
from tests.factories import calendars, feedback, people, policies
from tests.factories.surveys import asked, survey
from tests.factories.surveys import invitation as invited
from tests.factories.surveys import token as token_of

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


def closed(agent, many: int = 1, at=None) -> list:
    found = []
    for _ in range(many):
        case = cases.assign(feedback.case("question", at=at or timezone.now()), to=agent)
        found.append(complaints.close(case, by=agent, at=at))
    return found


def refused(action, *args, **options) -> str:
    with pytest.raises(ReviewRefused) as refusal:
        action(*args, **options)
    return refusal.value.code


def test_of_each_agent_so_many_cases_of_a_week_are_drawn_once(agent, manager):
    other, today = people.person("other"), timing.business_date(timezone.now())
    quality.set_standard("question", ["Greets", "Answers"], by=manager)
    closed(agent, 5)
    closed(other, 1)
    closed(agent, 1, at=timezone.now() - 2 * WEEK)

    assert quality.draw(today) == 4
    assert quality.draw(today) == 0
    assert QualityReview.objects.filter(agent=agent).count() == 3


def test_a_standard_is_changed_by_its_next_version(manager):
    first = quality.set_standard("complaint", ["Apologises", " ", "Says  when"], by=manager)
    assert first.items == ["Apologises", "Says when"]
    assert quality.set_standard("complaint", ["Apologises", "Says when"], by=manager) == first
    assert quality.set_standard("complaint", ["Says when"], by=manager).number == 2
    assert refused(quality.set_standard, "complaint", [" "]) == "no_items"
    assert (
        refused(quality.set_standard, "complaint", [f"Item {n}" for n in range(quality.MOST_ITEMS + 1)])
        == "too_many_items"
    )
    with pytest.raises(DatabaseError, match="next version"), transaction.atomic():
        Standard.objects.filter(pk=first.pk).update(items=[])


def test_a_review_counts_what_applies_and_stays(agent, manager):
    quality.set_standard("question", ["Greets", "Answers", "Offers"], by=manager)
    closed(agent)
    quality.draw(timing.business_date(timezone.now()))
    drawn = QualityReview.objects.get()

    assert refused(quality.review, drawn, marks=[2, 1], by=manager) == "marks_incomplete"
    assert refused(quality.review, drawn, marks=[None] * 3, by=manager) == "marks_incomplete"
    assert refused(quality.review, drawn, marks=[2, 2, 2], by=agent) == "own_case"
    done = quality.review(drawn, marks=[2, 1, None], coaching="Say when.", by=manager)

    assert done.percent == 75  # 3 of 4
    assert refused(quality.review, drawn, marks=[2, 2, 2], by=manager) == "reviewed_already"
    assert refused(quality.read_by_agent, done, by=manager) == "not_yours"
    assert quality.read_by_agent(done, by=agent).seen_at is not None
    with pytest.raises(DatabaseError, match="reviewer found stays"), transaction.atomic():
        QualityReview.objects.update(percent=100)


def test_an_agent_sees_their_own_figures_and_the_advice(agent, manager, manager_client):
    quality.set_standard("question", ["Greets"], by=manager)
    about = cases.assign(feedback.case("question", customer=asked()), to=agent)
    answers.answer(token_of(invited(survey("csat"), about.customer, case=about)), "score", "5")
    complaints.close(about, by=agent)
    own = browser_of(agent)

    manager_client.post(reverse("admin:draw_reviews"))
    assert QualityReview.objects.count() == 0  # it draws from last week
    quality.draw(timing.business_date(timezone.now()))
    drawn = QualityReview.objects.get()
    page = reverse("admin:quality_review", args=[drawn.pk])
    refused = manager_client.post(page, {"coaching": "Well done"})
    assert refused.status_code == 400
    assert "Well done</textarea>" in refused.content.decode()
    manager_client.post(page, {"mark-0": "2", "coaching": "Well done"})
    shown = own.get(reverse("admin:my_work")).content.decode()

    assert "Well done" in shown
    assert "100 % (n = 1)" in shown
    figures = read.own(agent, timezone.now() - WEEK, timezone.now() + WEEK)
    assert (figures.open, figures.closed, figures.reviewed, figures.percent) == (0, 1, 1, 100)
    own.post(reverse("admin:review_read", args=[drawn.pk]))
    drawn.refresh_from_db()
    assert drawn.seen_at is not None
    manager_client.post(reverse("admin:set_standard"), {"kind": "praise", "items": "Thanks\nShares it"})
    assert Standard.objects.get(kind="praise").items == ["Thanks", "Shares it"]
    assert manager_client.get(reverse("admin:quality")).status_code == 200


def test_how_many_promises_are_not_shown_is_said(agent, agent_client, monkeypatch):
    monkeypatch.setattr("feedback.pages.quality.PROMISES", 1)
    policies.policy(calendar=calendars.calendar())
    page = reverse("admin:my_work")
    cases.assign(feedback.case(), to=agent)
    running = read.promises(agent).count()
    assert running > 1
    assert f"and {running - 1} more" in agent_client.get(page).content.decode()
    monkeypatch.setattr("feedback.pages.quality.PROMISES", running)
    assert " more<" not in agent_client.get(page).content.decode()


def test_agents_do_not_review_each_other_and_others_do_not_see_it(agent_client, marketer_client):
    assert agent_client.get(reverse("admin:quality")).status_code == 403
    assert agent_client.post(reverse("admin:set_standard"), {"kind": "praise", "items": "x"}).status_code == 403
    assert marketer_client.get(reverse("admin:my_work")).status_code == 403


def test_a_refused_review_keeps_what_was_marked(agent, manager, manager_client):
    quality.set_standard("question", ["Greets", "Answers", "Offers"], by=manager)
    closed(agent)
    quality.draw(timing.business_date(timezone.now()))
    page = reverse("admin:quality_review", args=[QualityReview.objects.get().pk])

    assert "checked" not in manager_client.get(page).content.decode()
    refused = manager_client.post(page, {"mark-0": "1", "mark-1": "none"}).content.decode()
    assert 'name="mark-0" value="1" checked' in refused
    assert 'name="mark-1" value="none" checked' in refused
    assert refused.count(" checked") == 2


def test_weeks_and_days_are_those_of_the_business(agent, manager, settings):
    """Half an hour after midnight on Monday in Berlin, where it is still Sunday in UTC."""
    settings.BUSINESS_ZONE = "Europe/Berlin"
    at = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    quality.set_standard("question", ["Greets"], by=manager)
    with time_machine.travel(at - timedelta(minutes=5), tick=False):
        closed(agent)
    assert quality.draw(date(2026, 11, 22)) == 0
    with time_machine.travel(at + WEEK, tick=False):
        browser_of(manager).post(reverse("admin:draw_reviews"))
    assert QualityReview.objects.get().week == date(2026, 11, 23)
