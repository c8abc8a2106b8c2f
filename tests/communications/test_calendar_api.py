"""What stands on the calendar, and moves, over the API."""

import datetime as dt

import pytest
from django.utils import timezone

from communications.actions import materialising
from communications.models import CalendarView, PlanEvent, ShopDay, Touchpoint
from people.actions import views
from tests.factories import plans as made
from tests.factories.integrations import Caller, codes

pytestmark = pytest.mark.django_db
JUNE = "/api/v1/plans/calendar/?first=2026-06-01&last=2026-06-30"


def test_each_day_says_what_stands_on_it_and_asks_the_same_for_one_and_for_three(django_assert_num_queries):
    first = made.campaign(made.letter(), live=False)
    ShopDay.objects.create(name="Fair", kind="event", starts_on=dt.date(2026, 6, 2), ends_on=dt.date(2026, 6, 4))
    shop = Caller("plans:read")
    shop.get(JUNE)
    with django_assert_num_queries(6):
        [item] = shop.get(JUNE).json()["items"]
    assert item["day"] == "2026-06-10"
    assert (item["plan"], item["step"], item["time"], item["sequence"]) == (first.pk, "letter", "10:00:00", False)
    for _ in range(2):
        made.campaign(made.call(), live=False)
    with django_assert_num_queries(6):
        whole = shop.get(JUNE).json()
    assert len(whole["items"]) == 3
    assert [one["name"] for one in whole["occasions"]] == ["Fair"]
    assert len(shop.get(f"{JUNE}&channel=phone").json()["items"]) == 2
    assert codes(shop.get("/api/v1/plans/calendar/?first=2026-06-01&last=2027-06-30")) == ["span"]
    assert codes(shop.get("/api/v1/plans/calendar/")) == ["required", "required"]
    assert Caller("customers:read").get(JUNE).status_code == 403


def test_it_is_asked_for_by_owner_as_on_the_page(marketer, manager):
    mine = made.campaign(made.letter(), live=False, by=marketer)
    made.campaign(made.letter(), live=False, by=manager)
    shop = Caller("plans:read")

    assert [one["plan"] for one in shop.get(f"{JUNE}&owner={marketer.username}").json()["items"]] == [mine.pk]
    assert shop.get(f"{JUNE}&owner=nobody").json()["items"] == []


def test_what_a_shared_view_shows_is_asked_for_by_its_id(marketer):
    made.campaign(made.letter(), live=False)
    made.campaign(made.call(), live=False)
    shared = views.save(CalendarView, "Calls", "view=list&channel=phone", by=marketer, shared=True)
    own = views.save(CalendarView, "Mine", "view=list", by=marketer)
    shop = Caller("plans:read")

    [shown] = shop.get("/api/v1/plans/calendar/views/").json()["results"]
    filters = {"view": "list", "channel": "phone"}
    assert shown == {"id": shared.pk, "name": "Calls", "owner": "marketer", "filters": filters}
    [item] = shop.get(f"{JUNE}&view={shared.pk}").json()["items"]
    assert item["channel"] == "phone"
    assert shop.get(f"{JUNE}&view={shared.pk}&channel=email").json()["items"] == []
    for unknown in (own.pk, "x", ""):
        assert codes(shop.get(f"{JUNE}&view={unknown}")) == ["unknown_view"]
    assert Caller("customers:read").get("/api/v1/plans/calendar/views/").status_code == 403


def test_a_campaign_is_moved_once_its_effect_is_known_by_who_may():
    begins = timezone.localdate() + dt.timedelta(days=1)
    made.consenting()
    plan = made.campaign(starts_on=begins)
    materialising.materialise(plan)
    due = Touchpoint.objects.get().due_at
    there = f"/api/v1/plans/{plan.pk}/moves/"
    wish = {"to": (begins + dt.timedelta(days=2)).isoformat(), "version": plan.version}
    assert codes(Caller("plans:read").send(there, wish)) == ["permission_denied"]
    assert codes(Caller("plans:read", "plans:write").send(there, wish)) == ["permission_denied"]
    shop = Caller("plans:read", "plans:write", "plans:run")

    seen = shop.send(there, wish | {"preview": True}).json()
    assert (seen["effect"]["moved"], seen["plan"]["version"]) == (1, plan.version)
    assert Touchpoint.objects.get().due_at == due
    moved = shop.send(there, wish).json()

    assert (moved["effect"]["customers"], moved["plan"]["version"]) == (1, plan.version + 1)
    assert Touchpoint.objects.get().due_at - due in [dt.timedelta(hours=hours) for hours in (47, 48, 49)]
    assert codes(shop.send(there, wish)) == ["changed_meanwhile"]
    assert PlanEvent.objects.filter(plan=plan, what="moved").count() == 1
    assert codes(shop.send(f"/api/v1/plans/{made.sequence().pk}/moves/", wish | {"version": 1}))
