"""What the business means by its words changes every figure."""

from datetime import date

import pytest
from django.urls import reverse

from insights.actions import snapshots
from insights.models import DirtyMonth, FigureSettings, Snapshot
from tests.factories.insights import shop

pytestmark = pytest.mark.django_db
DAY = date(2026, 4, 16)


def loyal() -> tuple[int | None, int]:
    one = Snapshot.objects.get(metric="loyal_share", as_of=date(2026, 4, 1), dimension="")
    return one.numerator, one.denominator


def test_a_new_threshold_is_used_for_all_months(manager_client, marketer_client):
    shop([["2026-01-05", "2026-02-05", "2026-03-05"], ["2026-03-07"]])
    snapshots.take_all(day=DAY)
    assert loyal() == (0, 2)
    page = reverse("admin:insights_figuresettings_changelist")
    form = manager_client.get(page, follow=True)
    assert b"loyal customer" in form.content
    said = {
        "loyal_orders": 3, "active_days": 90, "repeat_days": 365, "quiet_purchase_days": 90, "quiet_visit_days": 30,
        "least_buyers": 500,
    }  # fmt: skip
    change = reverse("admin:insights_figuresettings_change", args=[1])
    marketer_client.post(change, said)
    assert FigureSettings.objects.get().loyal_orders == 4
    assert manager_client.post(change, said).status_code == 302
    assert (FigureSettings.objects.get().loyal_orders, FigureSettings.objects.get().version) == (3, 2)
    assert DirtyMonth.objects.count() == 3
    snapshots.take_all(day=DAY)
    assert loyal() == (1, 2)
    manager_client.post(change, said)
    assert FigureSettings.objects.get().version == 2
