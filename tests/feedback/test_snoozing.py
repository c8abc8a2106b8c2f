"""Cases that sleep."""

from datetime import timedelta

import pytest
from django.utils import timezone

from feedback.actions import conversation, snoozing
from feedback.actions.refusals import CaseRefused, NotOpen
from feedback.models import Case
from tests.factories import feedback

pytestmark = pytest.mark.django_db


def test_a_sleeping_case_is_out_of_the_queue_until_its_time_or_a_word_of_the_customer(agent):
    now = timezone.now()
    quiet, written, firm = (feedback.case() for _ in range(3))
    for case in (quiet, written, firm):
        snoozing.snooze(case, until=now + timedelta(hours=2), firmly=case == firm, by=agent)
    assert not Case.objects.open().awake(now).exists()

    for case in (written, firm):
        conversation.receive(case, text="And?", channel="email")
    conversation.receive(quiet, text="I am away.", channel="email", automatic=True)

    assert list(Case.objects.open().awake(now)) == [written]
    assert Case.objects.open().awake(now + timedelta(hours=3)).count() == 3
    snoozing.wake(firm, by=agent)
    assert Case.objects.get(pk=firm.pk).snoozed_until is None


@pytest.mark.parametrize(("days", "code"), [(-1, "snooze_in_the_past"), (400, "snooze_too_long")])
def test_sleep_is_neither_over_nor_for_years(agent, days, code):
    with pytest.raises(CaseRefused) as refused:
        snoozing.snooze(feedback.case(), until=timezone.now() + timedelta(days=days), by=agent)
    assert refused.value.code == code


def test_what_is_not_open_does_not_sleep(agent):
    with pytest.raises(NotOpen):
        snoozing.snooze(feedback.case(spam=True), until=timezone.now() + timedelta(days=1), by=agent)
