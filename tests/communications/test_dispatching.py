"""What is due is judged in the order of the rules, and handed over once."""

import datetime as dt
from threading import Event, Thread

import pytest
from django.db import connections, transaction

from communications.actions import dispatching, holds, materialising, plans
from communications.models import (
    ContactSettings,
    Enrolment,
    FrequencyCap,
    Message,
    Plan,
    Suppression,
    Touchpoint,
)
from customers.actions import consents
from tests.factories import plans as made
from tests.factories.plans import became

AT = dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)


def enrolled(plan: Plan, kim=None, *, anchor=AT) -> Touchpoint:
    return made.enrolled(plan, kim, anchor=anchor)


@pytest.mark.django_db
def test_each_rule_leaves_out_in_its_turn():
    ContactSettings.objects.create(holdout_percent=5, holdout_salt="holdout-2026")
    plan = made.sequence(made.letter(amount=1), at=AT)
    free = enrolled(plan, made.consenting(number="c-1"))
    held_out = enrolled(plan, made.consenting(number="c-9"))
    bounced = enrolled(plan, made.consenting(number="c-2", email="gone@example.com"))
    Suppression.objects.create(address="gone@example.com", reason="asked")
    no_mail = enrolled(plan, made.consenting(number="c-3", email=""))
    silent = enrolled(plan, made.consenting(number="c-5"))
    consents.decide(silent.customer, channel="email", purpose="offers", granted=False, source="call", at=AT)
    left = enrolled(plan, made.consenting(number="c-6"))
    Enrolment.objects.filter(pk=left.enrolment_id).update(state="exited", reason="goal_reached", ended_at=AT)
    held = enrolled(plan, made.consenting(number="c-7"))
    holds.place(held.customer, reason="complaint", key="case:1")

    dispatching.dispatch(at=AT + DAY)

    found = [became(one) for one in (free, held_out, bounced, no_mail, silent, left, held)]
    assert found == ["queued", "holdout", "suppressed", "no_address", "no_consent", "exited", "hold 06-02 09:15"]
    assert Message.objects.count() == 1
    assert Enrolment.objects.get(pk=held_out.enrolment_id).state == "completed"


@pytest.mark.django_db
def test_transactional_letters_go_to_everybody_who_has_an_address():
    ContactSettings.objects.create(holdout_percent=50)
    FrequencyCap.objects.create(channel="", most=1, hours=999)
    plan = made.sequence(made.letter("confirmation", purpose=""), purpose="", at=AT)
    found = [enrolled(plan, made.consenting(channels=[])) for _ in range(4)]
    again = enrolled(plan, found[0].customer)

    dispatching.dispatch(at=AT)

    assert {became(one) for one in (*found, again)} == {"queued"}


@pytest.mark.django_db
def test_a_paused_plan_stops_at_once_and_goes_on_where_it_was(marketer):
    plan = made.campaign(at=AT)
    made.consenting()
    materialising.materialise(plan, at=AT)
    due = dt.datetime(2026, 6, 10, 9, tzinfo=dt.UTC)
    dispatching.dispatch(at=due)
    assert Message.objects.get().state == "queued"

    plan = plans.pause(plan, by=marketer, at=due)
    assert dispatching.dispatch(at=due) == (0, 0)
    assert Message.objects.get().state == "cancelled"
    plans.resume(plan, by=marketer, at=due)
    assert dispatching.dispatch(at=due) == (1, 1)

    assert [one.state for one in Message.objects.order_by("pk")] == ["cancelled", "queued"]
    assert became(Touchpoint.objects.get()) == "queued"


@pytest.mark.django_db
def test_what_breaks_one_customer_keeps_nobody_else_back(monkeypatch):
    plan = made.sequence(at=AT)
    broken, fine = enrolled(plan), enrolled(plan)
    judged = dispatching.judging.judged

    def breaking(ids, at):
        if broken.pk in ids:
            raise ZeroDivisionError
        return judged(ids, at)

    monkeypatch.setattr(dispatching.judging, "judged", breaking)
    assert dispatching.dispatch(at=AT) == (2, 1)
    assert [became(one) for one in (broken, fine)] == ["error 06-01 09:15", "queued"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_a_customer_no_more_than_the_cap():
    FrequencyCap.objects.create(channel="", most=1, hours=24)
    kim = made.consenting()
    first = enrolled(made.sequence(at=AT), kim)
    second = enrolled(made.sequence(at=AT), kim, anchor=AT + HOUR)
    handed, looked = Event(), Event()

    def work():
        """Takes the first, and has not committed it when the other worker looks."""
        with transaction.atomic():
            dispatching.dispatch(at=AT)
            handed.set()
            looked.wait(20)
        connections.close_all()

    worker = Thread(target=work)
    worker.start()
    assert handed.wait(20)
    try:
        assert dispatching.dispatch(at=AT + HOUR) == (0, 0)
    finally:
        looked.set()
        worker.join()

    dispatching.dispatch(at=AT + HOUR)
    assert [became(one) for one in (first, second)] == ["queued", "frequency_cap 06-02 09:00"]


@pytest.mark.django_db
def test_who_is_held_out_is_not_called_either_but_hears_of_their_order():
    ContactSettings.objects.create(holdout_percent=5, holdout_salt="holdout-2026")
    held_out = made.consenting(number="c-9")
    call, note = made.call(), made.StepDesign("note", "Note", "note")
    enrolled(made.sequence(call, note, at=AT), held_out)
    order = made.sequence(made.letter(purpose=""), made.call(), purpose="", at=AT)
    enrolled(order, held_out)

    dispatching.dispatch(at=AT)

    found = Touchpoint.objects.order_by("plan", "step_key").values_list("step_key", "state", "reason")
    assert list(found) == [
        ("call", "skipped", "holdout"),
        ("note", "skipped", "holdout"),
        ("call", "queued", ""),
        ("letter", "queued", ""),
    ]


@pytest.mark.django_db
def test_the_clock_of_the_database_decides_and_a_full_outbox_keeps_only_letters_waiting(monkeypatch):
    now = dispatching.judging.clock()
    plan = made.sequence(made.letter(), made.call(), at=now)
    for _ in range(2):
        made.enrolled(plan, anchor=now)
    Touchpoint.objects.filter(channel="email").update(due_at=now + HOUR)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now + 9 * HOUR)  # a worker's own clock
    assert dispatching.dispatch_due() == 2  # both calls

    Touchpoint.objects.filter(channel="email").update(due_at=now)
    monkeypatch.setattr(dispatching, "MOST_WAITING", 0)
    assert dispatching.dispatch_due() == 0
    monkeypatch.undo()
    assert dispatching.dispatch_due() == 2
