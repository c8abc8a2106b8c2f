"""Figures of points, answers and complaints by group, and the customers behind each of them."""

from datetime import date

import pytest
from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.utils import IntegrityError
from django.urls import reverse

from customers.models import Profile
from feedback.models import Case, Invitation
from insights.actions import snapshots
from insights.definitions import DEFINITIONS, SECTIONS
from insights.models import Snapshot
from insights.queries import behind
from insights.queries.asked import DIMENSIONS
from loyalty.actions import points, redemptions
from tests.factories import feedback, surveys
from tests.factories.customers import customer
from tests.factories.insights import bought, follow, noon
from tests.factories.integrations import Caller
from tests.factories.loyalty import programme

pytestmark = pytest.mark.django_db
DAY = date(2026, 4, 16)
MARCH, APRIL = noon(date(2026, 3, 10)), date(2026, 4, 1)


@pytest.fixture
def shop(marketer):
    """Two in a tier and one without; in March each earned, was asked and complained, the first redeemed."""
    programme()
    made = [customer(email=f"group{n}@example.org") for n in range(3)]
    asked = surveys.survey()
    for n, who in enumerate(made):
        bought(who, "2026-02-03", channel="store" if n else "web")
        bought(who, "2026-03-05", channel="web")
        points.earn(who, 100, key=f"earn:{n}", at=MARCH)
        invited = surveys.invitation(asked, surveys.asked())
        Invitation.objects.filter(pk=invited.pk).update(
            customer=who, state="answered", score=10 - 3 * n, answered_at=MARCH, sent_at=MARCH, due_at=MARCH,
            expires_at=noon(DAY), version=asked.versions.first(), token_hash=f"hash-{n}", complete=True,
            begun_at=MARCH, last_step_at=MARCH, remind_at=None,
        )  # fmt: skip
        told = feedback.case(customer=who)
        Case.objects.filter(pk=told.pk).update(received_at=MARCH)
    redemptions.redeem(made[0], 40, key="redeem", at=MARCH)
    follow()
    Profile.objects.filter(customer__in=made[:2]).update(tier="gold")
    snapshots.take_all(day=DAY)
    return made


def taken(metric: str, dimension: str = "") -> dict[str, tuple[int | None, int]]:
    rows = Snapshot.objects.filter(metric=metric, dimension=dimension, as_of=APRIL)
    return {row.member: (row.numerator, row.denominator) for row in rows}


def test_what_is_said_and_earned_by_group_adds_up_to_everybodys(shop):
    assert taken("nps") == {"": (0, 3)}
    assert taken("nps", "tier") == {"gold": (1, 2), "": (-1, 1)}
    assert taken("redemption_rate") == {"": (40, 300)}
    assert taken("redemption_rate", "tier") == {"gold": (40, 200), "": (0, 100)}
    assert taken("complaints", "channel") == {"web": (3, 3)}
    assert taken("active_members", "cohort") == {"2026-02": (3, 3)}
    for metric in ("nps", "complaints", "redemption_rate", "redeemed_of_issue", "active_members", "first_answer"):
        (whole,) = taken(metric).values()
        for dimension in ("tier", "channel", "cohort"):
            parts = taken(metric, dimension).values()
            assert (sum(part for part, _ in parts), sum(of for _, of in parts)) == whole, (metric, dimension)
    owed = Snapshot.objects.filter(metric="liability", as_of=date(2026, 4, 17))
    assert set(owed.filter(dimension="tier").values_list("member", "denominator")) == {("gold", 160), ("", 100)}
    groups = {"segment", "tier", "channel", "cohort"}
    assert {each.key for section in SECTIONS[2:4] for each in section if set(each.by) != groups} == set()
    assert set(DIMENSIONS) == groups


