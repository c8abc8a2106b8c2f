"""One click does something about customers at risk; what followed is read from their purchases."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from communications.models import Enrolment
from insights.actions import outreach
from insights.actions.refusals import InsightRefused
from insights.models import Outreach
from insights.queries import risk as queries
from tests.factories import plans
from tests.factories.customers import customer
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


def test_a_selection_goes_on_the_call_list_once_and_calls_are_made(marketer, marketer_client, agent_client):
    kim, lee = customer(), customer()
    assert outreach.call([kim.pk], by=marketer) == outreach.Outcome(1, {})
    assert outreach.call([kim.pk, lee.pk], by=marketer) == outreach.Outcome(1, {"already_active": 1})
    shown = agent_client.get(reverse("admin:outreach")).content.decode()
    assert str(kim) in shown
    one = Outreach.objects.get(customer=kim)
    agent_client.post(reverse("admin:call_made", args=[one.pk]), {"result": "Was on holiday"})
    one.refresh_from_db()
    assert (one.result, one.by.username) == ("Was on holiday", "agent")
    assert [each.customer for each in queries.calls()] == [lee]
    with pytest.raises(InsightRefused) as refusal:
        outreach.done(one, result="Again", by=marketer)
    assert refusal.value.code == "done_already"


def test_what_followed_is_the_first_order_after_it(marketer):
    kim, lee = customer(), customer()
    purchase(kim, at=datetime(2026, 1, 1, tzinfo=UTC))
    outreach.call([kim.pk, lee.pk], by=marketer, at=datetime(2026, 2, 1, tzinfo=UTC))
    back = purchase(kim, at=datetime(2026, 2, 9, tzinfo=UTC))
    assert {one.customer_id: one.bought_at for one in queries.followed()} == {kim.pk: back.at, lee.pk: None}


@pytest.mark.parametrize(("people", "code"), [([], "nobody"), ([0], "nobody"), (list(range(1, 502)), "too_many")])
def test_a_selection_that_cannot_be_is_refused(marketer, people, code):
    with pytest.raises(InsightRefused) as refusal:
        outreach.call(people, by=marketer, at=timezone.now())
    assert refusal.value.code == code
    with pytest.raises(InsightRefused, match="what came of it"):
        outreach.done(Outreach(), result=" ", by=marketer)
