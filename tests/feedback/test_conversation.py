"""What is said in a case."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from customers.models import Fact, Verb
from feedback.actions import cases, conversation
from feedback.models import Case, Entry
from tests.factories import feedback

pytestmark = pytest.mark.django_db


def test_an_answer_ends_the_waiting_for_one_and_is_told_of(agent):
    case = feedback.case()
    entry = conversation.reply(case, "It comes tomorrow.", by=agent, seen=case.entries.get().pk)

    case.refresh_from_db()
    assert case.unanswered_since is None
    assert case.answered_at == case.last_entry_at == entry.at
    assert Fact.objects.filter(customer=case.customer, verb=Verb.CASE_ANSWERED).count() == 1


def test_an_automatic_answer_or_message_answers_and_asks_nothing(agent):
    case = feedback.case()
    conversation.reply(case, "We have received your message.", by=None, automatic=True)
    case.refresh_from_db()
    assert case.answered_at is None
    assert case.unanswered_since == case.received_at

    conversation.reply(case, "Tomorrow.", by=agent)
    conversation.receive(case, text="I am away.", channel="email", automatic=True)
    case.refresh_from_db()
    assert case.unanswered_since is None


def test_the_oldest_message_without_an_answer_counts(agent):
    case = feedback.case()
    conversation.reply(case, "Tomorrow.", by=agent)
    first = timezone.now()
    for minutes in (0, 5):
        conversation.receive(case, text="Still nothing.", channel="email", at=first + timedelta(minutes=minutes))

    case.refresh_from_db()
    assert case.unanswered_since == first


def test_an_answer_to_an_older_message_is_stopped(agent):
    case = feedback.case()
    seen = case.entries.get().pk
    conversation.receive(case, text="Never mind, it is here.", channel="email")

    with pytest.raises(conversation.NewerMessage) as refused:
        conversation.reply(case, "It comes tomorrow.", by=agent, seen=seen)
    assert refused.value.code == "newer_message"
    assert not Entry.objects.filter(kind="reply").exists()


def test_the_same_mail_is_taken_once_and_what_is_merged_goes_on_in_the_other():
    case, other = feedback.case(), feedback.case()
    Case.objects.filter(pk=case.pk).update(merged_into=other)
    for _ in range(2):
        entry = conversation.receive(case, text="More.", channel="email", message_id="<1@example.org>")

    assert entry.case == other
    assert Entry.objects.filter(text="More.").count() == 1


def test_a_message_of_the_customer_ends_the_waiting_for_it(agent):
    case = cases.wait(feedback.case(), on=Case.Waiting.CUSTOMER, by=agent)
    conversation.receive(case, text="Here is the photo.", channel="email")

    case.refresh_from_db()
    assert case.waiting == ""


def test_empty_answers_and_notes_are_refused_and_notes_mention_colleagues(agent, manager):
    case = feedback.case()
    for refused in (conversation.reply, conversation.note):
        with pytest.raises(ValidationError) as error:
            refused(case, " ", by=agent)
        assert error.value.code == "text_missing"

    entry = conversation.note(case, "Can you look?", by=agent, mentions=[manager])
    assert list(entry.mentions.all()) == [manager]


def test_a_closed_case_is_not_answered(agent):
    case = feedback.closed(feedback.case(), by=agent)
    with pytest.raises(ValidationError) as refused:
        conversation.reply(case, "One more thing.", by=agent)
    assert refused.value.code == "case_closed"


def test_nothing_longer_than_a_message_may_be_is_taken_down(agent):
    case, text = feedback.case(), "x" * (conversation.LONGEST + 1)
    for say in (
        lambda: conversation.reply(case, text, by=agent),
        lambda: conversation.note(case, text, by=agent),
        lambda: conversation.receive(case, text=text, channel="email"),
    ):
        with pytest.raises(ValidationError) as error:
            say()
        assert error.value.code == "text_too_long"
    assert conversation.reply(case, text[1:], by=agent).pk
