"""Mail of the invented company."""

from collections import Counter
from datetime import date

import pytest

from communications import demo
from communications.models import Message
from tests.factories.customers import customer
from tests.factories.purchases import purchase

pytestmark = pytest.mark.django_db


def test_the_demo_has_mail_that_never_leaves(django_capture_on_commit_callbacks):
    kim = customer(email="kim@example.com")
    for _ in range(12):
        purchase(kim)
    told = []

    for _ in range(2):
        demo.fill(1, today=date(2026, 11, 23), tell=told.append)

    states = Counter(Message.objects.values_list("state", flat=True))
    assert states == {"sent": 10, "uncertain": 1, "failed": 1}
    assert told == ["6 templates in three languages", "12 messages of the last days"]
