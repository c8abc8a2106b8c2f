"""From a plan to the mail server, to the button of the reader's mail program, and back to the next plan."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from communications.actions import dispatching, sending, touchpoints
from communications.models import Touchpoint
from communications.queries.outbox import SHUT
from customers.models import ConsentDecision
from tests.factories import plans as made
from tests.factories.mail import mail_server

pytestmark = pytest.mark.django_db(transaction=True)


def test_whoever_presses_the_button_of_their_mail_program_is_held_back_next_time(settings):
    """U1 and U3 with a real letter: the address stands in its headers, a GET changes nothing, one POST does."""
    cache.delete(SHUT)
    now = timezone.now()
    kim = made.consenting()
    first, second = made.sequence(), made.sequence()
    came = made.enrolled(first, kim, anchor=now - timedelta(minutes=1))
    with mail_server(settings) as server:
        dispatching.dispatch(at=now)
        assert sending.send_due() == 1
        touchpoints.follow()
        [letter] = server.mails
    came.refresh_from_db()
    assert came.state == Touchpoint.State.SENT
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = urlsplit(str(letter["List-Unsubscribe"]).strip("<>")).path
    stranger = Client(enforce_csrf_checks=True)

    assert stranger.get(address).status_code == 200
    assert not ConsentDecision.objects.filter(customer=kim, granted=False).exists()
    for _again in range(2):
        answer = stranger.post(address, {"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, answer.cookies) == (200, {})
    assert ConsentDecision.objects.filter(customer=kim, granted=False, channel="email").count() == 1

    later = made.enrolled(second, kim, anchor=now)
    with mail_server(settings) as server:
        dispatching.dispatch(at=timezone.now())
        assert sending.send_due() == 0
        assert server.mails == []
    assert made.became(later) in ("unsubscribed", "no_consent")
