"""Views of the calendar keep its filters without their day, and open on any."""

import pytest
from django.urls import reverse

from communications.models import CalendarView
from customers.actions import segments

pytestmark = pytest.mark.django_db
PAGE, SAVE = reverse("admin:plan_calendar"), reverse("admin:calendar_views")


def test_filters_are_kept_without_their_day_and_open_on_any_other(marketer, marketer_client, manager_client):
    best = segments.make("Best", {"groups": []})
    on = f"view=agenda&day=2026-06-10&channel=email&segment={best.pk}"
    answer = marketer_client.post(SAVE, {"query": on, "name": "  Letters to\tthe best ", "who": "all"})

    assert answer.url == f"{PAGE}?{on}"
    view = CalendarView.objects.get()
    assert (view.name, view.owner, view.shared) == ("Letters to the best", marketer, True)
    assert view.query == f"view=agenda&channel=email&segment={best.pk}"
    shown = manager_client.get(f"{PAGE}?{view.query}&day=2026-12-01").content.decode()
    assert f'href="{PAGE}?{view.query}&day=2026-12-01"'.replace("&", "&amp;") in shown
    assert f'<option value="{best.pk}" selected>Best</option>' in shown  # though nothing of it stands there
