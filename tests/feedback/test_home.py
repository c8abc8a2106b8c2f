"""Cases on the first page, on the customer's page, and opened by hand."""

import pytest
from django.urls import reverse

from feedback.actions import cases, conversation
from feedback.models import Case
from tests.conftest import browser_of
from tests.factories import customers, feedback

pytestmark = pytest.mark.django_db


def test_ones_own_cases_wait_on_the_first_page(agent, agent_client, marketer_client):
    mine = cases.assign(feedback.case(subject="Kettle broken"), to=agent)
    cases.wait(cases.assign(feedback.case(subject="Lamp dark"), to=agent), on="customer")

    home = agent_client.get(reverse("admin:index")).content.decode()
    assert "Waiting for you" in home
    assert reverse("admin:case", args=[mine.pk]) in home
    assert "Lamp dark" not in home
    assert "Waiting for you" not in marketer_client.get(reverse("admin:index")).content.decode()


def test_a_customers_page_shows_their_cases_and_opens_a_new_one(agent, agent_client, marketer_client):
    kim = customers.customer(name="Kim")
    page = reverse("admin:customer", args=[kim.pk])
    assert "Has told us nothing yet." in agent_client.get(page).content.decode()
    new = f"{reverse('admin:new_case')}?customer={kim.pk}"
    assert f'href="{new}"' in agent_client.get(page).content.decode()

    given = {"kind": "complaint", "channel": "phone", "text": "The kettle leaks.", "severity": 3, "impact": 1}
    answer = agent_client.post(new, given)

    case = Case.objects.get()
    assert answer.url == reverse("admin:case", args=[case.pk])
    assert (case.customer, case.channel, case.recorded_by, case.subject) == (kim, "phone", agent, "The kettle leaks.")
    assert "The kettle leaks." in agent_client.get(page).content.decode()
    assert marketer_client.get(new).status_code == 403
    assert f'href="{new}"' not in marketer_client.get(page).content.decode()


def test_somebody_unknown_is_written_down_too_and_a_refusal_is_shown(agent_client):
    given = {"kind": "question", "channel": "person", "text": "Open on Sunday?", "severity": 1, "impact": 1}
    agent_client.post(reverse("admin:new_case"), given | {"sender_name": "Wes", "sender_address": "+4930123"})
    assert Case.objects.get().sender_name == "Wes"

    refused = agent_client.post(reverse("admin:new_case"), given | {"text": "x" * 200_001})
    assert "The text is too long." in refused.content.decode()


def test_who_is_mentioned_in_a_note_finds_it_on_their_first_page_until_they_have_spoken(agent, agent_client, manager):
    case = feedback.case()
    client = browser_of(manager)
    agent_client.post(reverse("admin:case_note", args=[case.pk]), {"note": "What do you say, @manager? mail@agent"})

    assert list(case.entries.get(kind="note").mentions.all()) == [manager]
    assert "You were mentioned" in client.get(reverse("admin:index")).content.decode()
    conversation.note(case, "Give it.", by=manager)
    assert "You were mentioned" not in client.get(reverse("admin:index")).content.decode()
