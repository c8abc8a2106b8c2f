"""What people do for customers: done with an outcome, tried again, come back, dropped, escalated."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from communications.actions import approvals, holds, human_tasks
from communications.actions.human_tasks import TaskRefused
from communications.models import HumanTask, Touchpoint
from communications.queries import human_tasks as questions
from customers import telling
from customers.models import AccessLog, Fact, Phone, PostalAddress, Verb
from tests.factories import plans as made
from tests.factories.customers import customer

pytestmark = pytest.mark.django_db
FRIDAY = datetime(2026, 6, 12, 9, tzinfo=UTC)
Outcome = HumanTask.Outcome


def task(kind: str = "call", *, due_at: datetime = FRIDAY, of_plan: bool = False, **changes) -> HumanTask:
    person = changes.pop("customer", None) or customer(name="Ada Byron")
    own = HumanTask(kind=kind, customer=person, due_at=due_at, **{"title": "Ask how it was"} | changes)
    if of_plan:
        plan = made.sequence(made.call())
        step = plan.current.steps.get()
        entered = plan.enrolments.create(version=plan.current, customer=person, anchor_key="1", anchor_at=due_at)
        own.touchpoint = Touchpoint.objects.create(
            plan=plan, version=plan.current, step=step, step_key=step.key, customer=person, anchor_key="1",
            enrolment=entered, channel="phone", state="queued", due_at=due_at, queued_at=due_at,
        )  # fmt: skip
    own.save()
    return own


def test_what_is_done_reached_the_customer_and_stands_on_the_timeline(marketer):
    done = human_tasks.finish(task(of_plan=True), outcome="agreed", note=" Sunday ", by=marketer, at=FRIDAY)

    assert (done.state, done.outcome, done.note, done.ended_by) == ("done", "agreed", "Sunday", marketer)
    done.touchpoint.refresh_from_db()
    assert (done.touchpoint.state, done.touchpoint.sent_at) == ("sent", FRIDAY)
    assert done.touchpoint.enrolment.state == "completed"
    fact = Fact.objects.get(verb=Verb.CALLED)
    of_plan = {"touchpoint": done.touchpoint.pk, "plan": done.touchpoint.plan_id, "name": done.touchpoint.plan.name}
    assert (fact.customer, fact.about) == (done.customer, {"kind": "call", "outcome": "agreed", **of_plan})
    assert telling.particulars(fact.verb, fact.about) == f"wants it · {done.touchpoint.plan.name}"
    with pytest.raises(TaskRefused) as refused:
        human_tasks.finish(done, outcome="agreed", by=marketer)
    assert refused.value.code == "task_state"
    with pytest.raises(TaskRefused) as refused:
        human_tasks.finish(task(), outcome="sent")
    assert refused.value.code == "outcome_unfit"


def test_who_does_not_answer_is_called_three_times_on_business_days(marketer):
    call = task(of_plan=True)

    once = human_tasks.missed(call, note="busy", by=marketer, at=FRIDAY)
    assert (once.state, once.attempts, once.due_at) == ("open", 1, FRIDAY + timedelta(days=3))
    human_tasks.missed(call, by=marketer, at=FRIDAY)
    last = human_tasks.missed(call, note="again", by=marketer, at=FRIDAY)

    assert (last.state, last.outcome, last.attempts, last.note) == ("done", "not_reached", 3, "busy\nagain")
    last.touchpoint.refresh_from_db()
    assert (last.touchpoint.state, last.touchpoint.reason) == ("failed", "not_reached")
    soon_over = human_tasks.missed(task(expires_at=FRIDAY + timedelta(days=1)), at=FRIDAY)
    assert soon_over.outcome == "not_reached"


def test_what_came_back_reached_nobody(marketer):
    note = task("note", of_plan=True)
    with pytest.raises(TaskRefused) as refused:
        human_tasks.came_back(note)
    assert refused.value.code == "task_state"
    human_tasks.finish(note, outcome="sent", by=marketer, at=FRIDAY)

    human_tasks.came_back(note, by=marketer, at=FRIDAY + timedelta(days=9))

    note.refresh_from_db()
    assert (note.outcome, note.touchpoint.state) == ("returned", "sent")
    told = Fact.objects.order_by("pk").values_list("verb", "about__outcome")
    assert list(told) == [("note_sent", "sent"), ("contacted", "returned")]


def test_what_is_overdue_by_a_day_escalates_once_and_a_new_attempt_ends_that():
    late, recent = task(), task(due_at=FRIDAY + timedelta(hours=1))

    assert human_tasks.escalate(at=FRIDAY + timedelta(hours=24, minutes=1)) == 1
    assert human_tasks.escalate(at=FRIDAY + timedelta(hours=24, minutes=1)) == 0
    late.refresh_from_db()
    recent.refresh_from_db()
    assert (late.escalated_at is not None, recent.escalated_at) == (True, None)
    assert human_tasks.missed(late, at=FRIDAY + timedelta(days=2)).escalated_at is None


def test_what_is_not_worth_doing_any_more_leaves_the_list_and_says_why(marketer):
    over, again = task(of_plan=True, expires_at=FRIDAY + timedelta(hours=48)), task(of_plan=True)
    own = task(expires_at=FRIDAY)  # by hand: whoever wrote it says when it is over

    assert human_tasks.expire(at=FRIDAY + timedelta(hours=48)) == 0
    assert human_tasks.expire(at=FRIDAY + timedelta(hours=49)) == 1

    for one in (over, again, own):
        one.refresh_from_db()
    assert [one.state for one in (over, again, own)] == ["cancelled", "open", "open"]
    over.touchpoint.refresh_from_db()
    assert (over.touchpoint.state, over.touchpoint.reason) == ("cancelled", "expired")
    assert over.touchpoint.enrolment.state == "completed"


def test_marketing_waits_while_a_complaint_is_open_and_everything_else_goes_on(marketer, marketer_client):
    call = task(due_at=FRIDAY, assignee=marketer)
    order = task(due_at=FRIDAY, assignee=marketer, marketing=False, customer=call.customer)
    holds.place(call.customer, reason="complaint", key="complaint:1")

    assert list(questions.calls(at=FRIDAY)) == [order]
    assert questions.counts(at=FRIDAY, assignee=marketer).calls == 1
    assert human_tasks.escalate(at=FRIDAY + timedelta(days=2)) == 1
    assert list(questions.escalated()) == [order]
    holds.lift("complaint:1")
    assert list(questions.calls(at=FRIDAY)) == [call, order]


def test_the_figures_of_my_day_are_those_of_its_lists(marketer_client, marketer, manager_client):
    for n in range(27):
        task(due_at=FRIDAY + timedelta(minutes=n), assignee=marketer, title=f"Call {n:02}")
    task("card", due_at=timezone.now() + timedelta(hours=3), assignee=marketer)

    assert questions.counts(at=timezone.now(), assignee=marketer).by_hand == 1
    first = marketer_client.get(reverse("admin:calls"))
    assert "Call 24" in first.content.decode()
    assert "Call 25" not in first.content.decode()
    following = f"{reverse('admin:calls')}?after={first.context['page'].next}"
    assert "Call 26" in marketer_client.get(following).content.decode()
    for one in HumanTask.objects.filter(title__in=["Call 25", "Call 26"]):
        human_tasks.drop(one)
    assert marketer_client.get(following).url == reverse("admin:calls")
    human_tasks.escalate()
    late = manager_client.get(reverse("admin:my_day")).content.decode()
    assert "Overdue, anybody's: 25" in late
    assert "Call 24" in late
    assert str(marketer) in late


def test_my_day_leads_to_all_drafts_and_approvals(marketer_client, marketer, manager_client, manager):
    drafts = [made.sequence(live=False, by=marketer) for _ in range(6)]
    asked = [made.sequence(live=False, needs_approval=True, by=marketer) for _ in range(6)]
    for plan in asked:
        approvals.submit(plan, by=marketer)
    own = made.sequence(live=False, needs_approval=True, by=manager)
    approvals.submit(own, by=manager)

    def behind(client, waits):
        link = f"{reverse('admin:plans')}?waits={waits}"
        assert f'href="{link}"' in client.get(reverse("admin:my_day")).content.decode()
        return [row.plan for row in client.get(link).context["rows"]]

    assert behind(marketer_client, "draft") == drafts[::-1]
    assert behind(manager_client, "approval") == asked[::-1]


def test_a_task_is_made_by_hand_given_and_dropped(marketer, manager):
    person = customer()
    made_ = human_tasks.add(person, kind="gift", title="Flowers", due_at=FRIDAY, by=marketer)
    assert made_.assignee == marketer
    assert human_tasks.give(made_, to=manager).assignee == manager
    assert human_tasks.drop(made_, by=manager).reason == "dropped"
    with pytest.raises(TaskRefused) as refused:
        human_tasks.add(person, kind="gift", title=" ", due_at=FRIDAY)
    assert refused.value.code == "no_title"
    dropped = human_tasks.drop(task(of_plan=True))
    dropped.touchpoint.refresh_from_db()
    assert (dropped.touchpoint.state, dropped.touchpoint.reason) == ("failed", "dropped")


def test_a_marketer_works_through_the_call_list(marketer_client, marketer, intern_client):
    call = task(due_at=timezone.now() - timedelta(hours=1), assignee=marketer, script="Listen first.")
    Phone.objects.create(customer=call.customer, number="+4930123456", primary=True)
    task(due_at=timezone.now() + timedelta(days=1), assignee=marketer, title="Later")

    page = marketer_client.get(reverse("admin:calls")).content.decode()
    assert "Listen first." in page
    assert 'href="tel:+4930123456"' in page
    assert "Later" not in page
    assert AccessLog.objects.get(what="listed").customer == call.customer
    back = {"outcome": "reached", "note": "fine", "back": reverse("admin:calls")}
    assert marketer_client.post(reverse("admin:task_outcome", args=[call.pk]), back).url == reverse("admin:calls")
    call.refresh_from_db()
    assert (call.state, call.ended_by) == ("done", marketer)
    for elsewhere in ("https://evil.example/", "nowhere"):
        away = marketer_client.post(
            reverse("admin:task_outcome", args=[call.pk]), {"outcome": "reached", "back": elsewhere}, follow=True
        )
        assert "Somebody has ended it already." in away.content.decode()
        assert away.redirect_chain[0][0] == reverse("admin:my_day")
    assert intern_client.post(reverse("admin:task_outcome", args=[call.pk]), back).status_code == 403


def test_notes_are_printed_with_labels_sent_and_come_back(marketer_client, marketer):
    note = task("note", assignee=marketer, script="Thank you, Ada.")
    PostalAddress.objects.create(
        customer=note.customer, lines="Street 1", postcode="10115", city="Berlin", country="DE", primary=True
    )
    form = marketer_client.get(reverse("admin:notes")).content.decode().partition(reverse("admin:note_sheet"))[2]
    assert "Ada Byron" in form
    assert (
        "csrfmiddlewaretoken" not in form.partition("<button")[0]
    )  # or it would stand in the address of what is printed
    assert (
        'name="csrfmiddlewaretoken" value="' in form.partition(reverse("admin:tasks_done"))[0].rpartition("<button")[2]
    )
    sheet = f"{reverse('admin:note_sheet')}?task={note.pk}&task=x"
    assert "Thank you, Ada." in marketer_client.get(sheet).content.decode()
    labels = marketer_client.get(f"{sheet}&as=labels").content.decode()
    assert "10115 Berlin" in labels
    assert "Thank you, Ada." not in labels

    done = marketer_client.post(reverse("admin:tasks_done"), {"task": [note.pk]}, follow=True).content.decode()
    assert "1 is on its way." in done
    assert "Came back" in done
    again = marketer_client.post(reverse("admin:tasks_done"), {"task": [note.pk]}, follow=True).content.decode()
    assert "Somebody has ended it already." in again
    assert "0 are on their way." not in again
    marketer_client.post(reverse("admin:task_outcome", args=[note.pk]), {"outcome": "returned"})
    note.refresh_from_db()
    assert note.outcome == "returned"


@pytest.mark.parametrize("count", [1, 3])
def test_the_pages_of_the_day_take_the_same_queries_for_one_and_for_three(
    count, marketer_client, marketer, django_assert_num_queries
):
    for _n in range(count):
        task(assignee=marketer, due_at=timezone.now() - timedelta(days=2))
        task("card", assignee=marketer)
    for name, queries in (("my_day", 9), ("calls", 7), ("notes", 7)):
        marketer_client.get(reverse(f"admin:{name}"))
        with django_assert_num_queries(queries):
            marketer_client.get(reverse(f"admin:{name}"))


def test_the_first_page_and_my_day_tell_what_waits(marketer_client, marketer, manager, manager_client, intern_client):
    task(assignee=marketer, due_at=timezone.now() - timedelta(days=2))
    plan = made.sequence(live=False, needs_approval=True, by=marketer)
    marketer_client.post(reverse("admin:submit_plan", args=[plan.pk]), {"expected": plan.version})
    human_tasks.escalate()

    assert "1 call" in marketer_client.get(reverse("admin:index")).content.decode()
    assert plan.name in manager_client.get(reverse("admin:my_day")).content.decode()
    assert "1 overdue" in manager_client.get(reverse("admin:index")).content.decode()
    for name in ("my_day", "calls", "notes"):
        assert intern_client.get(reverse(f"admin:{name}")).status_code == 403
