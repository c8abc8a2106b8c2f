"""Date polls: times are offered, members say what suits them, one is chosen."""

from datetime import timedelta

import pytest
from django.utils import timezone

from advisory.actions import meetings, polls
from advisory.actions.refusals import BoardRefused, WrongState
from advisory.models import Preference
from communications.models import Message
from tests.factories import advisory as make

pytestmark = pytest.mark.django_db


def slots(*days: int):
    midnight = timezone.now().replace(microsecond=0)
    return [(midnight + timedelta(days=day), midnight + timedelta(days=day, hours=2)) for day in days]


def test_one_more_and_one_less_keeps_all_other_answers():
    meeting = make.meeting(scheduled=False)
    one, other = meeting.board.terms.order_by("pk")
    monday, tuesday, friday, later = slots(3, 4, 7, 8)
    offered = polls.offer(meeting, [monday, tuesday, friday])
    polls.say(meeting, one, {option.pk: 2 for option in offered})
    polls.say(meeting, other, {offered[0].pk: 0, offered[2].pk: 1})

    now = polls.offer(meeting, [monday, friday, later])
    assert [(option.starts_at, option.ends_at) for option in now] == [monday, friday, later]
    assert sorted(Preference.objects.values_list("option", "term", "says")) == sorted(
        [(offered[0].pk, one.pk, 2), (offered[2].pk, one.pk, 2), (offered[0].pk, other.pk, 0),
         (offered[2].pk, other.pk, 1)]
    )  # fmt: skip


def test_the_chosen_time_is_the_meetings():
    meeting = make.meeting(scheduled=False)
    [option] = polls.offer(meeting, slots(3))
    term = meeting.board.terms.first()
    polls.say(meeting, term, {option.pk: 2})

    scheduled = polls.choose(option, place="Room 1")
    assert (scheduled.state, scheduled.starts_at, scheduled.place) == ("scheduled", option.starts_at, "Room 1")
    with pytest.raises(WrongState):
        polls.say(scheduled, term, {option.pk: 0})


def test_what_is_no_time_or_no_answer_is_refused():
    meeting = make.meeting(scheduled=False)
    [option] = polls.offer(meeting, slots(3))
    term = meeting.board.terms.first()
    wrong = [
        lambda: polls.offer(meeting, []),
        lambda: polls.offer(meeting, slots(-1)),
        lambda: polls.offer(meeting, [(option.ends_at, option.starts_at)]),
        lambda: polls.offer(meeting, slots(*range(1, 30))),
        lambda: polls.say(meeting, term, {option.pk: 7}),
        lambda: polls.say(meeting, term, {0: 1}),
        lambda: polls.say(meeting, make.term(make.board()), {option.pk: 1}),
    ]
    codes = []
    for step in wrong:
        with pytest.raises(BoardRefused) as refused:
            step()
        codes.append(refused.value.code)
    assert codes == [
        "no_times", "starts_in_the_past", "ends_before_it_starts", "too_many_times", "answer_unknown", "time_unknown",
        "time_unknown",
    ]  # fmt: skip
    assert meeting.options.count() == 1


def test_members_hear_of_new_times_once_each_and_who_may_not_know_hears_nothing():
    meeting = make.meeting(scheduled=False, members=1, level=2, title="A new shop")
    make.nda(meeting.board)
    make.sign(meeting.board.terms.get())
    make.term(meeting.board, signed=False)
    monday, tuesday = slots(3, 4)

    polls.offer(meeting, [monday])
    polls.offer(meeting, [monday])
    polls.offer(meeting, [monday, tuesday])

    said = Message.objects.order_by("pk").values_list("customer", "subject")
    asked = f"Which dates suit you? {meeting.board.name}"
    assert list(said) == [(meeting.board.terms.order_by("pk")[0].customer_id, asked)] * 2
    assert not Message.objects.filter(text__contains="A new shop").exists()
    meetings.schedule(meeting, starts_at=monday[0], ends_at=monday[1])
    assert set(Message.objects.filter(subject=asked).values_list("state", flat=True)) == {"cancelled"}
