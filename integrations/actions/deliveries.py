"""Sending what is queued for webhooks: at least once, outside of every transaction.

A delivery is leased, sent, and settled. Who dies in between leaves a lease that runs out, and the next worker sends
the same delivery again under the same id. Messages to one endpoint go out in the order of the facts as far as
nothing fails; a receiver that needs the order has the position of each fact.
"""

import json
import logging
import random
import time
from datetime import datetime, timedelta
from typing import Any

import requests
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from integrations import outbound, signing
from integrations.models import Delivery, Endpoint
from integrations.outbound import Answer

logger = logging.getLogger(__name__)

AT_ONCE = 10  # deliveries leased together, for one endpoint
LEASE = timedelta(minutes=3)  # longer than ten calls may take
ATTEMPTS = 12  # the last one about a day after the first
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=8)
UNWELL_AT_MOST = timedelta(hours=1)  # an endpoint that came back is noticed within
SWITCHED_OFF_AFTER = timedelta(days=3)
KEPT_FOR = timedelta(days=30)
OF_THE_ENDPOINT = {401, 403, 404, 408, 429}  # and 5xx: whatever is sent, it would not be taken


def send_due(*, seconds: float = 20) -> int:
    """Send what is due until nothing is left or the time is over. Returns how many were delivered."""
    if transaction.get_connection().in_atomic_block:
        raise RuntimeError("send_due may not be called inside a transaction")
    until, delivered = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        endpoints = _due_endpoints(timezone.now())
        tried = [_send_to(endpoint, until) for endpoint in endpoints]
        delivered += sum(good for good, _ in tried)
        if not any(count for _, count in tried):
            break
    return delivered


def forget_old(*, at: datetime | None = None) -> int:
    """Delete deliveries that were settled a month ago. Returns how many."""
    old = Delivery.objects.exclude(state__in=Delivery.DUE).filter(created_at__lt=(at or timezone.now()) - KEPT_FOR)
    return old.delete()[0]


def payload(delivery: Delivery) -> dict[str, Any]:
    """What the other side is told. A ping has no fact, and neither has what concerns nobody whom we know."""
    fact, event = delivery.fact, delivery.event
    if event is not None:
        nobody = {"id": None, "position": None, "customer": None}
        return nobody | {"recorded_at": delivery.created_at.isoformat()} | event
    if fact is None:
        return {"id": None, "verb": "ping", "at": delivery.created_at.isoformat()}
    return {
        "id": fact.pk,
        "position": fact.position,
        "verb": fact.verb,
        "at": fact.at.isoformat(),
        "recorded_at": fact.recorded_at.isoformat(),
        "customer": fact.customer.number,
        "about": fact.about,
    }


def _due_endpoints(now: datetime) -> list[Endpoint]:
    """Those that something is due for, in any order: a slow one is not always the first."""
    waiting = Delivery.objects.filter(endpoint=OuterRef("pk"), state__in=Delivery.DUE, next_at__lte=now)
    well = Q(retry_at=None) | Q(retry_at__lte=now)
    endpoints = list(Endpoint.objects.filter(well, Exists(waiting), active=True))
    random.shuffle(endpoints)
    return endpoints


def _send_to(endpoint: Endpoint, until: float) -> tuple[int, int]:
    """Send one after the other; stop at the first failure, or when the time is over.

    Returns how many were delivered, and how many tried.
    """
    leased = _lease(endpoint, 1 if endpoint.failures else AT_ONCE)
    with outbound.new_session() as session:
        for place, delivery in enumerate(leased):
            answer = _post(session, endpoint, delivery)
            _settle(endpoint, delivery, answer)
            if not answer.good or time.monotonic() > until:
                _release(leased[place + 1 :])
                return place + answer.good, place + 1
    return len(leased), len(leased)


