"""What happens to customers is an occasion to ask them, once each, as often as chance is told to."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from customers.actions import timeline
from customers.models import Fact, Verb
from feedback import tasks
from feedback.actions import complaints, occasions
from feedback.actions.invitations import NotInvited
from feedback.models import Invitation
from tests.factories import feedback, purchases
from tests.factories.surveys import asked, segment, survey

pytestmark = pytest.mark.django_db


def heard(*verbs: Verb) -> None:
    occasions.react(list(Fact.objects.filter(verb__in=verbs or occasions.VERBS).order_by("pk")))


def test_a_case_that_is_closed_is_asked_about_once_after_the_delay(agent):
    made = survey("csat", occasion="closing", case_kind="question", delay_hours=5)
    about, other = feedback.case("question"), feedback.case("praise")
    now = timezone.now()
    for each in (about, other):
        complaints.close(each, by=agent, at=now)

    heard()
    heard()

    planned = Invitation.objects.get()
    assert (planned.survey, planned.case, planned.customer) == (made, about, about.customer)
    assert (planned.state, planned.due_at) == ("planned", now + timedelta(hours=5))


def test_a_purchase_is_asked_about_and_one_of_long_ago_is_not():
    survey("ces", occasion="purchase", delay_hours=0)
    bought = purchases.purchase(asked(), 1_000, at=timezone.now())
    purchases.purchase(asked(), 1_000, at=timezone.now() - timedelta(days=15))

    heard(Verb.BOUGHT)

    assert list(Invitation.objects.values_list("purchase", flat=True)) == [bought.pk]


def test_who_has_lapsed_is_asked_why():
    survey("exit", occasion="lapse", content={"languages": ["en"], "questions": [
        {"code": "why", "kind": "text", "text": {"en": "Why?"}}]})  # fmt: skip
    gone, back = asked(), asked()
    timeline.record(gone, Verb.STAGE_REACHED, **{"from": "at_risk", "to": "lapsed"})
    timeline.record(back, Verb.STAGE_REACHED, **{"from": "lapsed", "to": "returned"})

    heard()

    assert Invitation.objects.get().customer == gone


def test_of_a_hundred_occasions_as_many_are_asked_as_the_survey_says():
    keys = [f"survey:1:case:{n}" for n in range(10_000)]

    assert sum(occasions.drawn(key, 20) for key in keys) == pytest.approx(2_000, abs=150)
    assert all(occasions.drawn(key, 100) for key in keys)
    assert [occasions.drawn(key, 50) for key in keys[:50]] == [occasions.drawn(key, 50) for key in keys[:50]]


def test_a_wave_asks_the_members_of_a_segment_once_a_day():
    made = survey(occasion="segment", segment=segment("country", "DE"))
    members = [asked(country="DE") for _ in range(3)]
    asked(country="FR")

    assert occasions.ask_segment(made) == 3
    assert occasions.ask_segment(made) == 0
    assert set(Invitation.objects.values_list("customer", flat=True)) == {one.pk for one in members}

    with pytest.raises(NotInvited) as refusal:
        occasions.ask_segment(survey(live=False))
    assert refusal.value.code == "survey_not_live"


@pytest.mark.django_db(transaction=True)
def test_by_itself_a_closed_case_leads_to_a_mail(agent):
    tasks.hear_of_occasions()  # begins with what comes after it
    survey("csat", occasion="closing", delay_hours=0)
    complaints.close(feedback.case("question", customer=asked()), by=agent)

    assert tasks.hear_of_occasions() > 0
    assert tasks.move_surveys() == 1
    assert Invitation.objects.get().state == "sent"


def test_the_day_of_a_wave_is_that_of_the_business(settings):
    settings.BUSINESS_ZONE = "Asia/Bangkok"
    made = survey(occasion="segment", segment=segment("country", "DE"))
    asked(country="DE")
    before, after = datetime(2026, 11, 23, 23, 30, tzinfo=UTC), datetime(2026, 11, 24, 0, 30, tzinfo=UTC)

    assert occasions.ask_segment(made, at=before) == 1
    assert occasions.ask_segment(made, at=after) == 0  # on the morning of the same day
