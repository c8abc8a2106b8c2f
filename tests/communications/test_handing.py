"""What goes is handed over: letters in the words of each customer, tasks to people, a code for each."""

import datetime as dt
from collections import Counter

import pytest

from communications.actions import dispatching, materialising
from communications.models import HumanTask, Message, Plan, Touchpoint
from communications.queries import standing
from loyalty.models import Reward, Voucher
from tests.factories import communications, loyalty
from tests.factories import plans as made
from tests.factories.plans import became

AT = dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)


def enrolled(plan: Plan, kim=None, *, anchor=AT) -> Touchpoint:
    return made.enrolled(plan, kim, anchor=anchor)


@pytest.mark.django_db
def test_a_letter_that_is_due_lies_in_the_outbox_in_the_customers_words():
    text = {"subject": "Hello {{ first_name }}", "text": "Dear {{ first_name }}, {{ content_title }}"}
    letter = communications.template(purpose="offers", texts={"en": text})
    plan = made.sequence(made.letter(template_id=letter.pk, gives={"content_title": "on tea"}, amount=1), at=AT)
    touchpoint = enrolled(plan, made.consenting(name="Kim Lee"))

    assert dispatching.dispatch(at=AT) == (0, 0)
    assert dispatching.dispatch(at=AT + DAY) == (1, 1)
    assert dispatching.dispatch(at=AT + DAY) == (0, 0)

    assert became(touchpoint) == "queued"
    message = touchpoint.message
    assert (message.subject, message.kind, message.purpose) == ("Hello Kim", "marketing", "offers")
    assert message.text.startswith("Dear Kim, on tea")
    assert "List-Unsubscribe" in message.headers


@pytest.mark.django_db
def test_a_call_becomes_a_task_and_the_next_step_waits_for_it_and_branches(marketer):
    nice = ({"outcome": "call", "in": ["agreed"]},)
    bought = ({"did": "bought", "since": "anchor", "not": True},)
    plan = made.sequence(
        made.call(),
        made.letter("thanks", amount=1, waits_for="call", waits_hours=48, only_if=nice),
        made.letter("reminder", amount=1, only_if=bought),
        at=AT,
        owner=marketer,
    )
    call = enrolled(plan)
    thanks, reminder = Touchpoint.objects.filter(channel="email").order_by("step_key").reverse()

    dispatching.dispatch(at=AT)
    task = HumanTask.objects.get()
    assert (task.touchpoint, task.assignee, task.script, task.state) == (call, marketer, "Ask how it was.", "open")
    dispatching.dispatch(at=AT + DAY)
    assert [became(one) for one in (thanks, reminder)] == ["waiting_for_task 06-02 09:15", "queued"]

    task.state, task.outcome, task.ended_at = "done", "agreed", AT + DAY
    task.save()
    Touchpoint.objects.filter(pk=call.pk).update(state="sent", sent_at=AT + DAY)
    dispatching.dispatch(at=AT + DAY + HOUR)
    assert became(thanks) == "queued"


@pytest.mark.django_db
def test_whoever_does_a_task_has_the_text_under_its_heading_and_the_note_of_the_step():
    texts = {"en": {"subject": "A year with us", "text": "Dear {{ first_name }}, thank you."}}
    words = communications.template(channel="letter", purpose="offers", texts=texts)
    card = made.StepDesign("card", "Card", "card", template_id=words.pk, script="With the blue pen.")
    enrolled(made.sequence(card, at=AT), made.consenting(name="Ada Byron"), anchor=AT)

    dispatching.dispatch(at=AT)

    task = HumanTask.objects.get()
    assert task.script == "A year with us\n\nDear Ada, thank you."
    assert task.note == "With the blue pen."


@pytest.mark.django_db
def test_every_customer_gets_a_code_of_their_own_and_the_last_ones_wait():
    """V1: 990 codes for 1,000 customers."""
    reward = loyalty.reward(kind="voucher", stock=990, worth="percent", percent=10)
    text = {"subject": "For you", "text": "Your code is {{ offer_code }}"}
    letter = communications.template(purpose="offers", texts={"en": text})
    offer = made.StepDesign("offer", "Offer", "offer", "email", reward_id=reward.pk, template_id=letter.pk)
    made.consenting_many(1000)
    plan = made.campaign(offer, at=AT)
    [short] = standing.shortages(plan, at=AT)
    assert (short.needed, short.there) == (1000, 990)
    materialising.materialise(plan, at=AT)
    due = dt.datetime(2026, 6, 10, 9, tzinfo=dt.UTC)

    assert sum(handed for _, handed in (dispatching.dispatch(at=due) for _ in range(2))) == 990

    found = Counter(Touchpoint.objects.values_list("state", "deferred", "due_at"))
    assert found[("planned", "no_code", due + HOUR)] == 10
    texts = set(Message.objects.values_list("text", flat=True))
    codes = {text.split("\n")[0].removeprefix("Your code is ") for text in texts}
    assert (len(codes), Message.objects.count(), Voucher.objects.count()) == (990, 990, 990)
    assert all(codes)
    assert dispatching.dispatch(at=due + HOUR / 2) == (0, 0)
    Reward.objects.update(stock=10)
    assert dispatching.dispatch(at=due + HOUR) == (10, 10)
    assert Touchpoint.objects.values("claim").distinct().count() == 1000
