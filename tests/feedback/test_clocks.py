"""The clocks of a case: what starts them, stops them, ends them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from feedback.actions import cases, clocks, complaints, conversation, policies, reopenings, splitting
from feedback.actions.policies import Goal, Terms
from feedback.models import Case, Clock, ClockEvent
from tests.factories import calendars, feedback
from tests.factories.policies import goals, policy

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Day 0 is a Monday; it is open from 9 to 17."""
    return MONDAY + timedelta(days=day, hours=hour - 9, minutes=minute)


@pytest.fixture
def promised(db):
    calendars.calendar()
    return policy()


def told(case: Case) -> dict[str, tuple]:
    rows = Clock.objects.filter(case=case).order_by("metric", "cycle")
    return {f"{row.metric} {row.cycle}": (row.state, row.due_at if row.due_at else row.remaining) for row in rows}


def test_an_open_case_is_promised_an_answer_and_an_end_and_says_what_is_due_first(promised):
    case = feedback.case(at=at(0, 15))

    assert told(case) == {"first_response 1": ("running", at(1, 11)), "resolution 1": ("running", at(3, 15))}
    case.refresh_from_db()
    assert (case.due_at, case.due_metric) == (at(1, 11), "first_response")


def test_nothing_is_promised_without_a_policy_that_fits(db):
    calendars.calendar()
    policy(kinds=["question"])
    case = feedback.case(at=at(0, 9))

    assert told(case) == {}
    assert case.due_at is None


def test_rounds_begin_at_the_oldest_message_without_an_answer_and_end_with_ours(promised, agent):
    case = feedback.case(at=at(0, 9))
    conversation.reply(case, "We look into it.", by=agent, at=at(0, 10))
    for minute in (0, 30):
        conversation.receive(case, text="And now?", channel="email", at=at(0, 11, minute))
    conversation.receive(case, text="I am away.", channel="email", automatic=True, at=at(0, 11, 40))
    cases.wait(case, on="", at=at(0, 11, 50))
    conversation.note(case, "Ask Bo.", by=agent, at=at(0, 11, 55))
    running = told(case)
    assert running["first_response 1"] == ("met", at(0, 13))
    assert running["next_response 1"] == ("running", at(1, 11))
    assert running["update 1"] == ("running", at(7, 17))

    conversation.reply(case, "Received.", by=None, automatic=True, at=at(0, 12))
    assert told(case) == running
    conversation.reply(case, "It is on its way.", by=agent, at=at(1, 11))
    conversation.receive(case, text="Thank you", channel="email", at=at(1, 12))
    ended = told(case)
    assert ended["next_response 1"] == ("met", at(1, 11))  # at the very instant it is still in time
    assert ended["next_response 2"] == ("running", at(2, 12))
    assert [ended["update 1"][0], ended["update 2"]] == ["met", ("running", at(8, 17))]

    complaints.decide(case, outcome="not", reason="Too late", by=agent, at=at(1, 13))
    complaints.close(case, by=agent, at=at(1, 14))
    assert {state for state, _due in told(case).values()} == {"met"}
    case.refresh_from_db()
    assert (case.due_at, case.due_metric) == (None, "")


def test_waiting_for_the_customer_stops_what_pauses_and_nothing_else(promised, agent):
    case = feedback.case(at=at(0, 9))
    cases.wait(case, on="customer", by=agent, at=at(0, 11))
    assert told(case) == {
        "first_response 1": ("running", at(0, 13)),
        "resolution 1": ("paused", 22 * 3600),
    }

    conversation.receive(case, text="Here it is.", channel="email", at=at(1, 10))
    assert told(case)["resolution 1"] == ("running", at(3, 16))  # 11-17 and 9-10 did not count
    assert [(pause.starts_at, pause.ends_at) for pause in case.pauses.all()] == [(at(0, 11), at(1, 10))]


