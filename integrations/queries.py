"""Answers about other systems."""

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from config import prepared
from integrations.models import Delivery, Endpoint, Token
from people.models import User


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


TOKEN = [field.attname for field in Token._meta.concrete_fields]
USER = ["id", "username", "first_name", "last_name", "is_active"]
WITH_DIGEST = """
SELECT {columns} FROM integrations_token JOIN people_user ON people_user.id = integrations_token.user_id
WHERE digest = %s
""".format(
    columns=", ".join([*(f"integrations_token.{name}" for name in TOKEN), *(f"people_user.{name}" for name in USER)])
)


def token_with(digest: str) -> Token | None:
    """The token with this hash and the user that it acts as. Every request asks for it, so the query is prepared."""
    for row in prepared.rows(WITH_DIGEST, [digest]):
        token = Token.from_db("default", TOKEN, row[: len(TOKEN)])
        token.user = User.from_db("default", USER, row[len(TOKEN) :])
        return token
    return None
