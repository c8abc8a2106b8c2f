"""A day of an agent: the queue, an answer, an escalation, goodwill, and a customer who is not content."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from customers.actions import consents
from feedback import tasks
from feedback.actions import sweeping
from feedback.actions.policies import Rung
from feedback.models import Clock, Invitation, Step
from people.roles import Role
from tests.browser.conftest import PHONE
from tests.factories import calendars, customers, feedback
from tests.factories.loyalty import buckets, programme
from tests.factories.people import person
from tests.factories.policies import policy
from tests.factories.surveys import content, survey, token

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def agent():
    return person("agent", role=Role.SUPPORT, first_name="Ada", last_name="Agent")


@pytest.fixture
def manager():
    return person("manager", role=Role.MANAGERS)


@pytest.fixture
def case(agent, manager):
    """A complaint of somebody who agrees to be asked; what is late is raised and told to a manager."""
    calendars.calendar()
    programme()
    ladder = [
        Rung(Step.Basis.AFTER, 0, action, "resolution") for action in (Step.Action.TELL_MANAGER, Step.Action.RAISE)
    ]
    promises = (("first_response", 4, "hours", ()), ("resolution", 8, "hours", ()))
    policy("Usual", *promises, rungs=tuple(ladder))
    survey("csat", name="After a case", occasion="closing", delay_hours=0, low_score=2, content=content("csat"))
    tasks.hear_of_occasions()  # from here on
    kim = customers.customer(name="Kim Min", email="kim@example.org")
    consents.decide(kim, channel="email", purpose="research", granted=True, source="test")
    feedback.root_cause("Carrier")
    feedback.case("question", subject="Opening hours", customer=customers.customer())
    return feedback.case(subject="Kettle leaks", customer=kim, severity=3, team=feedback.team(agent))


def test_a_day_from_the_queue_to_a_case_that_comes_back(open_browser, agent, manager, case):
    page = open_browser(agent)

    # The queue: what is most urgent first. An answer.
    page.goto("/admin/desk/")
    page.get_by_role("link", name=re.compile("Kettle leaks")).click()
    page.get_by_label("Answer", exact=True).fill("We look at it at once.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("Your answer is on its way.")).to_be_visible()
    assert Clock.objects.get(case=case, metric="first_response").state == "met"

    # The resolution is late: it escalates by itself, and the colleague is asked.
    due = Clock.objects.get(case=case, metric="resolution").due_at
    sweeping.sweep(at=due + timedelta(days=1))
    page.reload()  # waits until the page's script is there, by which keys work
    expect(page.get_by_text("priority high")).to_be_visible()
    page.keyboard.press("n")
    page.get_by_label("Internal note").fill("@manager may I give 300 points?")
    page.get_by_role("button", name="Keep the note").click()
    expect(page.locator(".ms-conversation").get_by_text("may I give 300 points?")).to_be_visible()
    assert {one.what for one in manager.notifications.filter(case=case)} == {"breached", "mentioned"}

    # Resolved in one step, with goodwill.
    page.locator("summary", has_text="Answer and close").click()
    step = page.locator("#step-resolve")
    step.get_by_label("Answer").fill("A new kettle is on its way, and 300 points with it.")
    step.get_by_label("Goodwill points").fill("300")
    step.get_by_label("Root cause").select_option(label="Carrier")
    step.get_by_role("button", name="Answer and close").click()
    expect(page.locator(".ms-badge", has_text="closed").first).to_be_visible()
    case.refresh_from_db()
    assert (case.stage, case.outcome) == ("closed", "upheld")
    assert buckets(case.customer)[1] == 300

    # The customer is asked, on a phone, and is not content.
    tasks.hear_of_occasions()
    tasks.move_surveys()
    asked = Invitation.objects.get(case=case)
    phone = open_browser(size=PHONE)
    phone.goto(f"/survey/{token(asked)}/?answer=1")
    phone.get_by_role("button", name=re.compile("Next|Send")).click()
    phone.get_by_label("What went wrong?").fill("The new one leaks too.")
    phone.get_by_role("button", name="Send").click()
    phone.get_by_role("heading", name="Thank you!").wait_for()

    # The case is back in the queue, with what was said.
    page = open_browser(agent)
    page.goto("/admin/desk/")
    page.get_by_role("link", name=re.compile("Kettle leaks")).click()
    expect(page.get_by_text("The new one leaks too.")).to_be_visible()
    expect(page.locator(".ms-badge", has_text="reopened").first).to_be_visible()
    case.refresh_from_db()
    assert (case.reopenings, case.unanswered_since is not None) == (1, True)
    assert timezone.now() - case.unanswered_since < timedelta(minutes=5)