def test_a_reopened_case_goes_on_where_it_stopped_and_is_not_answered_for_the_first_time_again(promised, agent):
    case = feedback.case("question", at=at(0, 9))
    conversation.reply(case, "Tomorrow.", by=agent, at=at(0, 10))
    complaints.close(case, by=agent, at=at(0, 11))
    reopenings.hear(case, text="It never came.", channel="email", at=at(2, 11))

    now = told(case)
    assert now["first_response 1"][0] == "met"
    assert now["next_response 1"] == ("running", at(3, 11))
    assert now["resolution 1"] == ("running", at(4, 17))  # 24 open hours, and the 16 that it was closed


def test_another_priority_counts_from_the_original_start_and_what_was_kept_stays(db, agent):
    calendars.calendar()
    usual = goals(("first_response", 4, "hours", ()), ("resolution", 40, "hours", ()), priorities=[2])
    urgent = [Goal("first_response", 4, 1, "hours"), Goal("resolution", 4, 8, "hours")]
    policies.create("By priority", Terms([*usual, *urgent]))
    case = feedback.case(at=at(0, 9))
    conversation.reply(case, "Hm.", by=agent, at=at(0, 12))
    cases.change(case, severity=4, impact=4, by=agent, at=at(1, 12))

    assert told(case) == {"first_response 1": ("met", at(0, 13)), "resolution 1": ("running", at(0, 17))}
    conversation.reply(case, "Done.", by=agent, at=at(1, 13))
    complaints.decide(case, outcome="not", reason="No", by=agent, at=at(1, 13))
    complaints.close(case, by=agent, at=at(1, 13))
    resolution = Clock.objects.get(case=case, metric="resolution")
    assert (resolution.state, resolution.breached_at) == ("missed", at(1, 12))  # not before it was decided
    assert list(resolution.events.values_list("step", "due_at")) == [("breached", at(1, 12))]


def test_what_is_merged_ends_unjudged_and_who_takes_it_in_keeps_the_earlier_start(promised):
    child, survivor = feedback.case(at=at(0, 9)), feedback.case(at=at(0, 12))
    Case.objects.filter(pk=child.pk).update(merged_into=survivor)
    for case in Case.objects.all():
        clocks.follow(case, at=at(0, 12, 30))

    assert {state for state, _due in told(child).values()} == {"merged"}
    assert told(survivor)["first_response 1"] == ("running", at(0, 13))

    Case.objects.filter(pk=child.pk).update(merged_into=None)  # the merge is undone
    for case in Case.objects.all():
        clocks.follow(case, at=at(0, 12, 40))
    assert told(child)["first_response 1"] == ("running", at(0, 13))
    assert told(survivor)["first_response 1"] == ("running", at(0, 16))


def test_what_is_split_off_has_clocks_of_its_own_from_when_it_was_said(promised, agent):
    case = feedback.case(at=at(0, 9))
    message = conversation.receive(case, text="And the lamp is dark.", channel="email", at=at(0, 11))
    move = splitting.split(case, [message], by=agent, at=at(0, 12))

    assert told(move.target) == {"first_response 1": ("running", at(0, 15)), "resolution 1": ("running", at(3, 11))}
    assert told(case) == {"first_response 1": ("running", at(0, 13)), "resolution 1": ("running", at(2, 17))}


def test_a_deadline_moved_by_hand_stays_where_it_was_put(promised, manager):
    case = feedback.case(at=at(0, 9))
    clock = Clock.objects.get(case=case, metric="resolution")
    moved = clocks.move(clock, to=at(9, 12), reason="The part comes on Tuesday", by=manager, at=at(0, 10))
    cases.change(case, severity=4, by=manager, at=at(0, 11))
    cases.wait(case, on="customer", at=at(0, 12))

    moved.refresh_from_db()
    assert (moved.state, moved.due_at, moved.moved_by) == ("running", at(9, 12), manager)
    given_back = clocks.give_back(moved, by=manager, at=at(0, 13))
    assert (given_back.state, given_back.remaining) == ("paused", 21 * 3600)


