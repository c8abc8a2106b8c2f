"""Webhooks: other systems that want to be told of facts, each at an address of its own."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.actions import readers
from customers.models import Fact, Verb
from integrations import outbound, signing
from integrations.models import Delivery, Endpoint
from people.models import User

BOTH_SECRETS_FOR = timedelta(hours=24)

REASONS = {
    "url_invalid": _("This is no address that a message can be sent to."),
    "url_not_https": _("The address must begin with https://."),
    "url_private": _("The address belongs to this machine or to a private network."),
    "unknown_verb": _("Mainstay knows no such fact: %(verbs)s."),
    "name_missing": _("Give the webhook a name."),
    "too_long": _("The name or the address is too long."),
}

QUEUE = """
INSERT INTO integrations_delivery (endpoint_id, fact_id, state, attempts, next_at, error)
SELECT endpoint.id, fact.id, 'queued', 0, now(), ''
FROM customers_fact AS fact
JOIN integrations_endpoint AS endpoint
    ON endpoint.active AND fact.position > endpoint.since
    AND (endpoint.verbs = '{}' OR fact.verb = ANY (endpoint.verbs))
WHERE fact.id = ANY (%s)
ORDER BY fact.position, endpoint.id
ON CONFLICT (endpoint_id, fact_id) DO NOTHING
"""

TELL = """
INSERT INTO integrations_delivery (endpoint_id, event, state, attempts, next_at, error)
SELECT endpoint.id, told.event, 'queued', 0, now(), ''
FROM jsonb_array_elements(%s::jsonb) WITH ORDINALITY AS told (event, n)
JOIN integrations_endpoint AS endpoint
    ON endpoint.active AND (endpoint.verbs = '{}' OR told.event->>'verb' = ANY (endpoint.verbs))
ORDER BY told.n, endpoint.id
"""


class WebhookRefused(ValidationError):
    def __init__(self, code: str, **params: object) -> None:
        super().__init__(REASONS[code], code=code, params=params)


class ChangedMeanwhile(ValidationError):
    def __init__(self) -> None:
        super().__init__(
            _("Somebody else has changed this webhook meanwhile. Look at it again and repeat your change."),
            code="changed_meanwhile",
        )


class WrongState(ValidationError):
    def __init__(self, delivery: Delivery) -> None:
        super().__init__(
            _("The message is %(state)s."), code="wrong_state", params={"state": delivery.get_state_display()}
        )


class Event(NamedTuple):
    """What an endpoint is told that is no fact. ``about`` holds ids, numbers and codes, never personal data."""

    verb: Verb
    at: datetime
    about: dict[str, object]


class Created(NamedTuple):
    """A new secret can be read here, and never again."""

    endpoint: Endpoint
    secret: str


def create(url: str, *, name: str, verbs: Collection[str] = (), by: User | None = None) -> Created:
    """Tell another system of what happens from now on: of some kinds of facts, or of all where none is named.

    Raises WebhookRefused: ``url_invalid``, ``url_not_https``, ``url_private``, ``unknown_verb``, ``name_missing``.
    """
    _check(url, name, verbs)
    secret = signing.new_secret()
    endpoint = Endpoint.objects.create(
        url=url,
        name=name,
        verbs=sorted(set(verbs)),
        since=readers.highest_position(),
        secret=signing.seal(secret),
        by=by,
    )
    endpoint.refresh_from_db()
    return Created(endpoint, secret)


@transaction.atomic
def change(
    endpoint: Endpoint,
    *,
    url: str | None = None,
    name: str | None = None,
    verbs: Collection[str] | None = None,
    seen: int | None = None,
) -> Endpoint:
    """Give it another address, name or kinds of facts; what is left out stays. ``seen`` is the revision that was read.

    Raises ChangedMeanwhile, and WebhookRefused as ``create`` does.
    """
    endpoint = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
    if seen not in (None, endpoint.revision):
        raise ChangedMeanwhile
    endpoint.url = endpoint.url if url is None else url
    endpoint.name = endpoint.name if name is None else name
    endpoint.verbs = endpoint.verbs if verbs is None else sorted(set(verbs))
    _check(endpoint.url, endpoint.name, endpoint.verbs)
    endpoint.save(update_fields=["url", "name", "verbs"])
    return endpoint


@transaction.atomic
def rotate(endpoint: Endpoint) -> Created:
    """Give it a new secret. For a day messages are signed with the old one as well."""
    endpoint = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
    secret = signing.new_secret()
    endpoint.previous_secret, endpoint.previous_until = endpoint.secret, timezone.now() + BOTH_SECRETS_FOR
    endpoint.secret = signing.seal(secret)
    endpoint.save(update_fields=["secret", "previous_secret", "previous_until"])
    return Created(endpoint, secret)


@transaction.atomic
def pause(endpoint: Endpoint) -> Endpoint:
    """Send it nothing; what happens meanwhile it is never told of. What was queued waits."""
    Endpoint.objects.filter(pk=endpoint.pk).update(active=False)
    return Endpoint.objects.get(pk=endpoint.pk)


@transaction.atomic
def resume(endpoint: Endpoint) -> Endpoint:
    """Tell it again of what happens from now on, and of what was queued before; failures are forgotten."""
    endpoint = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
    if not endpoint.active:
        endpoint.active, endpoint.disabled_at, endpoint.since = True, None, readers.highest_position()
        endpoint.failures, endpoint.failing_since, endpoint.retry_at = 0, None, None
        endpoint.save()
    return endpoint


@transaction.atomic
def remove(endpoint: Endpoint) -> None:
    """Forget it with all that was sent to it and all that waits. ``pause`` keeps both."""
    Endpoint.objects.select_for_update().get(pk=endpoint.pk)
    Delivery.objects.filter(endpoint=endpoint).delete()
    Endpoint.objects.filter(pk=endpoint.pk).delete()


def ping(endpoint: Endpoint) -> Delivery:
    """Queue a message about nothing, to see whether the other side answers."""
    return Delivery.objects.create(endpoint=endpoint, next_at=timezone.now())


@transaction.atomic
def redeliver(delivery: Delivery) -> Delivery:
    """Send a message again, under the same id, as if it were new. Raises WrongState while it is being sent."""
    delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if delivery.state == Delivery.State.LEASED:
        raise WrongState(delivery)
    delivery.state, delivery.attempts = Delivery.State.QUEUED, 0
    delivery.next_at, delivery.sent_at = timezone.now(), None
    delivery.save(update_fields=["state", "attempts", "next_at", "sent_at"])
    return delivery


def queue(facts: list[Fact]) -> int:
    """Queue a message about each fact to everyone who wants to hear of it. Returns how many are new."""
    with connection.cursor() as cursor:
        cursor.execute(QUEUE, [[fact.pk for fact in facts]])
        return int(cursor.rowcount)


def tell(events: Sequence[Event]) -> int:
    """Queue messages about what happened to nobody whom we know. Returns how many there are.

    What happens to a customer is a fact on their timeline and reaches webhooks from there. This stands or falls with
    the caller's transaction.
    """
    if not events:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(TELL, [json.dumps([one._asdict() for one in events], cls=DjangoJSONEncoder)])
        return int(cursor.rowcount)


def _check(url: str, name: str, verbs: Collection[str]) -> None:
    if not name.strip():
        raise WebhookRefused("name_missing")
    if len(name) > 100 or len(url) > 500:
        raise WebhookRefused("too_long")
    if flaw := outbound.flaw(url):
        raise WebhookRefused(flaw)
    if unknown := sorted(set(verbs) - set(Verb.values)):
        raise WebhookRefused("unknown_verb", verbs=", ".join(unknown))
