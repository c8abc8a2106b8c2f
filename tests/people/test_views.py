"""Views of pages: kept under a name, changed, shared, opened first, given up; alike for every page that keeps them."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from communications.models import CalendarView
from feedback.models import SavedView
from insights.models import FigureView
from people.actions import views
from people.actions.views import ViewRefused
from people.models import NamedView, User
from tests.conftest import browser_of
from tests.factories import people

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Place:
    kind: type[NamedView]
    name: str
    page: str
    query: str  # as it is kept
    besides: tuple[tuple[str, str], ...] = ()

    def to(self, act: str, view: Any = None) -> str:
        return reverse(f"admin:{self.name}{act}", args=[view.pk] if view else [])

    def said(self, **more: str) -> dict[str, str]:
        return {"name": "Mine", "query": self.query, **dict(self.besides), **more}

    def address(self, query: str = "") -> str:
        return f"{reverse(f'admin:{self.page}')}{'?' if query else ''}{query}"


PLACES = [
    Place(SavedView, "desk_view", "desk", "agent=me"),
    Place(CalendarView, "calendar_view", "plan_calendar", "view=list&status=draft"),
    Place(FigureView, "figure_view", "figures", "section=buying", (("page", "figures"),)),
    Place(FigureView, "figure_view", "risk", "band=high", (("page", "risk"),)),
]
every_place = pytest.mark.parametrize("place", PLACES, ids=lambda place: place.page)


@every_place
def test_a_view_is_kept_opened_renamed_shared_opened_first_and_removed(
    place, manager, manager_client, marketer_client
):
    answer = manager_client.post(place.to("s"), place.said(name="  My \t own "))
    assert answer.url == place.address(place.query)
    view = place.kind.objects.get()
    assert (view.name, view.query, view.owner, view.is_shared) == ("My own", place.query, manager, False)
    shown = manager_client.get(place.address(place.query)).content.decode()
    assert f'href="{view.address.replace("&", "&amp;")}' in shown
    assert "My own" not in marketer_client.get(place.address("plain=1")).content.decode()
    for act in ("", "_change", "_remove", "_first"):
        assert marketer_client.post(place.to(act, view)).status_code == 404

    manager_client.post(place.to("_change", view), {"name": "Ours", "who": "all"})
    assert "Shared by Mia Manager" in marketer_client.get(place.address("plain=1")).content.decode()
    assert marketer_client.get(place.to("", view)).url == place.address(place.query)

    assert marketer_client.post(place.to("_first", view), {"first": "1"}).url == place.to("s")
    assert marketer_client.get(place.address()).url == place.address(place.query)
    assert marketer_client.get(place.address("plain=1")).status_code == 200
    assert manager_client.get(place.address()).status_code == 200
    marketer_client.post(place.to("_first", view))
    assert marketer_client.get(place.address()).status_code == 200

    refused = marketer_client.post(place.to("_remove", view), follow=True).content.decode()
    assert "Only who made this view may change or remove it." in refused
    refused = marketer_client.post(place.to("_change", view), {"name": "Theirs"}).content.decode()
    assert "Only who made this view may change or remove it." in refused
    marketer_client.post(place.to("_first", view), {"first": "1"})
    assert (
        "The view “Ours” is removed." in manager_client.post(place.to("_remove", view), follow=True).content.decode()
    )
    assert marketer_client.get(place.address()).status_code == 200  # though it was to open with it
    assert not place.kind.objects.exists()


@every_place
def test_a_name_stands_once_and_is_replaced_only_where_that_is_said(place, manager, manager_client):
    manager_client.post(place.to("s"), place.said())
    refused = manager_client.post(place.to("s"), place.said(query="")).content.decode()
    assert "You have a view of this name already." in refused
    assert 'value="Mine"' in refused
    assert place.kind.objects.get().query == place.query

    manager_client.post(place.to("s"), place.said(query="", replace="on"))
    changed = place.kind.objects.get()
    assert changed.query != place.query
    manager_client.post(place.to("s"), place.said(name="Other"))
    other = place.kind.objects.get(name="Other")
    refused = manager_client.post(place.to("_change", other), {"name": "Mine"}).content.decode()
    assert "You have a view of this name already." in refused
    assert place.kind.objects.filter(name="Other").exists()


@every_place
def test_it_is_closed_to_who_does_not_see_the_page_and_shared_by_those_who_may(place, intern_client, manager):
    assert intern_client.get(place.to("s")).status_code == 403
    assert intern_client.post(place.to("s"), place.said()).status_code == 403
    looker = people.person("looker")
    permission = {"desk": "feedback.view_case", "plan_calendar": "communications.view_plan"}
    app, codename = permission.get(place.page, "insights.view_snapshot").split(".")
    looker.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    browser = browser_of(looker)

    refused = browser.post(place.to("s"), place.said(who="all"))
    assert not place.kind.objects.filter(shared=True).exists()
    assert "only me" not in refused.content.decode()  # nothing to choose from


@every_place
def test_the_list_of_views_takes_the_same_queries_for_three_as_for_one(place, manager_client):
    counts = []
    for n in range(3):
        manager_client.post(place.to("s"), place.said(name=f"View {n}"))
        manager_client.get(place.to("s"))
        with CaptureQueriesContext(connection) as asked:
            manager_client.get(place.to("s"))
        counts.append(len(asked))
    assert counts[0] == counts[2]


def test_what_cannot_be_kept_is_refused(marketer, manager):
    for name, query, code in ((" ", "", "name_missing"), ("x", "a" * 501, "view_too_long")):
        with pytest.raises(ViewRefused) as refused:
            views.save(CalendarView, name, query, by=marketer)
        assert refused.value.code == code
    for n in range(views.MOST):
        views.save(CalendarView, f"View {n}", "view=week", by=marketer)
    views.save(CalendarView, "View 0", "view=list", by=marketer, replace=True)
    views.save(CalendarView, "One more", "view=week", by=manager)
    with pytest.raises(ViewRefused) as refused:
        views.save(CalendarView, "One more", "view=week", by=marketer)
    assert refused.value.code == "too_many_views"


def test_what_somebody_shared_who_left_belongs_to_whoever_takes_it_over(marketer, manager):
    theirs = views.save(CalendarView, "Theirs", "view=week", by=manager, shared=True)
    hidden = views.save(CalendarView, "Hidden", "view=week", by=manager)
    with pytest.raises(ViewRefused, match="Only who made"):
        views.change(theirs, by=marketer, name="Mine", shared=True)

    User.objects.filter(pk=manager.pk).update(is_active=False)
    views.save(CalendarView, "Theirs", "view=list", by=marketer)
    with pytest.raises(ViewRefused) as refused:
        views.change(theirs, by=marketer, name="Theirs", shared=True)
    assert refused.value.code == "name_taken"
    taken = views.change(theirs, by=marketer, name="Once theirs", shared=False)
    assert (taken.owner, taken.shared) == (marketer, False)
    for act in (views.remove, views.open_first):
        with pytest.raises(ViewRefused):
            act(hidden, by=marketer)
