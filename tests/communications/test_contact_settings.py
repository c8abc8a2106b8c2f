"""Caps and limits of what customers hear are set in the back office."""

import pytest
from django.urls import reverse

from communications.models import ContactSettings, FrequencyCap
from communications.queries import pressure
from tests.conftest import browser_of

pytestmark = pytest.mark.django_db


def test_marketing_sets_caps_and_limits_and_support_only_sees_them(marketer, agent):
    browser = browser_of(marketer)
    browser.post(
        reverse("admin:communications_frequencycap_add"), {"channel": "", "most": 3, "hours": 168}, follow=True
    )
    page = browser.get(reverse("admin:communications_frequencycap_changelist"))
    assert "all channels together" in page.content.decode()
    assert [cap.most for cap in pressure.caps()] == [3]

    browser.get(reverse("admin:communications_contactsettings_changelist"))
    there = reverse("admin:communications_contactsettings_change", args=[1])
    browser.post(there, {"holdout_percent": "5.00", "holdout_salt": "autumn", "daily_limit": ""})
    assert pressure.settings().holdout_salt == "autumn"
    browser.post(there, {"holdout_percent": "80", "holdout_salt": "autumn", "daily_limit": ""})
    assert ContactSettings.objects.get().holdout_percent == 5

    support = browser_of(agent)
    assert support.get(reverse("admin:communications_frequencycap_changelist")).status_code == 200
    support.post(reverse("admin:communications_frequencycap_add"), {"channel": "sms", "most": 1, "hours": 24})
    assert FrequencyCap.objects.count() == 1
