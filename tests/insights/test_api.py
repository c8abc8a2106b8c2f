"""Figures, risk and experiments for other systems."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from insights.actions import experiments, snapshots
from insights.definitions import DEFINITIONS
from insights.models import Assignment, Risk
from tests.factories.customers import customer
from tests.factories.insights import shop
from tests.factories.integrations import Caller
from tests.insights.test_experiments import planned

pytestmark = pytest.mark.django_db
DAY = date(2026, 4, 16)


def test_figures_come_with_their_definitions():
    shop([["2025-12-03", "2026-03-02"], ["2026-02-10"]])
    snapshots.take_all(day=DAY)
    caller = Caller("figures:read")

    listed = caller.get("/api/v1/figures/").json()["results"]
    assert {one["key"] for one in listed} == set(DEFINITIONS)
    assert all(one["meaning"] and one["denominator"] for one in listed)
    found = caller.get("/api/v1/figures/retention/?since=2026-04-01").json()
    assert found["definition"]["unit"] == "share"
    assert [(row["as_of"], row["finished"], row["numerator"], row["denominator"]) for row in found["results"]] == [
        ("2026-04-01", True, 1, 1), ("2026-04-17", False, 1, 1),
    ]  # fmt: skip
    by = caller.get("/api/v1/figures/orders/?by=cohort&since=2026-04-01&until=2026-04-01&currency=EUR").json()
    assert [(row["member"], row["value"]) for row in by["results"]] == [("2025-12", 1.0)]
    assert caller.get("/api/v1/figures/nonsense/").status_code == 404
    assert caller.get("/api/v1/figures/retention/?since=soon").status_code == 400
    assert Caller("customers:read").get("/api/v1/figures/").status_code == 403


def scored(who, **changes) -> Risk:
    usual = {
        "repeats": 3, "last_day": date(2026, 1, 1), "known_days": 300, "chance": 0.8, "band": "high", "expected": 1.5,
        "value": 9000, "at_stake": 7200,
    }  # fmt: skip
    return Risk.objects.create(customer=who, **usual | changes)


def test_risks_are_listed_by_what_is_at_stake():
    kim, lee, once = customer(), customer(), customer()
    scored(kim)
    scored(lee, at_stake=9000, band="medium")
    scored(once, repeats=0)
    caller = Caller("risk:read")
    rows = caller.get("/api/v1/risks/").json()["results"]
    assert [(row["customer"], row["at_stake"]) for row in rows] == [(lee.number, 9000), (kim.number, 7200)]
    assert [row["customer"] for row in caller.get("/api/v1/risks/?band=high").json()["results"]] == [kim.number]
    assert caller.get(f"/api/v1/risks/{once.number}/").json()["once"] is True
    assert caller.get(f"/api/v1/risks/{customer().number}/").status_code == 404
    assert Caller("figures:read").get("/api/v1/risks/").status_code == 403


def test_a_page_of_the_shop_asks_for_the_arm(django_assert_max_num_queries):
    experiments.forget_known()
    kim, caller = customer(), Caller("experiments:ask")
    one = planned(ends_on=timezone.localdate() + timedelta(days=365))
    page = f"/api/v1/experiments/points/assignment/?customer={kim.number}"
    assert caller.get(page).json() == {"experiment": "points", "arm": "today", "counted": False}
    experiments.begin(one)
    experiments.forget_known()
    first = caller.get(page).json()
    assert first["counted"] is True
    with django_assert_max_num_queries(3):
        assert caller.get(page).json() == first
    assert Assignment.objects.count() == 1
    assert caller.get("/api/v1/experiments/nothing/assignment/?customer=1").status_code == 404
    assert caller.get("/api/v1/experiments/points/assignment/").status_code == 400
    assert Caller("figures:read").get(page).status_code == 403
    assert [row["key"] for row in caller.get("/api/v1/experiments/").json()["results"]] == ["points"]
