"""Whom a plan is for, and why: on the plan's page and on the customer's."""

import datetime as dt

import pytest
from django.urls import reverse

from communications.actions import dispatching, enrolments
from communications.models import Enrolment
from customers.models import AccessLog
from tests.factories import plans as made
from tests.factories.customers import customer

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 6, 9, 6, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def test_who_got_a_plan_and_who_did_not_stands_there_with_the_reason(marketer_client, agent_client, intern_client):
    plan = made.sequence(made.letter(amount=1), made.letter("late", amount=2), at=AT)
    kim, stranger = made.consenting(number="K-1"), customer(number="S-1")
    enrolment = enrolments.enrol(plan, kim, anchor=AT, key="order:7", at=AT)
    dispatching.dispatch(at=AT + DAY)
    of_plan, of_kim = reverse("admin:plan_customers", args=[plan.pk]), reverse("admin:customer_plans", args=[kim.pk])

    page = marketer_client.get(of_plan).content.decode()
    assert page.count(f"{of_kim}?plan={plan.pk}") == 2
    assert AccessLog.objects.filter(customer=kim, what=AccessLog.What.LISTED).exists()
    assert f"{of_kim}?plan={plan.pk}" not in marketer_client.get(f"{of_plan}?state=sent").content.decode()
    assert "Nobody has this number." in marketer_client.get(f"{of_plan}?number=nobody").content.decode()
    asked = marketer_client.get(f"{of_plan}?number=S-1", follow=True)
    assert asked.redirect_chain[-1][0] == f"{reverse('admin:customer_plans', args=[stranger.pk])}?plan={plan.pk}"
    assert "Nothing of" in asked.content.decode()
    assert "had not consented" in asked.content.decode()

    story = agent_client.get(of_kim).content.decode()
    assert "Came into the plan (order:7)" in story
    assert (
        "All plans, and why or why not" in agent_client.get(reverse("admin:customer", args=[kim.pk])).content.decode()
    )
    leave = reverse("admin:leave_plan", args=[enrolment.pk])
    assert agent_client.post(leave).status_code == 403
    assert "what was to come is cancelled" in marketer_client.post(leave, follow=True).content.decode()
    assert Enrolment.objects.get().state == Enrolment.State.EXITED
    assert "not in this plan any more" in marketer_client.post(leave, follow=True).content.decode()
    assert "Somebody took the customer out of the plan." in marketer_client.get(of_kim).content.decode()
    assert [intern_client.get(one).status_code for one in (of_plan, of_kim)] == [403, 403]


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_take_the_same_queries_for_one_and_for_three(count, marketer_client, django_assert_num_queries):
    plan, kim = made.sequence(at=AT), made.consenting()
    for n in range(count):
        enrolments.enrol(plan, kim, anchor=AT, key=f"order:{n}", at=AT)
    for name, pk, queries in (("plan_customers", plan.pk, 9), ("customer_plans", kim.pk, 10)):
        address = reverse(f"admin:{name}", args=[pk])
        marketer_client.get(address)
        with django_assert_num_queries(queries):
            marketer_client.get(address)
