"""Cases of the invented company: whole, in three languages, some about to be late."""

from datetime import timedelta

import pytest
from django.utils import timezone

from communications.models import Message
from feedback import demo_cases
from feedback.models import Case, CorrectiveAction, Redress
from loyalty.actions import audit
from people.roles import Role
from tests.factories import customers, people
from tests.factories.loyalty import programme

pytestmark = pytest.mark.django_db


def test_it_has_every_stage_and_a_second_time_nothing_happens():
    programme(expiry_months=12)
    people.person("s", role=Role.SUPPORT)
    people.person("m", role=Role.MANAGERS)
    for number in range(6):
        customers.customer(email=f"c{number}@example.org", language=("en", "ko", "th")[number % 3])
    told: list[str] = []
    for _ in range(2):
        demo_cases.fill(240, today=timezone.localdate(), tell=told.append)

    assert len(told) == 1
    assert Case.objects.count() == 30
    assert {"closed", "received", "investigating"} <= set(Case.objects.values_list("stage", flat=True))
    assert set(Case.objects.values_list("language", flat=True)) == {"en", "ko", "th"}
    assert Case.objects.open().filter(received_at__gt=timezone.now() - timedelta(days=6)).count() >= 12
    assert {"paid", "proposed"} <= set(Redress.objects.values_list("state", flat=True))
    assert CorrectiveAction.objects.filter(done_at=None).count() == 2
    assert not Message.objects.exists()  # nobody is written to now about what was settled long ago
    assert audit.audit().findings == []
