"""A campaign finds its customers: all of them by one statement, each once."""

import datetime as dt

import pytest
from django.db import connection

from communications.actions import dispatching, materialising, plans
from communications.actions.plans import PlanRefused
from communications.buckets import bucket
from communications.designs import TestDesign, VariantDesign
from communications.models import ContactSettings, HumanTask, Message, PushSubscription, Suppression, Touchpoint
from communications.queries import reach
from tests.factories import communications, customers
from tests.factories import plans as made

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 6, 9, 6, tzinfo=dt.UTC)


def became(plan) -> dict[str, str]:
    found = Touchpoint.objects.filter(plan=plan).select_related("customer")
    return {one.customer.name: f"{one.due_at:%m-%d %H:%M}" if one.state == "planned" else one.reason for one in found}


def test_everybody_is_reached_at_the_same_local_hour_and_once():
    zones = {"Kiri": "Pacific/Kiritimati", "Pago": "Pacific/Pago_Pago", "Kim": "Europe/Berlin", "Nowhere": ""}
    for name, zone in zones.items():
        made.consenting(name=name, zone=zone)
    plan = made.campaign(at=AT)

    assert materialising.materialise(plan, at=AT) == 4
    assert materialising.materialise(plan, at=AT) == 0

    assert became(plan) == {
        "Kiri": "06-09 20:00",
        "Pago": "06-10 21:00",
        "Kim": "06-10 08:00",
        "Nowhere": "06-10 08:00",
    }


def test_who_cannot_be_reached_stands_there_with_the_reason():
    ContactSettings.objects.create(holdout_percent=5, holdout_salt="holdout-2026")
    made.consenting(name="Reached", number="c-1")
    made.consenting(name="Held out", number="c-9")
    made.consenting(name="No consent", number="c-42", channels=["sms"])
    customers.customer(name="No address")
    bounced = made.consenting(name="Bounced", number="c-2", email="gone@example.com")
    Suppression.objects.create(address="gone@example.com", customer=bounced, reason="asked")
    customers.customer(name="", status="erased", erased_at=AT)
    plan = made.campaign(at=AT)

    materialising.materialise(plan, at=AT)

    assert became(plan) == {
        "Reached": "06-10 08:00",
        "Held out": "holdout",
        "No consent": "no_consent",
        "No address": "no_address",
        "Bounced": "suppressed",
    }


def test_buckets_are_the_same_in_sql():
    with connection.cursor() as cursor:
        numbers = "(SELECT 'c-' || n AS number FROM generate_series(1, 100000) n) c"
        cursor.execute(f"SELECT number, {reach.bucket('%(salt)s')} FROM {numbers}", {"salt": "holdout-2026"})
        found = dict(cursor.fetchall())

    assert [found[number] for number in ("c-9", "c-28", "c-1", "c-42")] == [351, 330, 7635, 5108]
    assert sum(one < 500 for one in found.values()) == 5_024
    assert sum(one < 1_000 for one in found.values()) == 9_998
    assert all(found[f"c-{n}"] == bucket("holdout-2026", f"c-{n}") for n in range(1, 200))


def test_variants_of_a_test_have_their_own_hour():
    variants = (VariantDesign("a", 50), VariantDesign("b", 50, time=dt.time(18)))
    test = TestDesign("hour", "hours-1", "bought", 500, dt.date(2026, 6, 30), variants)
    for _ in range(20):
        made.consenting()
    plan = made.campaign(made.letter(test=test), at=AT)

    materialising.materialise(plan, at=AT)

    found = set(Touchpoint.objects.values_list("variant", "due_at"))
    assert {(variant, due.hour) for variant, due in found} == {("a", 8), ("b", 16)}


def test_customers_are_found_two_days_before_and_newcomers_within_the_window():
    made.consenting(name="Early")
    plan = made.campaign(at=AT, ends_on=dt.date(2026, 6, 12))

    assert materialising.materialise_due(at=AT - dt.timedelta(days=2)) == 0
    assert materialising.materialise_due(at=AT) == 1
    made.consenting(name="New")
    assert materialising.materialise_due(at=AT) == 0
    assert materialising.materialise_due(at=AT + dt.timedelta(days=2)) == 1
    assert materialising.materialise_due(at=AT + dt.timedelta(days=9)) == 0
    assert became(plan) == {"Early": "06-10 08:00", "New": "06-11 08:00"}
    with pytest.raises(PlanRefused):
        materialising.materialise(plans.pause(plan), at=AT)


@pytest.mark.parametrize(
    ("kind", "channel"), [("sms", "sms"), ("push", "push"), ("call", "phone"), ("card", "post"), ("note", "post")]
)
def test_each_channel_reaches_those_who_have_it(kind, channel):
    kim = made.consenting(name="Has it")
    customers.customer(name="Has not")
    PushSubscription.objects.create(customer=kim, endpoint="https://push.example.com/1", public_key="k", secret="s")
    PushSubscription.objects.create(customer=kim, endpoint="https://push.example.com/2", public_key="k", secret="s")
    own = (
        {"template_id": communications.template(channel=channel, purpose="offers").pk}
        if kind in ("sms", "push")
        else {}
    )
    plan = made.campaign(made.StepDesign("it", "It", kind, **own), at=AT)

    materialising.materialise(plan, at=AT)
    assert became(plan) == {"Has it": "06-10 08:00", "Has not": "no_address"}
    dispatching.dispatch(at=AT + dt.timedelta(days=1, hours=3))
    touchpoint = Touchpoint.objects.get(customer=kim)
    assert (touchpoint.state, touchpoint.channel) == ("queued", channel)
    assert (Message.objects.count(), HumanTask.objects.count()) == ((1, 0) if own else (0, 1))
