"""``Authorization: Bearer mst_…``: named in settings, used by every view of the API."""

import time

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from integrations import queries
from integrations.actions.tokens import digest_of
from integrations.models import Token
from people.models import User

_known: dict[str, tuple[float, Token]] = {}
MOST_KNOWN = 1_000


def known(digest: str) -> Token | None:
    """The token with this hash; read again after a second at the latest, so that one that was revoked soon is.

    Only tokens that exist are kept, so nobody can fill the memory by guessing.
    """
    now = time.monotonic()
    read_at, token = _known.get(digest, (0.0, None))
    if token is None or now - read_at >= settings.TOKEN_KNOWN_FOR:
        token = queries.token_with(digest)
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        if token and settings.TOKEN_KNOWN_FOR:
            _known[digest] = (now, token)
    return token


class TokenAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        """Who calls, by token; None where the caller shows none and may be signed in by browser."""
        kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        token = known(digest_of(secret.strip()))
        if token is None:
            raise AuthenticationFailed(_("This token is not known."), code="token_unknown")
        if token.revoked_at or not token.user.is_active:
            raise AuthenticationFailed(_("This token was revoked."), code="token_revoked")
        if token.expires_at and token.expires_at <= timezone.now():
            raise AuthenticationFailed(_("This token has expired."), code="token_expired")
        request._request.token = token  # type: ignore[attr-defined]
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Mainstay"'
