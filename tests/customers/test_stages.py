"""Stages follow the clock, and the timeline is told of each change once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.actions import stages
from customers.models import Verb
from tests.factories.customers import customer
from tests.factories.purchases import purchase

pytestmark = pytest.mark.django_db


def told(person) -> list[tuple[str, str]]:
    facts = person.timeline.filter(verb=Verb.STAGE_REACHED).order_by("id")
    return [(fact.about["from"], fact.about["to"]) for fact in facts]


def test_a_customer_who_stays_away_moves_from_stage_to_stage():
    ada = customer()
    now = timezone.now()
    purchase(ada, at=now)

    for days in (1, 100, 400):
        assert stages.move(at=now + timedelta(days=days)) == 1

    assert told(ada) == [("lead", "new"), ("new", "at_risk"), ("at_risk", "lapsed")]
    ada.profile.refresh_from_db()
    assert ada.profile.stage == "lapsed"


def test_what_did_not_change_is_not_told_again():
    purchase(customer(), at=timezone.now())
    stages.move()

    assert stages.move() == 0


def test_one_who_comes_back_is_told_although_the_purchase_itself_moved_the_stage():
    ada = customer()
    now = timezone.now()
    purchase(ada, at=now - timedelta(days=500))
    stages.move()
    purchase(ada, at=now)
    assert ada.profile.stage == "returned"

    stages.move()

    assert told(ada) == [("lead", "lapsed"), ("lapsed", "returned")]


def test_no_more_are_moved_at_a_time_than_asked():
    for _ in range(3):
        purchase(customer(), at=timezone.now())

    assert [stages.move(limit=2) for _ in range(3)] == [2, 1, 0]
