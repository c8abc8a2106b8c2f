"""Workers that do what plans do are killed at the worst moments: nothing is doubled, nothing is lost."""

import os
import signal
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, connections
from django.utils import timezone

from communications.actions import dispatching, handing, materialising, sending, touchpoints
from communications.models import HumanTask, Message, Touchpoint
from communications.queries.outbox import SHUT
from customers.models import Fact, Verb
from loyalty.models import Voucher
from tests.factories import communications, loyalty
from tests.factories import plans as made
from tests.factories.mail import mail_server

MANY, BATCH, GROUP = 160, 30, 10
DIED = [signal.SIGKILL]


def work() -> int:
    """One round of all that the timetable does for plans."""
    materialising.materialise_due()
    touchpoints.follow()
    looked_at, _ = dispatching.dispatch(limit=BATCH)
    return looked_at + sending.send_due()


def dies(where: Any, name: str, *, before: bool = False, to: int = -1) -> Callable[[], None]:
    """A worker that is killed right before or after it does this for the first time to any effect.

    Its effect is seen by its answer, or by the argument at the place ``to``.
    """

    def worker() -> None:
        done = getattr(where, name)

        def fatal(*args: Any, **options: Any) -> Any:
            result = None if before and args[to] else done(*args, **options)
            seen = result if to < 0 else args[to]
            if any(seen) if isinstance(seen, tuple) else seen:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        setattr(where, name, fatal)
        for _ in range(100):
            work()

    return worker


def killed(*workers: Callable[[], None]) -> list[int]:
    """Each in a process of its own, all at once. Returns the signals that ended them."""
    connections.close_all()
    children = []
    for worker in workers:
        if not (child := os.fork()):
            worker()
            os._exit(0)  # it was not killed
        children.append(child)
    return [os.WTERMSIG(os.waitpid(child, 0)[1]) for child in children]


@pytest.mark.django_db(transaction=True)
def test_workers_that_are_killed_double_nothing_and_lose_nothing(settings):
    """A letter with a code of its own, and a call, for each of a segment."""
    cache.delete(SHUT)
    settings.OUTBOX_GROUP = GROUP
    made.consenting_many(MANY)
    gift = loyalty.reward(kind="voucher", stock=MANY)
    letter = communications.template(
        purpose="offers", texts={"en": {"subject": "For you", "text": "{{ offer_code }}"}}
    )
    offer = made.StepDesign("offer", "Offer", "offer", "email", reward_id=gift.pk, template_id=letter.pk)
    yesterday = timezone.localdate() - timedelta(days=1)
    plan = made.campaign(offer, made.call(), starts_on=yesterday, grace_hours=100)

    with mail_server(settings) as server:
        # The first has found customers and not committed that; the second has, and tells nobody.
        assert killed(dies(materialising, "_insert")) == DIED
        assert not Touchpoint.objects.exists()
        assert killed(dies(materialising, "materialise")) == DIED
        # Codes are given and letters lie in the outbox, but not for good; they do, and nobody knows it.
        assert killed(dies(handing, "_mark", before=True, to=0), dies(dispatching, "_batch")) == DIED * 2
        # Letters have left and nobody has written it down; touchpoints have followed their letters.
        assert killed(dies(sending, "_hand_over", to=1), dies(touchpoints, "follow")) == DIED * 2
        Message.objects.filter(lease_until__isnull=False).update(lease_until=timezone.now() - timedelta(seconds=1))
        while work():
            pass
        touchpoints.follow()

        arrived = Counter(server.ids)
    connection.close()
    letters = Touchpoint.objects.filter(plan=plan, step_key="offer")
    assert letters.values("customer").distinct().count() == letters.count() == MANY
    became = Counter(letters.values_list("state", flat=True))
    assert (became["sent"] + became["uncertain"], became["uncertain"]) == (MANY, GROUP)
    assert (len(arrived), max(arrived.values())) == (MANY, 1)
    assert Message.objects.count() == Voucher.objects.values("digest").distinct().count() == MANY
    assert Counter(HumanTask.objects.values_list("customer", flat=True)).most_common(1)[0][1] == 1
    assert HumanTask.objects.count() == MANY
    assert Fact.objects.filter(verb=Verb.OFFERED).count() == MANY - GROUP
