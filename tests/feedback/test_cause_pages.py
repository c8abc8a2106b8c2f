"""Themes and causes with their figures, and what is done about them."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from feedback.actions import complaints, corrective
from feedback.models import CaseSettings, CorrectiveAction
from tests.factories import feedback

pytestmark = pytest.mark.django_db


def closed(cause, agent):
    case = complaints.decide(feedback.case(), outcome="upheld", reason="So.", by=agent)
    return complaints.close(case, root_cause=cause, by=agent)


def test_what_is_behind_a_case_leads_to_a_corrective_action(agent, agent_client):
    cause = feedback.root_cause("Carrier")
    case, other = closed(cause, agent), closed(cause, agent)
    behind = agent_client.get(reverse("admin:case_behind", args=[case.pk])).content.decode()
    assert "1 other case with the same root cause" in behind
    assert str(other) in behind

    new = f"{reverse('admin:new_corrective_action')}?case={case.pk}"
    assert f"because of case {case}".lower() in agent_client.get(new).content.decode().lower()
    until = timezone.localdate() + timedelta(days=5)
    said = {"what": "Change the carrier", "owner": agent.pk, "root_cause": cause.pk}
    assert "That day is over" in agent_client.post(new, said | {"due_on": "2020-01-01"}).content.decode()
    assert agent_client.post(new, said | {"due_on": until.isoformat()}).status_code == 302
    action = CorrectiveAction.objects.get()
    assert (list(action.cases.all()), action.root_cause, action.owner) == ([case], cause, agent)
    for address in (reverse("admin:case_behind", args=[other.pk]), reverse("admin:root_cause", args=[cause.pk])):
        assert "Change the carrier" in agent_client.get(address).content.decode()
    assert "Change the carrier" in agent_client.get(reverse("admin:index")).content.decode()


def test_an_action_is_changed_found_overdue_and_finished(agent, agent_client, marketer_client):
    today = timezone.localdate()
    action = corrective.plan("Call them", owner=agent, due_on=today, by=agent)
    page = reverse("admin:corrective_action", args=[action.pk])
    change = reverse("admin:change_corrective_action", args=[action.pk])
    assert agent_client.post(change, {"what": "Visit them", "owner": agent.pk, "due_on": today}).status_code == 302
    assert "This field is required" in agent_client.post(change, {"what": "x"}).content.decode()
    CorrectiveAction.objects.update(due_on=today - timedelta(days=1))
    assert "1 corrective action is overdue" in agent_client.get(reverse("admin:corrective_actions")).content.decode()

    finish = reverse("admin:finish_corrective_action", args=[action.pk])
    assert marketer_client.get(page).status_code == 200
    assert marketer_client.post(finish, {"result": "x"}).status_code == 403
    assert agent_client.post(finish, {"result": "They come in time."}).status_code == 302
    assert "They come in time." in agent_client.get(page).content.decode()
    assert "This was done before" in agent_client.post(finish, {"result": "x"}, follow=True).content.decode()


def test_lists_and_trees_ask_as_much_for_one_as_for_three(agent, agent_client, django_assert_max_num_queries):
    cause = feedback.root_cause()
    counts = []
    agent_client.get(reverse("admin:root_causes"))  # what a process asks once
    for many in (1, 2):
        for _ in range(many):
            case = closed(cause, agent)
            corrective.plan("x", owner=agent, due_on=timezone.localdate(), root_cause=cause, cases=[case], by=agent)
        pages = ["corrective_actions", "root_causes"]
        addresses = [reverse(f"admin:{page}") for page in pages] + [reverse("admin:root_cause", args=[cause.pk])]
        with django_assert_max_num_queries(80) as asked:
            for address in addresses:
                assert agent_client.get(address).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_managers_set_up_letters_limits_and_the_window(manager_client, agent_client):
    page = manager_client.get(reverse("admin:feedback_casesettings_changelist"), follow=True)
    assert page.status_code == 200
    answer = manager_client.post(
        reverse("admin:feedback_casesettings_change", args=[1]), {"reopen_days": 7, "answer_weeks": 8}
    )
    assert answer.status_code == 302
    assert CaseSettings.objects.get().reopen_days == 7
    for name in ("lettertemplate", "redresslimit"):
        assert manager_client.get(reverse(f"admin:feedback_{name}_add")).status_code == 200
        assert agent_client.get(reverse(f"admin:feedback_{name}_add")).status_code == 403
        assert agent_client.get(reverse(f"admin:feedback_{name}_changelist")).status_code == 200
