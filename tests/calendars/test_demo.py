from datetime import date

import pytest

from calendars import demo, queries
from calendars.models import Calendar
from tests.factories.calendars import rules

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


def test_the_company_has_an_office_and_a_support_desk_and_gets_them_once():
    told = []

    for _ in range(2):
        demo.fill(10, today=TODAY, tell=told.append)

    assert told == ["an office and a support desk"]
    assert [(one.code, one.main, one.version) for one in queries.calendars()] == [
        ("office", True, 1),
        ("support-desk", False, 3),
    ]
    desk = rules(Calendar.objects.get(code="support-desk"))
    assert desk["weekly"]["sat"] == [["09:00", "13:00"]]
    assert desk["special"]["2026-12-24"] == [["09:00", "12:00"]]
