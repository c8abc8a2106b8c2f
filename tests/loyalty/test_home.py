"""What loyalty says on the first page, to whom."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from loyalty.actions import adjustments, audit, points, redemptions
from loyalty.models import Wallet
from tests.factories import customers
from tests.factories.loyalty import programme

pytestmark = pytest.mark.django_db
HOME = reverse("admin:index")


def text(client) -> str:
    return " ".join(client.get(HOME).content.decode().split())


@pytest.fixture
def customer():
    programme(adjustment_limit=100)
    return customers.customer(name="Iris Example")


def test_marketing_and_managers_see_the_points_of_the_month(marketer_client, manager_client, customer):
    points.grant(customer, 4321, reason="x", expires_at=timezone.now() + timedelta(days=9))
    redemptions.redeem(customer, 1000)

    for client in (marketer_client, manager_client):
        page = text(client)
        assert "4,321" in page
        assert "3,321" in page
        assert "of 1 customer, unless spent" in page
        assert "Not audited yet" in page


def test_support_the_board_and_interns_do_not(agent_client, board_manager_client, intern_client, customer):
    for client in (agent_client, board_manager_client, intern_client):
        assert "Points this month" not in text(client)


def test_a_month_without_points_shows_noughts(marketer_client):
    assert "Expire within 30 days" in text(marketer_client)


def test_an_audit_says_that_all_is_well_or_what_is_wrong(marketer_client, agent_client, customer):
    points.grant(customer, 100, reason="x")
    audit.audit()
    assert "Proven clean on" in text(marketer_client)
    assert "The points ledger is wrong" not in text(marketer_client)

    Wallet.objects.update(available=101)
    audit.audit()

    assert "The points ledger is wrong" in text(marketer_client)
    assert "2 rows do not add up" in text(marketer_client)
    assert "Proven clean on" not in text(marketer_client)
    assert "The points ledger is wrong" not in text(agent_client)


def test_who_asked_for_an_adjustment_sees_what_becomes_of_it(agent_client, agent, manager_client, manager, customer):
    small = adjustments.adjust(customer, 10, reason="small one", by=agent)
    large = adjustments.adjust(customer, 500, reason="wedding list", by=agent)
    assert small.status == "approved"

    asked = text(agent_client)
    adjustments.decline(large, by=manager)
    decided = text(agent_client)

    assert "wedding list" in asked
    assert "waits for a second person" in asked
    assert "small one" not in asked
    assert "declined" in decided
    assert "Adjustments that you asked for" not in text(manager_client)


def test_an_old_decision_is_no_news(agent_client, agent, manager, customer):
    old = timezone.now() - timedelta(days=8)
    asked = adjustments.adjust(customer, 500, reason="wedding list", by=agent, at=old)
    adjustments.approve(asked, by=manager, at=old)

    assert "wedding list" not in text(agent_client)


def test_home_takes_the_same_queries_for_one_and_for_three(
    agent_client, agent, customer, django_assert_max_num_queries
):
    counts = []
    for number in (1, 2):
        for n in range(number):
            adjustments.adjust(customer, 500, reason=f"list {number} {n}", by=agent)
        with django_assert_max_num_queries(28) as seen:
            agent_client.get(HOME)
        counts.append(len(seen))

    assert counts[0] == counts[1]
