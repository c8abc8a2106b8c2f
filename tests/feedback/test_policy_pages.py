"""Pages of promises: what is promised, what a change would do, what one case was promised."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from feedback.actions import cases, clocks, notifications, policies
from feedback.models import Clock, Metric, Notification, Policy
from tests.factories import calendars, feedback
from tests.factories.policies import policy

pytestmark = pytest.mark.django_db
LIST = "/admin/sla/"


@pytest.fixture(autouse=True)
def office(db):
    calendars.calendar()


def typed(**changes) -> dict:
    """What the editor posts: resolution within 8, 8, 4 and 2 open hours, and one step of the ladder."""
    rows = {f"{metric}-unit": "hours" for metric in Metric.values}
    rows |= {"final_response-unit": "calendar_days"}
    rows |= {f"resolution-amount_{n}": hours for n, hours in ((1, 8), (2, 8), (3, 4), (4, 2))}
    step = {"step-1-amount": 30, "step-1-basis": "before", "step-1-action": "tell_agent", "step-1-metric": ""}
    return {"name": "Usual", "warn_percent": 75, "resolution-pauses": ["customer"], **rows, **step, **changes}


def test_a_policy_is_made_changed_and_retired(manager_client, manager):
    assert b"Nothing is promised yet" in manager_client.get(LIST).content
    answer = manager_client.post(f"{LIST}new/", typed())
    assert (answer.status_code, answer.url) == (302, LIST)
    made = Policy.objects.get()
    shown = manager_client.get(LIST).content.decode()
    assert "8 h / 4 h / 2 h" in shown
    assert "30 minutes before: tell the agent" in shown

    page = manager_client.get(reverse("admin:policy", args=[made.pk]))
    assert page.context["editor"].rows[4]["amount_3"].value() == 4
    manager_client.post(reverse("admin:policy", args=[made.pk]), typed(version=1, name="Other", kinds=["question"]))
    made.refresh_from_db()
    assert (made.name, made.version) == ("Other", 2)
    version = made.versions.get(number=2)
    assert (version.kinds, version.by, version.steps.get().amount) == (["question"], manager, 30)
    assert version.targets.get(priority=1).pauses == ["customer"]

    refused = manager_client.post(reverse("admin:policy", args=[made.pk]), typed(version=1))
    assert "Somebody has changed this policy meanwhile" in refused.content.decode()
    manager_client.post(reverse("admin:retire_policy", args=[made.pk]))
    made.refresh_from_db()
    assert made.retired_at is not None


def test_what_would_change_is_shown_and_nothing_is_saved(manager_client):
    made = policy("Usual", ("resolution", 8, "hours", ("customer",)))
    case = feedback.case()
    page = manager_client.post(reverse("admin:policy", args=[made.pk]), typed(version=1, preview=1, **{
        "resolution-amount_2": 100, "resolution-amount_1": 100, "final_response-amount_2": 56,
        "final_response-amount_1": 56,
    }))  # fmt: skip

    preview = page.context["preview"]
    assert (preview.cases, preview.later, preview.gained, preview.lost) == (1, 1, 1, 0)
    assert {change.case for change in preview.changes} == {case.pk}
    made.refresh_from_db()
    assert made.version == 1
    assert Clock.objects.count() == 1


def test_the_order_is_changed_by_one_place(manager_client):
    first, second = policy("First"), policy("Second")
    manager_client.post(reverse("admin:move_policy", args=[second.pk]), {"to": "up"})
    assert list(Policy.objects.order_by("order")) == [second, first]
    manager_client.post(reverse("admin:move_policy", args=[second.pk]), {"to": "up"})  # it is the first already
    assert list(Policy.objects.order_by("order")) == [second, first]


def test_support_reads_promises_and_changes_none(agent_client, intern_client):
    made = policy("Usual")
    assert agent_client.get(LIST).status_code == 200
    for route in ("policy", "move_policy", "retire_policy"):
        assert agent_client.post(reverse(f"admin:{route}", args=[made.pk])).status_code == 403
    assert agent_client.get(f"{LIST}new/").status_code == 403
    assert intern_client.get(LIST).status_code == 403


def test_the_list_costs_the_same_for_one_and_three(manager_client, django_assert_num_queries):
    policy("One")
    manager_client.get(LIST)
    with django_assert_num_queries(8) as one:
        manager_client.get(LIST)
    policy("Two")
    policy("Three")
    with django_assert_num_queries(len(one.captured_queries)):
        manager_client.get(LIST)


def test_the_promises_of_a_case_say_what_is_due_and_a_deadline_is_moved(manager_client, agent_client, manager):
    policy()
    case = feedback.case()
    page = reverse("admin:case_promises", args=[case.pk])
    clock = Clock.objects.get(case=case, metric="resolution")
    assert "First answer" in agent_client.get(page).content.decode()
    later = (timezone.now() + timedelta(days=20)).strftime("%Y-%m-%dT%H:%M")
    said = {"clock": clock.pk, "to": later, "reason": "The part comes then"}

    agent_client.post(page, said)
    clock.refresh_from_db()
    assert clock.moved_to is None
    refused = manager_client.post(page, said | {"to": "2020-01-01T09:00"})
    assert "lies in the past" in refused.content.decode()
    assert manager_client.post(page, said).status_code == 302
    shown = manager_client.get(page).content.decode()
    assert "The part comes then" in shown
    clock.refresh_from_db()
    assert clock.moved_by == manager
    assert agent_client.post(reverse("admin:give_back_clock", args=[clock.pk])).status_code == 403
    manager_client.post(reverse("admin:give_back_clock", args=[clock.pk]))
    clock.refresh_from_db()
    assert clock.moved_to is None


def test_who_was_told_of_something_finds_it_on_the_first_page_until_they_have_seen_it(agent_client, agent, manager):
    assert "What you were told" not in agent_client.get("/admin/").content.decode()
    case = feedback.case()
    for n in range(10):
        notifications.tell([agent, manager], case, "warned", key=f"k{n}", metric="update")
    shown = agent_client.get("/admin/").content.decode()
    assert "What you were told" in shown
    assert "and 2 more" in shown

    mine = Notification.objects.filter(user=agent)
    agent_client.post(reverse("admin:read_notifications"), {"id": mine.first().pk})
    assert mine.filter(read_at=None).count() == 9
    theirs = Notification.objects.filter(user=manager)
    agent_client.post(reverse("admin:read_notifications"), {"id": theirs.first().pk})
    agent_client.post(reverse("admin:read_notifications"))
    assert not mine.filter(read_at=None).exists()
    assert theirs.filter(read_at=None).count() == 10


def test_what_is_no_longer_promised_and_what_stands_still_is_said(agent_client, agent):
    made = policy()
    case = cases.wait(feedback.case(), on="customer", by=agent)
    policies.change(made, policies.Terms([policies.Goal("resolution", 2, 8, "hours", pauses=["customer"])]))
    policies.carry_on()
    clocks.follow(case, at=timezone.now())
    shown = agent_client.get(reverse("admin:case_promises", args=[case.pk])).content.decode()
    assert "stands still with" in shown
    assert "no longer promised" in shown
