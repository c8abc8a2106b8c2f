"""What other systems read of plans, and how they take customers in and out."""

import datetime as dt

import pytest

from communications.actions import dispatching
from communications.models import Enrolment, Plan
from customers.models import AccessLog
from tests.factories import plans as made
from tests.factories.integrations import Caller, codes

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC)


def test_plans_are_listed_and_told_with_what_became_of_them(django_assert_num_queries):
    plan = made.sequence(made.letter(amount=1), at=AT)
    made.campaign(live=False)
    made.enrolled(plan, anchor=AT)
    dispatching.dispatch(at=AT + dt.timedelta(days=1))
    shop = Caller("plans:read")

    found = shop.get("/api/v1/plans/").json()["results"]
    assert [(one["kind"], one["status"]) for one in found] == [("sequence", "live"), ("campaign", "draft")]
    assert [one["id"] for one in shop.get("/api/v1/plans/?status=live").json()["results"]] == [plan.pk]
    whole = shop.get(f"/api/v1/plans/{plan.pk}/").json()
    assert whole["content"]["steps"][0]["amount"] == 1
    assert whole["progress"][""] == {"states": {"queued": 1}, "reasons": {}}
    assert Caller("customers:read").get("/api/v1/plans/").status_code == 403
    assert codes(shop.send(f"/api/v1/plans/{plan.pk}/pause/")) == ["permission_denied"]


def test_a_customer_is_taken_in_once_and_out():
    plan, kim = made.sequence(made.letter(amount=1)), made.consenting(number="C-1")
    shop = Caller("plans:read", "plans:run")
    there = f"/api/v1/plans/{plan.pk}/enrolments/"

    first = shop.send(there, {"customer": "C-1", "key": "order-7"})
    again = shop.send(there, {"customer": "C-1", "key": "order-7"})

    assert (first.status_code, first.json()["state"]) == (201, "active")
    assert first.json()["id"] == again.json()["id"]
    assert codes(shop.send(there, {"customer": "C-1", "anchor": "2020-01-01T00:00:00Z"})) == ["too_late"]
    listed = shop.get(f"/api/v1/enrolments/?plan={plan.pk}&customer=C-1").json()["results"]
    assert [one["customer"] for one in listed] == ["C-1"]
    out = f"/api/v1/enrolments/{first.json()['id']}/exit/"
    assert shop.send(out).json()["reason"] == "taken_out"
    assert codes(shop.send(out)) == ["not_active"]
    assert Enrolment.objects.get().customer == kim


def test_a_plan_is_paused_and_goes_on():
    plan, shop = made.sequence(), Caller("plans:read", "plans:run")

    assert shop.send(f"/api/v1/plans/{plan.pk}/pause/").json()["status"] == "paused"
    assert codes(shop.send(f"/api/v1/plans/{plan.pk}/pause/")) == ["plan_state"]
    assert shop.send(f"/api/v1/plans/{plan.pk}/resume/").json()["status"] == "live"
    assert Plan.objects.get().status == "live"


def test_what_was_planned_for_a_customer_is_told_with_the_reason(django_assert_max_num_queries):
    plan, shop = made.sequence(made.letter(amount=1), at=AT), Caller("plans:read")
    kim = made.consenting(number="C-1", channels=[])
    made.enrolled(plan, kim, anchor=AT)
    dispatching.dispatch(at=AT + dt.timedelta(days=1))
    there = "/api/v1/customers/C-1/touchpoints/"
    shop.get(there)
    with django_assert_max_num_queries(50) as one:
        (row,) = shop.get(there).json()["results"]
    assert (row["state"], row["why"], row["said"]) == ("skipped", "no_consent", "The customer had not consented.")
    assert AccessLog.objects.filter(customer=kim, fields="touchpoints").exists()

    for _ in range(2):
        made.enrolled(plan, kim, anchor=AT)
    with django_assert_max_num_queries(len(one)):
        assert len(shop.get(there).json()["results"]) == 3
