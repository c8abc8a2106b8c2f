"""One click does something about customers at risk; what followed is read from their purchases."""

from datetime import UTC, date, datetime

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from communications.actions import holds
from communications.models import Enrolment, Suppression
from customers.models import AccessLog, ConsentDecision
from insights.actions import outreach
from insights.actions.refusals import InsightRefused
from insights.models import Outreach, Risk
from insights.queries import risk as queries
from tests.factories import plans
from tests.factories.customers import customer
from tests.factories.insights import reachable
from tests.factories.purchases import purchase

pytestmark = pytest.mark.django_db


def test_a_selection_goes_into_a_sequence(marketer_client, agent_client):
    plan = plans.sequence()
    kim, lee = plans.consenting(), plans.consenting()
    page = reverse("admin:act_on_risk")
    chosen = {"customer": [kim.pk, lee.pk], "plan": plan.pk, "query": "band=high"}
    answer = marketer_client.post(page, chosen)
    assert answer["Location"].endswith("?band=high")
    assert Enrolment.objects.filter(customer__in=[kim, lee]).count() == 2
    assert set(Outreach.objects.values_list("customer", "how", "label")) == {
        (kim.pk, "sequence", plan.name), (lee.pk, "sequence", plan.name),
    }  # fmt: skip
    marketer_client.post(page, chosen)
    assert Outreach.objects.count() == 2
    assert agent_client.post(page, chosen).status_code == 403


def test_a_selection_goes_on_the_one_list_of_calls_and_what_was_said_comes_back(marketer_client, agent, agent_client):
    kim, lee, silent = reachable(), reachable(), customer()
    asked = {"customer": [kim.pk, silent.pk], "to": agent.pk}
    answer = marketer_client.post(reverse("admin:act_on_risk"), asked, follow=True).content.decode()
    assert "1 customer was taken." in answer
    assert "There is no address that it could go to. (1)" in answer

    listed = agent_client.get(reverse("admin:calls")).content.decode()
    assert f"{kim}</a>" in listed
    assert "At risk of leaving" in listed
    task = Outreach.objects.get(customer=kim).task
    agent_client.post(reverse("admin:task_outcome", args=[task.pk]), {"outcome": "reached", "note": "Was on holiday"})
    followed = agent_client.get(reverse("admin:outreach")).content.decode()
    assert "Reached<br>Was on holiday" in followed
    assert [one.customer for one in Outreach.objects.all()] == [kim]
    assert lee.pk  # is a customer as well, and was not chosen


def test_who_must_not_be_called_is_left_out_with_the_reason(marketer):
    fine, again, held, without, blocked = (reachable() for _ in range(5))
    holds.place(held, reason="complaint", key="case:1")
    ConsentDecision.objects.create(
        customer=without, channel="phone", purpose="care", granted=False, source="letter", at=timezone.now()
    )
    Suppression.objects.create(address=blocked.phones.get().number, customer=blocked, reason="asked")
    outreach.call([again.pk], by=marketer)
    found = outreach.call([one.pk for one in (fine, again, held, without, blocked)], by=marketer)
    assert found == outreach.Outcome(1, {"already_active": 1, "hold": 1, "no_consent": 1, "suppressed": 1})


def test_the_whole_list_is_taken_with_its_filters(marketer_client, settings):
    once, high, low = reachable(), reachable(), reachable()
    for who, repeats, band in ((once, 0, "high"), (high, 3, "high"), (low, 3, "low")):
        Risk.objects.create(
            customer=who, repeats=repeats, last_day=date(2026, 1, 1), known_days=200, chance=0.9, band=band,
            expected=2, value=5000, at_stake=4500, gap_low=20, gap_high=40,
        )  # fmt: skip
    settings.BUSINESS_CURRENCY = "KRW"
    file = marketer_client.get(reverse("admin:risk"), {"format": "csv"})
    assert ",4500," in b"".join(file.streaming_content).decode()  # won have no hundredths
    listed = AccessLog.objects.filter(what=AccessLog.What.LISTED, fields="risk")
    assert set(listed.values_list("customer", flat=True)) == {high.pk, low.pk}
    marketer_client.post(reverse("admin:act_on_risk"), {"everybody": "1", "query": "band=high"})
    made = Outreach.objects.select_related("task").get()
    assert (made.customer, made.band, made.chance) == (high, "high", 0.9)
    assert made.task.script.startswith("Last order ")
    assert "usually every 20 to 40 days" in made.task.script


def test_no_list_of_people_leaves_with_who_may_only_look(intern, intern_client):
    Risk.objects.create(
        customer=reachable(), repeats=3, last_day=date(2026, 1, 1), known_days=200, chance=0.9, band="high",
        expected=2, value=5000, at_stake=4500, gap_low=20, gap_high=40,
    )  # fmt: skip
    intern.user_permissions.set(Permission.objects.filter(codename__in=["view_risk", "see_customers"]))
    asked = {"figure": "active", "as_of": "2026-04-01", "format": "csv"}
    for page in (
        intern_client.get(reverse("admin:risk"), {"format": "csv"}),
        intern_client.get(reverse("admin:figure_customers"), asked),
    ):
        assert page["Content-Type"].startswith("text/html")
        assert ">CSV</a>" not in page.content.decode()
    assert not AccessLog.objects.filter(what=AccessLog.What.LISTED).exists()


def test_what_followed_is_the_first_order_after_it(marketer):
    kim, lee = reachable(), reachable()
    purchase(kim, at=datetime(2026, 1, 1, tzinfo=UTC))
    outreach.call([kim.pk, lee.pk], by=marketer, at=datetime(2026, 2, 1, tzinfo=UTC))
    back = purchase(kim, at=datetime(2026, 2, 9, tzinfo=UTC))
    assert {one.customer_id: one.bought_at for one in queries.followed()} == {kim.pk: back.at, lee.pk: None}


@pytest.mark.parametrize(("people", "code"), [([], "nobody"), ([0], "nobody"), (list(range(1, 502)), "too_many")])
def test_a_selection_that_cannot_be_is_refused(marketer, people, code):
    with pytest.raises(InsightRefused) as refusal:
        outreach.call(people, by=marketer, at=timezone.now())
    assert refusal.value.code == code
