"""Workers that do what plans do are killed at the worst moments: nothing is doubled, nothing is lost."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from communications.actions import dispatching, materialising, sending, touchpoints
from communications.models import HumanTask, Message, Plan, Touchpoint
from communications.queries.outbox import SHUT
from customers.models import Fact, Verb
from loyalty.models import Voucher
from tests.communications.plan_worker_child import BATCH, GROUP
from tests.factories import communications, loyalty
from tests.factories import plans as made
from tests.factories.mail import mail_server

REPOSITORY = Path(__file__).resolve().parents[2]
MANY = 60
MOMENTS = [
    # It has found customers and not committed that; it has, and tells nobody.
    "communications.actions.materialising _insert after -",
    "communications.actions.materialising materialise after -",
    # Codes are given and letters lie in the outbox, but not for good; they do, and nobody knows it.
    "communications.actions.handing _mark before 0",
    "communications.actions.dispatching _batch after -",
    # Letters have left and nobody has written it down; touchpoints have followed their letters.
    "communications.actions.sending _hand_over after 1",
    "communications.actions.touchpoints follow after -",
]


@pytest.mark.django_db(transaction=True)
def test_workers_that_are_killed_double_nothing_and_lose_nothing(settings):
    """A letter with a code of its own, and a call, for each of a segment; a worker dies at each moment."""
    cache.delete(SHUT)
    settings.OUTBOX_GROUP = GROUP

    with mail_server(settings) as server:
        with workers(server.port) as die:
            plan = gift_and_call()
            assert [die(moment) for moment in MOMENTS] == [signal.SIGKILL] * len(MOMENTS)
        Message.objects.filter(lease_until__isnull=False).update(lease_until=timezone.now() - timedelta(seconds=1))
        while work():
            pass
        touchpoints.follow()
        arrived = Counter(server.ids)

    letters = Touchpoint.objects.filter(plan=plan, step_key="offer")
    assert letters.values("customer").distinct().count() == letters.count() == MANY
    assert Counter(letters.values_list("state", flat=True)) == {"sent": MANY - GROUP, "uncertain": GROUP}
    assert (len(arrived), max(arrived.values())) == (MANY, 1)
    assert Message.objects.count() == Voucher.objects.values("digest").distinct().count() == MANY
    assert HumanTask.objects.values("customer").distinct().count() == HumanTask.objects.count() == MANY
    assert Fact.objects.filter(verb=Verb.OFFERED).count() == MANY - GROUP


def gift_and_call() -> Plan:
    made.consenting_many(MANY)
    gift = loyalty.reward(kind="voucher", stock=MANY)
    texts = {"en": {"subject": "For you", "text": "{{ offer_code }}"}}
    letter = communications.template(purpose="offers", texts=texts)
    offer = made.StepDesign("offer", "Offer", "offer", "email", reward_id=gift.pk, template_id=letter.pk)
    yesterday = timezone.localdate() - timedelta(days=1)
    return made.campaign(offer, made.call(), starts_on=yesterday, grace_hours=100)


def work() -> int:
    materialising.materialise_due()
    touchpoints.follow()
    looked_at, _ = dispatching.dispatch(limit=BATCH)
    return looked_at + sending.send_due()


@contextmanager
def workers(port: int) -> Iterator[Callable[[str], int]]:
    """Lets a worker begin that dies at a moment, and says by which signal it ended."""
    place = connection.settings_dict
    command = [sys.executable, "-m", "tests.communications.plan_worker_child", place["HOST"], place["NAME"], str(port)]
    with subprocess.Popen(
        command, cwd=REPOSITORY, env=os.environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdin
        assert first.stdout
        asked, told = first.stdin, first.stdout

        def die(moment: str) -> int:
            print(moment, file=asked, flush=True)
            return int(told.readline())

        try:
            yield die
        finally:
            first.kill()