def test_what_needs_every_day_is_known_by_group_and_told_to_other_systems(shop, manager_client):
    assert taken("repeat_days", "tier") == {"gold": (2, 2), "": (1, 1)}
    assert taken("repeat_days", "channel") == {"web": (1, 3), "store": (0, 2)}  # on two days of the channel
    assert taken("gap_median", "cohort") == {"2026-02": (3, 6)}
    assert taken("second_order", "tier") == {"gold": (0, 0), "": (0, 0)}
    assert taken("returning_share", "channel") == {"web": (3000, 3000)}
    tables = {"cohort", "cohort_from", "cohort_any", "stage", "rfm"}
    groups = {one.key for section in SECTIONS[:2] for one in section if set(one.by) == set(DIMENSIONS)}
    assert groups == {one.key for section in SECTIONS[:2] for one in section} - tables

    caller = Caller("figures:read")
    told = caller.get("/api/v1/figures/repeat_days/?by=channel&since=2026-04-01&until=2026-04-01").json()
    assert {row["member"]: (row["numerator"], row["denominator"]) for row in told["results"]} == {
        "web": (1, 3), "store": (0, 2)
    }  # fmt: skip
    asked = {"figure": "repeat_days", "as_of": "2026-04-01", "by": "channel", "member": "web"}
    behind_it = manager_client.get(reverse("admin:figure_customers"), asked).context["rows"]
    assert [row.customer for row in behind_it] == shop[:1]


def test_what_a_sample_says_comes_with_where_chance_may_have_moved_it(shop, manager_client):
    nps = Snapshot.objects.get(metric="nps", dimension="", as_of=APRIL)
    assert (round(nps.low), nps.value, round(nps.high)) == (-92, 0, 92)
    row = Caller("figures:read").get("/api/v1/figures/nps/?since=2026-04-01&until=2026-04-01").json()["results"][0]
    assert (row["low"], row["high"]) == (nps.low, nps.high)
    assert "-92 to +92" in manager_client.get(reverse("admin:figure", args=["nps"])).content.decode()
    assert Snapshot.objects.filter(metric="retention", low=None).exists()
    with pytest.raises(IntegrityError, match="figure_lies_in_its_interval"), transaction.atomic():
        Snapshot.objects.filter(pk=nps.pk).update(low=1)


def test_the_customers_behind_every_figure_can_be_seen_by_who_may(shop, manager_client, marketer_client, marketer):
    def people(client, metric: str, **query) -> list:
        answer = client.get(reverse("admin:figure_customers"), {"figure": metric, "as_of": "2026-04-01", **query})
        assert answer.status_code == 200, metric
        return [row.customer for row in answer.context["rows"]]

    for metric in ("nps", "complaints", "active_members", "liability", "next_month", "repeat_days", "gap_median"):
        assert people(manager_client, metric) == shop, metric
    for metric in ("redemption_rate", "redeemed_of_issue"):
        assert people(marketer_client, metric) == shop[:1]
    assert people(manager_client, "nps", by="tier", member="gold") == shop[:2]
    assert people(manager_client, "returning_share") == shop
    for metric in ("breakage", "referral_share", "membership_churn", "csat", "first_answer", "clv_expected"):
        assert people(manager_client, metric) == []
    assert people(manager_client, "second_order") == []  # ninety days are not over
    asked = {"figure": "nps", "as_of": "2026-04-01", "format": "csv"}
    file = manager_client.get(reverse("admin:figure_customers"), asked)
    assert len(b"".join(file.streaming_content).decode().splitlines()) == 4
    without = {key for key in DEFINITIONS if key not in behind.KNOWN}
    assert without == {"advice_answer", "advice_shipped", "board_attendance", "board_stay", "board_effect"}


def test_points_and_complaints_take_a_right_of_their_own(shop, intern, client):
    may = Permission.objects.filter(codename__in=["see_customers", "view_snapshot"])
    intern.user_permissions.set(may)
    client.force_login(intern)
    page = reverse("admin:figure_customers")
    assert client.get(page, {"figure": "buyers", "as_of": "2026-04-01"}).status_code == 200
    for metric in ("nps", "redemption_rate"):
        assert client.get(page, {"figure": metric, "as_of": "2026-04-01"}).status_code == 403
