"""How the desk of the invented company is set up."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from feedback import demo_cases, demo_desk, placeholders
from feedback.models import Macro, Mailbox, QualityReview, SavedView
from feedback.queries.queue import Filters
from people.roles import Role
from tests.factories import customers, people
from tests.factories.loyalty import programme

pytestmark = pytest.mark.django_db


def test_macros_views_reviews_and_a_mailbox_stand_there_and_a_second_time_nothing_happens(client):
    programme(expiry_months=12)
    agent = people.person("s", role=Role.SUPPORT)
    manager = people.person("m", role=Role.MANAGERS)
    for number in range(6):
        customers.customer(email=f"c{number}@example.org")
    today, told = timezone.localdate() + timedelta(days=1), list[str]()
    demo_cases.fill(480, today=today, tell=told.append)

    for _ in range(2):
        demo_desk.fill(0, today=today, tell=told.append)

    assert len(told) == 2
    assert [placeholders.unknown(text.text) for macro in Macro.objects.all() for text in macro.texts.all()] == [[]] * 7
    for view in SavedView.objects.all():
        said = dict(part.split("=") for part in view.query.split("&"))
        assert Filters.read(said).said == said
    assert SavedView.objects.filter(owner=agent).count() == 3
    reviewed = QualityReview.objects.filter(reviewed_at__isnull=False)
    assert reviewed.count() > 0
    assert set(reviewed.values_list("reviewer", flat=True)) == {manager.pk}
    assert Mailbox.objects.get().host == ""
    client.force_login(agent)
    assert client.get(reverse("admin:desk")).status_code == 200
