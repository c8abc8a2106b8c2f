"""Tiers, memberships, early access, causes and benefits over the API."""

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.scopes import Scope
from integrations.throttling import Rate
from loyalty.actions import memberships, points, programmes, standings
from loyalty.models import Benefit, EarlyAccess, Gift, Membership
from tests.factories.customers import customer as make
from tests.factories.integrations import Caller, codes
from tests.factories.loyalty import cause, on, plan, programme, tier_table

pytestmark = pytest.mark.django_db
API = "/api/v1"


@pytest.fixture(autouse=True)
def rules():
    Rate._shares.clear()
    programme()


@pytest.fixture
def shop():
    return Caller()


@pytest.fixture
def ada():
    return make(number="C-7", name="Ada")


def of(what):
    return f"{API}/customers/C-7/{what}/"


def test_a_tier_with_what_is_missing_to_stay_and_to_reach(shop, ada):
    tier_table()
    now = timezone.now()
    points.earn(ada, 1200, at=now - timedelta(days=300))
    points.earn(ada, 300, at=now - timedelta(days=10))
    standings.settle({ada.pk: now}, programme=programmes.main(fresh=True))

    answer = shop.get(of("tier"))

    assert answer.status_code == 200
    said = answer.json()
    assert (said["tier"]["code"], said["total"], said["qualify_by"], said["earned"]) == (
        "silver",
        1500,
        "points",
        "silver",
    )
    assert (said["to_stay"]["tier"], said["to_stay"]["missing"]) == ("silver", 700)
    assert (said["to_reach"]["tier"], said["to_reach"]["missing"]) == ("gold", 1500)
    assert said["to_stay"]["by"] == said["to_reach"]["by"]
    assert [tier["code"] for tier in said["tiers"]] == ["bronze", "silver", "gold"]


def test_the_moment_by_which_points_are_missing_is_the_first_at_which_they_are_gone(shop, ada):
    tier_table()
    points.earn(ada, 1200, at=timezone.now() - timedelta(days=100))
    by = standings.standings.progress(ada).keep.by

    assert standings.standings.progress(ada, at=by - timedelta(seconds=1)).tier.code == "silver"
    assert standings.standings.progress(ada, at=by).tier.code == "bronze"


def test_a_granted_tier_says_until_when_it_holds(shop, ada):
    tier_table()
    memberships.start(ada, plan(tier="gold", grace_days=10), at=timezone.now())
    end = Membership.objects.get().ends_at

    said = shop.get(of("tier")).json()

    assert (said["tier"]["code"], said["earned"], said["to_stay"], said["to_reach"]) == ("gold", "bronze", None, None)
    assert said["held_until"][:10] == (end + timedelta(days=10)).date().isoformat()


def test_the_grace_is_the_time_left_to_stay(shop, ada):
    tier_table(grace_days=30)
    points.earn(ada, 1000, at=timezone.now() - timedelta(days=400))
    points.earn(ada, 10, at=timezone.now() - timedelta(days=40))
    rules = programmes.main(fresh=True)
    standings.settle({ada.pk: timezone.now() - timedelta(days=390)}, programme=rules)
    standings.settle({ada.pk: timezone.now() - timedelta(days=5)}, programme=rules)

    said = shop.get(of("tier")).json()

    assert (said["tier"]["code"], said["to_stay"]["missing"]) == ("silver", 990)
    assert said["to_stay"]["by"] == said["grace_ends"]


def test_the_tier_of_a_moment_in_the_past(shop, ada):
    tier_table()
    points.earn(ada, 1000, at=on("2025-01-01"))
    rules = programmes.main(fresh=True)
    for day in ("2025-01-01", "2026-01-01"):
        standings.settle({ada.pk: on(day)}, programme=rules)

    def past(at):
        return shop.get(of("tier/past"), {"at": at}).json().get("tier")

    days = ("2019-01-01", "2024-12-31", "2025-01-01", "2025-12-31", "2026-01-01")
    assert [past(f"{day}T00:00:00Z") for day in days] == ["", "bronze", "silver", "silver", "bronze"]
    assert codes(shop.get(of("tier/past"), {"at": "yesterday"})) == ["invalid"]


def test_without_tiers_there_is_none(shop, ada):
    said = shop.get(of("tier")).json()

    assert (said["tier"], said["tiers"]) == (None, [])


