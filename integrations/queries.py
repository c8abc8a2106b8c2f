"""Answers about other systems."""

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from integrations.models import Delivery, Endpoint, Token


def endpoints() -> QuerySet[Endpoint]:
    """All webhooks by name, with ``given_up``: whether a message could not be delivered at all."""
    lost = Delivery.objects.filter(endpoint=OuterRef("pk"), state=Delivery.State.GAVE_UP)
    return Endpoint.objects.annotate(given_up=Exists(lost)).order_by("name", "pk")


def deliveries(endpoint: Endpoint) -> QuerySet[Delivery]:
    return Delivery.objects.filter(endpoint=endpoint).select_related("fact__customer")


def tokens(*, old: bool = False) -> QuerySet[Token]:
    """Tokens by name, the newest first; with ``old`` those that open nothing any more as well."""
    found = Token.objects.select_related("created_by", "replaced_by").order_by("name", "-pk")
    return found if old else found.working(timezone.now())
