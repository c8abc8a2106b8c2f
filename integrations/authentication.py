"""``Authorization: Bearer mst_…``: named in settings, used by every view of the API."""

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from integrations.actions.tokens import digest_of
from integrations.models import Token
from people.models import User


class TokenAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        """Who calls, by token; None where the caller shows none and may be signed in by browser."""
        kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        token = Token.objects.filter(digest=digest_of(secret.strip())).select_related("user").first()
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
