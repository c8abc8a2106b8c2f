"""What happened to customers begins and ends their sequences, read from the timeline."""

import datetime as dt

import pytest
from django.utils import timezone

from communications.actions import anchors, enrolments, human_tasks, materialising, plans
from communications.models import Enrolment, HumanTask, Touchpoint
from customers.actions import consents, facts, purchases, readers, returns, timeline
from customers.actions import customers as people
from customers.models import Fact, Verb
from tests.factories import calendars
from tests.factories import plans as made
from tests.factories import purchases as orders

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def follow() -> None:
    readers.read("communications", anchors.react, verbs=anchors.verbs())


def before() -> dt.datetime:
    """When plans went live: the facts of a test are later."""
    return timezone.now() - 30 * DAY


def states(plan=None) -> dict[str, str]:
    found = Touchpoint.objects.filter(**({"plan": plan} if plan else {})).order_by("due_at", "pk")
    return {one.step_key: one.reason or one.state for one in found}


def after_sale(**changes):
    """Four steps after a purchase; the first has reached the customer already."""
    office = calendars.calendar()
    steps = (
        made.letter("now"),
        made.call(amount=5, unit="business_days"),
        made.letter("later", amount=14),
        made.letter("month", amount=30),
    )
    plan = made.sequence(*steps, calendar_id=office.pk, at=before(), grace_hours=100, **changes)
    bought = orders.purchase(made.consenting(), 1000, 500, at=timezone.now() - 3 * DAY)
    follow()
    first = Touchpoint.objects.filter(step_key="now")
    first.update(state="sent", queued_at=timezone.now(), sent_at=timezone.now())
    return plan, bought


def test_a_purchase_begins_a_plan_once_however_often_it_is_told():
    _, bought = after_sale()
    follow()
    anchors.react(list(Fact.objects.filter(verb=Verb.BOUGHT)))

    enrolment = Enrolment.objects.get()
    assert (enrolment.anchor_key, enrolment.purchase_id) == (f"bought:{bought.pk}", bought.pk)
    assert states() == {"now": "sent", "call": "planned", "later": "planned", "month": "planned"}


def test_a_purchase_that_is_cancelled_ends_what_was_to_follow_it():
    _, bought = after_sale()
    purchases.cancel(bought)
    follow()

    gone = "anchor_cancelled"
    assert states() == {"now": "sent", "call": gone, "later": gone, "month": gone}
    assert Enrolment.objects.get().state == "cancelled"


def test_a_delivery_that_a_shop_reports_begins_and_a_return_of_all_ends_what_follows():
    plan = made.sequence(made.letter(amount=3), anchor_verb="delivered", grace_hours=100, at=before())
    thanks = made.sequence(made.letter("sorry", amount=1), anchor_verb="returned", at=before())
    bought = orders.purchase(made.consenting(), at=timezone.now() - 3 * DAY)
    said = {"at": timezone.now() - DAY, "source": "shop", "purchase": bought.number}
    for parcel in ("p-1", "p-2"):
        facts.report(bought.customer, "delivered", key=parcel, parcel=parcel, **said)
    follow()
    enrolment = Enrolment.objects.get(plan=plan)
    assert (enrolment.purchase_id, enrolment.anchor_key) == (bought.pk, f"delivered:{bought.pk}")

    returns.record(bought, {1: 1})
    follow()

    assert states(plan) == {"letter": "anchor_cancelled"}
    assert states(thanks) == {"sorry": "planned"}


@pytest.mark.parametrize(("stops", "left"), [(False, "planned"), (True, "anchor_cancelled")])
def test_a_part_that_is_brought_back_ends_it_only_where_the_plan_says_so(stops, left):
    _, bought = after_sale(exit_on_partial_return=stops)
    returns.record(bought, {1: 1})
    follow()

    assert states()["later"] == left


def test_who_unsubscribes_gets_no_more_letters_and_may_still_be_called():
    _, bought = after_sale()
    consents.decide(bought.customer, channel="email", purpose="offers", granted=False, source="one-click")
    follow()
    expected = {"now": "sent", "call": "planned", "later": "unsubscribed", "month": "unsubscribed"}
    assert states() == expected

    consents.decide(bought.customer, channel="email", purpose="offers", granted=True, source="form")
    follow()
    assert states() == expected  # what was cancelled stays so
    wish = {"due_at": timezone.now(), "title": "Ask"}
    made_by_hand = [human_tasks.add(bought.customer, kind=kind, **wish) for kind in ("call", "call", "note")]
    human_tasks.finish(made_by_hand[0], outcome="reached")
    asked_for = human_tasks.add(bought.customer, kind="call", marketing=False, **wish)
    consents.decide(bought.customer, channel="phone", purpose="offers", granted=False, source="call")
    follow()
    assert states() == expected | {"call": "no_consent"}
    tasks = [HumanTask.objects.get(pk=task.pk).state for task in (*made_by_hand, asked_for)]
    assert tasks == ["done", "cancelled", "open", "open"]  # U9
    assert Enrolment.objects.get().state == "completed"  # nothing is to come any more


