"""Limits for how many messages leave: of a channel, and to a domain."""

import pytest
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from communications import limits
from communications.actions import sending
from communications.models import Message
from communications.queries.outbox import SHUT
from tests.factories.communications import message
from tests.factories.mail import mail_server

pytestmark = pytest.mark.django_db(transaction=True)


def test_no_more_leave_than_a_limit_allows_and_the_rest_waits(settings):
    settings.OUTBOX_LIMITS = "slow.example=2/minute, email=5/minute"
    settings.OUTBOX_GROUP = 3
    cache.delete(SHUT)
    slow = [message(f"p{n}@slow.example") for n in range(4)]
    quick = [message(f"p{n}@quick.example") for n in range(4)]
    with mail_server(settings) as server:
        assert sending.send_due() == 5
        assert sending.send_due() == 0
    went = [to for to, _letter in server.got]
    assert went == ["p0@slow.example", "p1@slow.example", "p0@quick.example", "p1@quick.example", "p2@quick.example"]
    waiting = Message.objects.filter(pk__in=[one.pk for one in (*slow, *quick)], state="queued")
    assert {one.attempts for one in waiting} == {0}
    assert all(one.due_at > timezone.now() for one in waiting)


def test_a_limit_that_means_nothing_is_told_of_at_once():
    assert [limit.key for limit in limits.read("sms=5/day email=1/hour")] == ["email/3600", "sms/86400"]
    with pytest.raises(ImproperlyConfigured):
        limits.read("gmail.com=fast")