def test_a_membership_is_started_renewed_and_cancelled(shop, ada):
    plan()
    wish = {"plan": "vip", "at": (timezone.now() - timedelta(days=20)).isoformat()}

    started = shop.send(of("memberships"), wish, key="sell-1")
    again = shop.send(of("memberships"), wish, key="sell-1")
    assert started.status_code == 201, started.content
    made = started.json()
    renewed = shop.send(f"{API}/memberships/{made['id']}/renewal/", {"price": 5500})
    cancelled = shop.send(f"{API}/memberships/{renewed.json()['id']}/cancellation/")

    assert again.json() == made
    assert shop.get(of("membership")).json()["membership"]["id"] == made["id"]
    assert (renewed.status_code, renewed.json()["price"], renewed.json()["starts_at"]) == (201, 5500, made["ends_at"])
    assert (cancelled.status_code, cancelled.json()["refund"], cancelled.json()["status"]) == (201, 5500, "cancelled")
    assert shop.get(f"{API}/memberships/{made['id']}/").json()["status"] == "paid"


def test_who_is_no_member_has_no_membership(shop, ada):
    assert shop.get(of("membership")).json() == {"membership": None}
    assert shop.get(f"{API}/memberships/99/").status_code == 404


def test_memberships_are_refused_with_codes(shop, ada):
    plan()
    shop.send(of("memberships"), {"plan": "vip"})

    assert codes(shop.send(of("memberships"), {"plan": "vip"})) == ["memberships_overlap"]
    assert codes(shop.send(of("memberships"), {"plan": "svip"})) == ["unknown_plan"]


def test_early_access_is_asked_for_a_customer_or_for_anybody(shop, ada):
    now = timezone.now()
    made = EarlyAccess.objects.create(code="winter", name="Winter", opens_at=now - timedelta(days=1))
    made.plans.add(plan())

    before = shop.get(f"{API}/early-access/winter/", {"customer": "C-7"}).json()
    shop.send(of("memberships"), {"plan": "vip"})
    after = shop.get(f"{API}/early-access/winter/", {"customer": "C-7"}).json()

    assert (before["open"], before["because"]) == (False, "not_theirs")
    assert (after["open"], after["because"]) == (True, "membership")
    assert shop.get(f"{API}/early-access/").json()["results"][0]["open"] is False
    assert shop.get(f"{API}/early-access/summer/").status_code == 404


def test_points_are_given_to_a_cause_once(shop, ada):
    trees = cause()
    points.grant(ada, 600, reason="welcome")

    for _ in range(2):
        given = shop.send(of("gifts"), {"cause": "trees", "points": 500}, key="gift-1")

    assert (given.status_code, given.json()["points"]) == (201, 500)
    assert Gift.objects.count() == 1
    assert [row["code"] for row in shop.get(f"{API}/causes/").json()["results"]] == [trees.code]
    [row] = shop.get(f"{API}/causes/trees/payable/").json()["results"]
    assert (row["points"], row["value"], row["match"], row["total"]) == (500, 500, 500, 1000)
    assert codes(shop.send(of("gifts"), {"cause": "trees", "points": 500})) == ["insufficient_points"]
    assert codes(shop.send(of("gifts"), {"cause": "bees", "points": 5})) == ["unknown_cause"]
    assert shop.get(f"{API}/causes/bees/payable/").status_code == 404


def test_benefits_of_a_customer(shop, ada):
    tier_table()
    Benefit.objects.create(programme=programmes.main(), code="cake", name="Cake", tier="bronze")

    assert shop.get(of("benefits")).json() == {"results": [{"code": "cake", "name": "Cake", "text": ""}]}


@pytest.mark.parametrize(
    ("what", "scope"),
    [
        ("tier", Scope.MEMBERSHIPS_READ),
        ("membership", Scope.MEMBERSHIPS_READ),
        ("benefits", Scope.MEMBERSHIPS_READ),
        ("memberships", Scope.MEMBERSHIPS_WRITE),
        ("gifts", Scope.POINTS_REDEEM),
    ],
)
def test_what_a_token_may_not_it_does_not(ada, what, scope):
    plan()
    others = Caller(*(each for each in Scope.values if each != scope))
    ask = others.send if what in ("memberships", "gifts") else others.get

    assert ask(of(what)).status_code == 403
