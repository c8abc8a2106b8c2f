"""What a plan brought, counted by hand."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from communications.actions import outbox
from communications.lift import Arm, lift
from communications.models import HumanTask, Touchpoint
from communications.queries import results
from customers.actions import consents, segments, timeline
from customers.models import Customer, Verb
from tests.factories import plans as made
from tests.factories.customers import customer
from tests.factories.integrations import Caller, codes
from tests.factories.purchases import purchase

pytestmark = pytest.mark.django_db
DUE = datetime(2026, 6, 1, 8, tzinfo=UTC)
LATER = DUE + timedelta(days=61)


def touch(plan, key: str, person, state: str = "sent", reason: str = "", **changes) -> Touchpoint:
    step = plan.current.steps.get(key=key)
    told = {"sent": {"sent_at": DUE, "queued_at": DUE}, "skipped": {"ended_at": DUE, "reason": reason}}
    told["failed"] = {"ended_at": DUE, "reason": "refused", "queued_at": DUE}
    times = {"due_at": DUE, "wanted_at": DUE} | told[state] | changes
    return Touchpoint.objects.create(
        plan=plan, version=plan.current, step=step, step_key=key, customer=person, anchor_key=f"{key}{person.pk}",
        channel=step.channel, state=state, **times,
    )  # fmt: skip


def test_each_step_says_whom_it_reached_who_answered_and_left_and_what_it_cost():
    plan = made.sequence(made.letter(cost=2), made.call(cost=300))
    ada, ben, cleo, dan = (customer() for _n in range(4))
    for person in (ada, ben):
        touch(plan, "letter", person)
    touch(plan, "letter", cleo, "failed")
    touch(plan, "letter", dan, "skipped", "no_consent")
    timeline.record(ada, Verb.EMAIL_CLICKED, at=DUE + timedelta(days=7))
    timeline.record(ben, Verb.EMAIL_CLICKED, at=DUE + timedelta(days=8))
    letter_of_ben = Touchpoint.objects.get(customer=ben)
    letter_of_ben.message = outbox.queue("ben@example.com", subject="Tea", text="Tea.", key="tea", customer=ben)
    letter_of_ben.save()
    timeline.record(ben, Verb.EMAIL_CLICKED, at=DUE + timedelta(days=1), message=letter_of_ben.message_id + 1)
    consents.decide(ben, channel="email", purpose="offers", granted=False, source="link", at=DUE + timedelta(days=2))
    timeline.record(ben, Verb.SPAM_REPORTED, at=DUE + timedelta(days=2))
    timeline.record(ada, Verb.COMPLAINT_OPENED, at=DUE + timedelta(days=3))
    call = touch(plan, "call", ada)
    HumanTask.objects.create(
        kind="call",
        customer=ada,
        title="x",
        touchpoint=call,
        due_at=DUE,
        state="done",
        outcome="reached",
        ended_at=DUE,
    )

    letter, called = results.steps(plan)

    assert (letter.found, letter.reached, letter.failed, letter.left_out, letter.percent) == (4, 2, 1, 1, 50)
    assert (letter.answered, letter.unsubscribed, letter.redeemed, letter.cost) == (1, 1, 0, 4)
    assert (letter.complained, called.complained) == (2, 1)
    of_ben = results.steps(plan, members=Customer.objects.filter(pk=ben.pk))
    assert [(row.key, row.found, row.unsubscribed, row.complained) for row in of_ben] == [("letter", 1, 1, 1)]
    assert (called.reached, called.answered, called.cost, called.channel) == (1, 1, 300, "phone")
    assert [(row.channel, row.found, row.cost) for row in results.by_channel([letter, called, called])] == [
        ("email", 4, 4),
        ("phone", 2, 600),
    ]


def segment(field: str, value: str) -> dict:
    condition = {"field": field, "how": "in", "values": [value], "name": "", "not": False}
    return {"match": "all", "groups": [{"match": "all", "not": False, "conditions": [condition]}]}


def test_who_was_held_out_is_compared_with_from_the_same_day_on(django_assert_num_queries):
    plan = made.sequence(made.letter())
    for n in range(80):
        person = customer()
        reason = "holdout_of_plan" if n >= 40 else {20: "frequency_cap", 21: "branch"}.get(n, "")
        touch(plan, "letter", person, "skipped" if reason else "sent", reason)
        if n < 20 or 40 <= n < 45:
            purchase(person, 1_000, at=DUE + timedelta(days=30 if n else 31))
        if n == 39:  # has bought, for an amount that is in no sum
            purchase(person, 90_000, currency="KRW", at=DUE + timedelta(days=3))
    touch(plan, "letter", customer(), "skipped", "no_consent")  # nor would somebody held out without consent count
    touch(plan, "letter", customer(), wanted_at=LATER)

    found = results.brought(plan, days=30, at=LATER)

    assert (found.treated, found.held) == (Arm(20, 40), Arm(5, 40))
    assert (found.each, found.each_held) == (475, 125)
    assert found.lift is not None
    assert round(found.lift.estimate, 3) == 0.375
    assert found.lift.shown
    assert found.revenue is not None
    assert round(found.revenue.estimate) == 350
    assert found.revenue.shown
    assert results.brought(plan, days=90, at=LATER).treated.n == 0

    shop = Caller("plans:read")
    there = f"/api/v1/plans/{plan.pk}/results/"
    shop.get(there)
    with django_assert_num_queries(4):
        whole = shop.get(there).json()
    assert whole["steps"][0]["reached"] == whole["channels"][0]["reached"] == 39
    assert whole["brought"]["treated"] == {"customers": 41, "bought": 20, "goods": 19_000}
    assert whole["brought"]["lift"]["low"] > 0
    nobody = segments.make("Nobody", segment("city", "Nowhere"))
    of_nobody = shop.get(f"{there}?segment={nobody.pk}").json()
    assert (of_nobody["steps"], of_nobody["brought"]["lift"]) == ([], None)
    assert codes(shop.get(f"{there}?days=0")) == ["min_value"]
    assert Caller("customers:read").get(there).status_code == 403


def test_nothing_is_said_of_too_few_and_chance_is_called_so():
    assert lift(Arm(1, 29), Arm(1, 100)) is None
    found = lift(Arm(50, 100), Arm(48, 100))
    assert found is not None
    assert not found.shown
    assert found.low < 0 < found.high


def test_the_page_shows_a_chart_with_its_table_and_the_file_has_the_same(
    marketer_client, intern_client, django_assert_num_queries
):
    plan = made.sequence(made.letter(), made.call())
    address = reverse("admin:plan_results", args=[plan.pk])
    assert "Nothing has come of it yet" in marketer_client.get(address).content.decode()
    for _n in range(3):
        touch(plan, "letter", customer())

    with django_assert_num_queries(12):
        page = marketer_client.get(address).content.decode()
    assert "<svg" in page
    assert "Too few for a comparison" in page
    file = b"".join(marketer_client.get(f"{address}?format=csv").streaming_content).decode()
    assert file.splitlines()[1].startswith("Letter,e-mail,e-mail,3,3,")
    assert intern_client.get(address).status_code == 403
    assert "Results" in marketer_client.get(reverse("admin:plan", args=[plan.pk])).content.decode()