def test_a_deadline_is_not_moved_without_a_reason_into_the_past_or_against_regulation(promised, manager):
    policies.change(
        promised, Terms(goals(("final_response", 56, "calendar_days", ()), ("resolution", 8, "hours", ())))
    )
    case = feedback.case(at=at(0, 9))
    resolution, final = Clock.objects.order_by("-metric")
    refused = {
        "regulatory": lambda: clocks.move(final, to=at(99, 9), reason="x", by=manager, at=at(0, 10)),
        "reason_missing": lambda: clocks.move(resolution, to=at(9, 9), reason=" ", by=manager, at=at(0, 10)),
        "in_the_past": lambda: clocks.move(resolution, to=at(0, 9), reason="x", by=manager, at=at(0, 10)),
        "not_moved": lambda: clocks.give_back(resolution, by=manager, at=at(0, 10)),
    }
    for code, call in refused.items():
        with pytest.raises(ValidationError) as error:
            call()
        assert error.value.code == code
    complaints.decide(case, outcome="not", reason="No", by=manager, at=at(0, 11))
    complaints.close(case, by=manager, at=at(0, 11))
    with pytest.raises(ValidationError) as error:
        clocks.move(resolution, to=at(9, 9), reason="x", by=manager, at=at(0, 12))
    assert error.value.code == "case_closed"


def test_what_was_answered_already_has_no_deadline_to_move(promised, agent, manager):
    conversation.reply(feedback.case(at=at(0, 9)), "Tomorrow.", by=agent, at=at(0, 10))
    with pytest.raises(ValidationError) as refused:
        clocks.move(Clock.objects.get(metric="first_response"), to=at(9, 9), reason="x", by=manager, at=at(0, 11))
    assert refused.value.code == "clock_ended"


def test_judged_again_nothing_changes_and_what_is_no_longer_promised_ends(promised):
    case = feedback.case(at=at(0, 9))
    assert clocks.judge([case.pk], at=at(0, 10))[0] == 0

    policies.change(promised, Terms(goals(("resolution", 24, "hours", ("customer",)))))
    policies.carry_on(at=at(0, 11))
    assert told(case)["first_response 1"][0] == "cancelled"
    policies.change(promised, Terms(goals()))
    policies.carry_on(at=at(0, 12))
    assert told(case)["first_response 1"] == ("running", at(0, 13))


def test_newer_opening_hours_count_for_what_is_running(promised, agent):
    from calendars.actions import versions
    from calendars.models import Calendar

    case = feedback.case(at=at(0, 15))
    versions.add_days(Calendar.objects.get(), at(1, 9).date(), name="Closed")

    assert policies.follow_calendars(at=at(0, 16)) == 2
    assert told(case) == {"first_response 1": ("running", at(2, 11)), "resolution 1": ("running", at(4, 15))}
    assert policies.follow_calendars(at=at(0, 16)) == 0


def test_the_database_ties_states_to_times_and_lets_nothing_be_forgotten(promised):
    case = feedback.case(at=at(0, 9))
    clock = Clock.objects.filter(case=case).first()
    ClockEvent.objects.create(clock=clock, step="warned", due_at=at(0, 9), done_at=at(0, 9))
    clocks_of_case = Clock.objects.filter(pk=clock.pk)
    for name, refused in {
        "clock_state_is_tied": lambda: clocks_of_case.update(state="paused"),
        "unjudged_has_a_time": lambda: clocks_of_case.update(state="cancelled", next_at=None),
        "waits_for_something": lambda: clocks_of_case.update(next_at=None),
        "missed_clock_was": lambda: clocks_of_case.update(
            state="missed", fulfilled_at=at(0, 9), next_at=None, taken=1
        ),
        "who_and_why": lambda: clocks_of_case.update(moved_to=at(0, 9)),
        "one_clock_per": lambda: Clock.objects.create(case=case, metric=clock.metric, cycle=1, state="running"),
        "each_step_once": lambda: ClockEvent.objects.create(
            clock=clock, step="warned", due_at=at(0, 9), done_at=at(0, 9)
        ),
        "led to stays": lambda: ClockEvent.objects.update(step="x"),
        "never deleted": lambda: clocks_of_case._raw_delete("default"),
        "never change": lambda: clock.target.version.targets.update(amount=9),
    }.items():
        if name == "one_clock_per":
            refused = _twin(clock)
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            refused()


def _twin(clock: Clock):
    def make() -> None:
        twin = Clock.objects.get(pk=clock.pk)
        twin.pk = None
        twin.save(force_insert=True)

    return make
