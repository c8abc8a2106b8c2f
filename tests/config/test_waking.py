"""Where the broker is away, what somebody asked for is kept, said so, and found by the timetable."""

from datetime import timedelta

import pytest
from celery import Celery, current_app
from django.urls import reverse
from django.utils import timezone

from config.schedule import TIMETABLE
from config.waking import wake
from customers.models import DuplicateSearch
from customers.tasks import look_for_duplicates
from loyalty.actions import rules, trials
from loyalty.models import RuleTrial, Simulation
from loyalty.pages import rules as rule_pages
from loyalty.tasks import replay_designs, try_rules
from tests.factories import customers, purchases
from tests.factories.loyalty import programme
from tests.factories.rules import multiply
from tests.loyalty.test_simulation_pages import FORM

pytestmark = pytest.mark.django_db
SAID = "What you asked for is kept"
NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture
def no_broker(monkeypatch):
    monkeypatch.setattr(current_app.conf, "broker_url", NOWHERE)
    monkeypatch.setattr(current_app.conf, "broker_write_url", NOWHERE)


def test_a_broker_that_is_away_is_no_error():
    assert wake("loyalty.tasks.try_rules", app=Celery("alone", broker=NOWHERE)) is False
    assert wake("loyalty.tasks.try_rules", app=Celery("alone", broker="memory://")) is True


def text(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_replay_waits_for_the_workers(marketer_client, no_broker):
    programme(currency="EUR")
    purchases.purchase(customers.customer())
    assert SAID in text(marketer_client.post(reverse("admin:new_simulation"), FORM, follow=True))
    assert Simulation.objects.get().state == "waiting"

    replay_designs()
    assert Simulation.objects.get().state == "done"


def test_a_trial_waits_for_the_workers(marketer_client, no_broker, monkeypatch):
    programme(currency="EUR")
    monkeypatch.setattr(rule_pages, "PATIENCE", -1)
    monkeypatch.setattr(trials, "AT_ONCE", 1)
    for _ in range(2):
        purchases.purchase(customers.customer(), at=timezone.now() - timedelta(days=2))
    version = rules.draft("Double", multiply("2"))
    page = marketer_client.post(reverse("admin:try_rule", args=[version.rule_id]), {"days": "30"}, follow=True)
    assert SAID in text(page)
    assert RuleTrial.objects.get().state == "waiting"

    try_rules()
    assert RuleTrial.objects.get().state == "done"


def test_a_search_for_duplicates_waits_for_the_workers(manager_client, no_broker):
    page = text(manager_client.post(reverse("admin:look_for_duplicates"), follow=True))
    assert SAID in page
    assert "has not been made yet" in page

    look_for_duplicates()
    assert DuplicateSearch.objects.get().done_at
    assert "Looked for on" in text(manager_client.get(reverse("admin:duplicates")))


def test_the_timetable_finds_what_waits():
    tasks = {entry["task"] for entry in TIMETABLE.values()}
    assert {
        "customers.tasks.look_for_duplicates",
        "loyalty.tasks.try_rules",
        "loyalty.tasks.replay_designs",
    } <= tasks