@transaction.atomic
def _lease(endpoint: Endpoint, limit: int) -> list[Delivery]:
    now = timezone.now()
    due = Delivery.objects.filter(endpoint=endpoint, state__in=Delivery.DUE, next_at__lte=now)
    mine = list(due.order_by("next_at", "id").select_for_update(skip_locked=True).values_list("pk", flat=True)[:limit])
    rows = Delivery.objects.filter(pk__in=mine)
    rows.update(state=Delivery.State.LEASED, attempts=F("attempts") + 1, next_at=now + LEASE, last_at=now)
    return list(rows.select_related("fact__customer").order_by("fact__position", "id"))


def _release(deliveries: list[Delivery]) -> None:
    """Give back what was leased and not tried."""
    for delivery in deliveries:
        state = Delivery.State.FAILED if delivery.attempts > 1 else Delivery.State.QUEUED
        _held(delivery).update(state=state, attempts=F("attempts") - 1, next_at=timezone.now())


def _post(session: requests.Session, endpoint: Endpoint, delivery: Delivery) -> Answer:
    body = json.dumps(payload(delivery), ensure_ascii=False, separators=(",", ":")).encode()
    sealed = [endpoint.secret]
    if endpoint.previous_until and endpoint.previous_until > timezone.now():
        sealed.append(endpoint.previous_secret)
    try:
        secrets = [signing.unseal(secret) for secret in sealed]
    except signing.Unreadable:
        return Answer(None, "secret unreadable, give it a new one")
    headers = {
        "Content-Type": "application/json",
        signing.DELIVERY: str(delivery.pk),
        signing.SIGNATURE: signing.signature(secrets, body, at=int(time.time())),
    }
    return outbound.post(session, endpoint.url, body, headers)


@transaction.atomic
def _settle(endpoint: Endpoint, delivery: Delivery, answer: Answer) -> None:
    now = timezone.now()
    result = {"status": answer.status, "error": answer.error[:200]}
    if answer.good:
        _held(delivery).update(state=Delivery.State.SENT, sent_at=now, next_at=None, **result)
        well = {"failures": 0, "failing_since": None, "retry_at": None}
        Endpoint.objects.filter(pk=endpoint.pk, failures__gt=0).update(**well)
        return
    if delivery.attempts >= ATTEMPTS:
        _held(delivery).update(state=Delivery.State.GAVE_UP, next_at=None, **result)
    else:
        _held(delivery).update(state=Delivery.State.FAILED, next_at=now + pause_after(delivery.attempts), **result)
    _blame(endpoint, answer, now)


def _held(delivery: Delivery) -> Any:
    """The delivery as long as our lease of it stands: another may have taken it over meanwhile."""
    return Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.LEASED, attempts=delivery.attempts)


def pause_after(attempts: int, longest: timedelta = LONGEST_PAUSE) -> timedelta:
    """Twice as long after each attempt, less up to a fifth by chance: what failed together comes back apart."""
    pause = min(FIRST_PAUSE * 2 ** min(attempts - 1, 20), longest)
    return pause * random.uniform(0.8, 1)  # noqa: S311


def _blame(endpoint: Endpoint, answer: Answer, now: datetime) -> None:
    """Count the failure; leave an endpoint that is unwell alone for a while, and switch off one that stays so."""
    row = Endpoint.objects.filter(pk=endpoint.pk)
    unwell = answer.status is None or answer.status in OF_THE_ENDPOINT or answer.status >= 500
    retry_at = now + pause_after(endpoint.failures + 1, UNWELL_AT_MOST) if unwell else None
    row.update(failures=F("failures") + 1, failing_since=Coalesce("failing_since", now), retry_at=retry_at)
    hopeless = row.filter(active=True)
    if answer.status != 410:
        hopeless = hopeless.filter(failing_since__lte=now - SWITCHED_OFF_AFTER)
    if hopeless.update(active=False, disabled_at=now):
        logger.warning("webhook endpoint %s switched off: it failed for long", endpoint.pk)
