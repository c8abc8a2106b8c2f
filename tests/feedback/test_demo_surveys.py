"""Two years of answers by the invented customers, and nothing twice."""

from datetime import UTC, datetime

import pytest

from customers.demo import company
from customers.models import Profile
from feedback import demo_surveys
from feedback.models import Answer, Invitation, Survey

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()


def test_customers_were_asked_and_some_answered_and_a_second_time_nothing_happens():
    company.fill(120, today=TODAY, tell=str)

    told: list[str] = []
    demo_surveys.fill(120, today=TODAY, tell=told.append)
    demo_surveys.fill(120, today=TODAY, tell=told.append)

    assert len(told) == 1
    assert Survey.objects.filter(state="live").count() == 3
    assert Invitation.objects.filter(state="answered", score__isnull=False).exists()
    assert Answer.objects.exists()
    assert Profile.objects.filter(nps__isnull=False).exists()
    assert not Invitation.objects.filter(answered_at__gt=datetime.now(UTC)).exists()
