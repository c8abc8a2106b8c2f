"""Views of the calendar: kept under a name, shared, opened on any day, given up."""

import pytest
from django.urls import reverse
from django.utils import timezone

from communications.actions import views
from communications.actions.views import ViewRefused
from communications.models import CalendarView
from communications.queries import calendar
from customers.actions import segments
from people.models import User

pytestmark = pytest.mark.django_db
PAGE, SAVE = reverse("admin:plan_calendar"), reverse("admin:save_calendar_view")


def test_filters_are_kept_without_their_day_and_open_on_any_other(marketer, manager, marketer_client, manager_client):
    best = segments.make("Best", {"groups": []})
    on = f"view=agenda&day=2026-06-10&channel=email&segment={best.pk}"
    said = {"query": f"{on}&x=1", "name": "  Letters to\tthe best ", "shared": "1"}
    answer = marketer_client.post(SAVE, said)

    assert answer.url == f"{PAGE}?{on}"
    view = CalendarView.objects.get()
    assert (view.name, view.owner, view.shared) == ("Letters to the best", marketer, True)
    assert view.query == f"view=agenda&channel=email&segment={best.pk}"
    shown = manager_client.get(f"{PAGE}?{view.query}&day=2026-12-01").content.decode()
    assert "Letters to the best" in shown
    assert "Remove the view" not in shown
    assert f'<option value="{best.pk}" selected>Best</option>' in shown  # though nothing of it stands there
    assert "Remove the view" in marketer_client.get(f"{PAGE}?{view.query}").content.decode()

    marketer_client.post(SAVE, {"query": "view=list&status=draft", "name": "Letters to the best"})
    assert CalendarView.objects.get().query == "view=list&status=draft"
    assert "Letters to the best" not in manager_client.get(PAGE).content.decode()


def test_a_view_is_removed_by_whom_it_belongs_to_or_by_all_once_they_are_gone(marketer, manager, marketer_client):
    mine = views.save("Mine", "view=week", by=marketer)
    theirs = views.save("Theirs", "view=week", by=manager, shared=True)
    hidden = views.save("Hidden", "view=week", by=manager)

    marketer_client.post(reverse("admin:remove_calendar_view", args=[mine.pk]))
    refused = marketer_client.post(reverse("admin:remove_calendar_view", args=[theirs.pk]), follow=True)
    assert "Only who made this view may remove it." in refused.content.decode()
    assert calendar.views(marketer) == [theirs]
    User.objects.filter(pk=manager.pk).update(is_active=False)
    for one in (theirs, hidden):
        marketer_client.post(reverse("admin:remove_calendar_view", args=[one.pk]))
    assert list(CalendarView.objects.all()) == [hidden]


def test_views_are_refused_with_their_reason(marketer, manager):
    for name, query, code in ((" ", "view=week", "no_name"), ("Long", "x" * 501, "too_long")):
        with pytest.raises(ViewRefused) as refused:
            views.save(name, query, by=marketer)
        assert refused.value.code == code
    for n in range(views.MOST):
        views.save(f"View {n}", "view=week", by=marketer)
    views.save("View 0", "view=list", by=marketer)
    views.save("One more", "view=week", by=manager)
    with pytest.raises(ViewRefused) as refused:
        views.save("One more", "view=week", by=marketer)
    assert refused.value.code == "too_many"


def test_who_may_not_see_the_calendar_keeps_no_view_and_who_may_not_plan_shares_none(
    intern_client, board_manager_client
):
    said = {"query": "status=draft", "name": "X", "shared": "1"}
    assert intern_client.post(SAVE, said).status_code == 403
    answer = board_manager_client.post(SAVE, said)

    assert answer.url == f"{PAGE}?view=month&day={timezone.localdate()}&status=draft"
    assert not CalendarView.objects.get().shared
