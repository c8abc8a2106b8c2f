"""Give another system a token, replace it, take it away."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from integrations.models import Token
from integrations.scopes import PERMISSIONS, Scope
from people.models import User

MARK = "mst_"  # so that a scanner for leaked secrets knows one when it sees it
SEEN_EVERY = timedelta(minutes=1)


class TokenRefused(ValidationError):
    """A token that cannot be; ``code`` says why.

    It is one of ``name_missing``, ``name_taken``, ``scopes_missing``, ``unknown_scope``, ``scope_not_yours``,
    ``rate_not_positive``, ``expired_already``.
    """


class WrongState(ValidationError):
    def __init__(self, token: Token):
        super().__init__(
            _("%(token)s is %(state)s."), code="wrong_state", params={"token": token, "state": token.state}
        )


@dataclass(frozen=True)
class Issued:
    """A new token with its secret, which is nowhere else."""

    token: Token
    secret: str


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def create(
    name: str,
    *,
    scopes: Iterable[str],
    by: User,
    per_minute: int = 600,
    expires_at: datetime | None = None,
    at: datetime | None = None,
) -> Issued:
    """Let an integration in. It acts under its own name, as a user who cannot sign in.

    Nobody gives away what they may not do themselves. Raises TokenRefused.
    """
    at = at or timezone.now()
    name = name.strip()
    _refuse(name, scopes := sorted(set(scopes)), by=by, per_minute=per_minute, expires_at=expires_at, at=at)
    username = f"integration: {name}"
    if User.objects.filter(username__iexact=username).exists():
        raise TokenRefused(_("There is an integration with this name: replace its token."), code="name_taken")
    user = User(username=username, first_name=name, is_staff=False)
    user.set_unusable_password()
    user.save()
    return _issue(
        Token(user=user, name=name, scopes=scopes, per_minute=per_minute, expires_at=expires_at), by=by, at=at
    )


def _refuse(
    name: str, scopes: list[str], *, by: User, per_minute: int, expires_at: datetime | None, at: datetime
) -> None:
    if not name:
        raise TokenRefused(_("Name the integration."), code="name_missing")
    if not scopes:
        raise TokenRefused(_("Say what the integration may do."), code="scopes_missing")
    for scope in scopes:
        if scope not in Scope:
            raise TokenRefused(_("%(scope)s is not a scope."), code="unknown_scope", params={"scope": scope})
        if not by.has_perms(PERMISSIONS[scope]):
            raise TokenRefused(
                _("You cannot give %(scope)s: you may not do it yourself."),
                code="scope_not_yours",
                params={"scope": scope},
            )
    if per_minute < 1:
        raise TokenRefused(_("At least one request a minute."), code="rate_not_positive")
    if expires_at and expires_at <= at:
        raise TokenRefused(_("This time is over."), code="expired_already")


def _issue(token: Token, *, by: User, at: datetime) -> Issued:
    secret = MARK + secrets.token_urlsafe(32)
    token.prefix, token.digest = secret[:12], digest_of(secret)
    token.created_by, token.created_at = by, at
    token.save()
    return Issued(token, secret)


@transaction.atomic
def rotate(token: Token, *, by: User, keep: timedelta = timedelta(hours=1), at: datetime | None = None) -> Issued:
    """Give the integration a new secret; the old one works for ``keep`` longer, so that nothing stops meanwhile.

    Raises WrongState where the token does not work any more or was replaced before.
    """
    at = at or timezone.now()
    token = _locked(token)
    if token.state != "working" or Token.objects.filter(replaces=token).exists():
        raise WrongState(token)
    ends = at + keep
    issued = _issue(
        Token(
            user=token.user,
            name=token.name,
            scopes=token.scopes,
            per_minute=token.per_minute,
            expires_at=token.expires_at,
            replaces=token,
        ),
        by=by,
        at=at,
    )
    token.expires_at = min(ends, token.expires_at or ends)
    token.save(update_fields=["expires_at"])
    return issued


@transaction.atomic
def revoke(token: Token, *, by: User, at: datetime | None = None) -> Token:
    """Shut a token out: from the next second on it opens nothing. Raises WrongState where it was revoked before."""
    token = _locked(token)
    if token.revoked_at:
        raise WrongState(token)
    token.revoked_at, token.revoked_by = at or timezone.now(), by
    token.save(update_fields=["revoked_at", "revoked_by"])
    return token


def _locked(token: Token) -> Token:
    return Token.objects.select_for_update(of=["self"]).select_related("user").get(pk=token.pk)


def note_use(token: Token, *, at: datetime | None = None) -> None:
    """Keep "last used", to the minute: most requests write nothing."""
    at = at or timezone.now()
    if token.last_used_at is None or token.last_used_at <= at - SEEN_EVERY:
        stale = Q(last_used_at=None) | Q(last_used_at__lte=at - SEEN_EVERY)
        Token.objects.filter(stale, pk=token.pk).update(last_used_at=at)
        token.last_used_at = at
