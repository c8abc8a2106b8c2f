"""Remarks on days."""

from datetime import date

import pytest
from django.urls import reverse

from insights.actions import annotations
from insights.actions.refusals import InsightRefused
from insights.models import Annotation

pytestmark = pytest.mark.django_db


def test_a_remark_is_written_once_and_removed(manager_client, marketer_client, agent_client):
    page = reverse("admin:annotations")
    for _ in range(2):
        assert marketer_client.post(page, {"day": "2026-02-14", "text": "New  prices"}).status_code == 302
    one = Annotation.objects.get()
    assert (str(one), one.by.username) == ("2026-02-14: New prices", "marketer")
    assert agent_client.post(page, {"day": "2026-02-15", "text": "Mine"}).status_code == 403
    assert Annotation.objects.count() == 1
    assert b"New prices" in agent_client.get(page).content
    gone = reverse("admin:remove_annotation", args=[one.pk])
    assert marketer_client.post(gone).status_code == 403
    for _ in range(2):
        assert "The remark is removed." in manager_client.post(gone, follow=True).content.decode()
    assert not Annotation.objects.exists()


def test_a_remark_says_something(manager):
    with pytest.raises(InsightRefused) as refusal:
        annotations.write(date(2026, 2, 14), "  ", by=manager)
    assert refusal.value.code == "text_missing"