def test_a_goal_or_an_exit_later_than_the_anchor_ends_a_sequence():
    plan, bought = after_sale(goal_verb="bought", exit_verbs=("complaint_opened",))
    assert Enrolment.objects.get().state == "active"  # the purchase that began it is no goal
    other = made.consenting()
    enrolments.enrol(plan, other, anchor=timezone.now() - DAY)
    timeline.record(other, Verb.COMPLAINT_OPENED)
    orders.purchase(bought.customer, at=timezone.now() - DAY)
    follow()

    assert set(Enrolment.objects.exclude(state="active").values_list("reason", flat=True)) == {
        "goal_reached",
        "exit_rule",
    }
    assert Enrolment.objects.filter(state="active").count() == 1  # the second purchase begins it anew


def test_a_campaign_ends_for_those_who_bought_after_it_had_reached_them():
    now = timezone.now()
    plan = made.campaign(
        made.letter("first"), made.letter("again", amount=3), starts_on=now.date() - DAY, grace_hours=100,
        goal_verb="bought", at=before(),
    )  # fmt: skip
    reached, waiting = made.consenting(), made.consenting()
    materialising.materialise(plan)
    Touchpoint.objects.filter(step_key="first", customer=reached).update(
        state="sent", queued_at=now - DAY, sent_at=now - DAY
    )
    for kim in (reached, waiting):
        orders.purchase(kim, at=now - dt.timedelta(hours=1))
    follow()

    again = Touchpoint.objects.filter(step_key="again").order_by("customer").values_list("state", "reason")
    assert list(again) == [("cancelled", "goal_reached"), ("planned", "")]


def test_only_facts_that_fit_and_are_newer_than_the_plan_begin_it():
    kim = made.consenting()
    timeline.record(kim, Verb.TIER_REACHED, tier="gold")
    plan = made.sequence(anchor_verb="tier_reached", anchor_match={"tier": ["gold", "platinum"]})
    timeline.record(kim, Verb.TIER_REACHED, tier="silver")
    follow()
    assert not Enrolment.objects.exists()
    timeline.record(kim, Verb.TIER_REACHED, tier="gold")
    follow()
    assert Enrolment.objects.get().plan == plan

    plans.pause(plan)
    timeline.record(kim, Verb.TIER_REACHED, tier="platinum")
    follow()
    assert Enrolment.objects.count() == 1


def test_what_one_plan_did_begins_no_other_and_what_people_did_by_themselves_does():
    plan, kim = made.sequence(anchor_verb="called"), made.consenting()
    timeline.record(kim, Verb.CALLED, kind="call", outcome="reached", touchpoint=7, plan=1)
    follow()
    assert not Enrolment.objects.exists()
    timeline.record(kim, Verb.CALLED, kind="call", outcome="reached")
    follow()
    assert Enrolment.objects.get().plan == plan


def test_a_fact_that_names_a_date_counts_from_it():
    plan = made.sequence(
        made.letter(amount=-7), anchor_verb="points_expiring", anchor_particular="until", anchor_match={"days": 30}
    )
    until = timezone.now().replace(microsecond=0) + 30 * DAY
    timeline.record(made.consenting(), Verb.POINTS_EXPIRING, until=until.isoformat(), days=30, points=5)
    timeline.record(made.consenting(), Verb.POINTS_EXPIRING, until="soon", days=30)
    follow()

    assert Enrolment.objects.get().anchor_at == until
    assert Touchpoint.objects.get(plan=plan).due_at.date() == (until - 7 * DAY).date()


def test_a_confirmed_consent_begins_a_welcome_and_an_unconfirmed_one_nothing():
    plan = made.sequence(anchor_verb="consent_given", anchor_match={"channel": "email", "purpose": "offers"})
    kim = made.consenting(channels=[])
    follow()
    assert not Enrolment.objects.exists()
    consents.decide(kim, channel="email", purpose="offers", granted=True, source="double opt-in")
    follow()
    assert Enrolment.objects.get().plan == plan


def test_who_moves_is_reached_at_the_same_hour_there(marketer):
    kim = made.consenting(zone="Asia/Seoul")
    plan = made.sequence(made.letter(amount=11, time=dt.time(10)), at=before())
    joined = timezone.now().replace(hour=6) - dt.timedelta(days=1)  # the same day in both places
    enrolments.enrol(plan, kim, anchor=joined)
    seoul = Touchpoint.objects.get().due_at
    people.change(kim, by=marketer, zone="Europe/Berlin")
    follow()

    assert Touchpoint.objects.get().due_at - seoul in (dt.timedelta(hours=7), dt.timedelta(hours=8))
