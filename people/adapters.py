"""How allauth works here: who may sign in, what is written down about it, how secrets are kept."""

import base64
import hashlib
import logging
import time
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest

from people.actions import events
from people.middleware import SEEN
from people.models import Event, User

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        request.session[SEEN] = int(time.time())
        events.record(
            user, Event.Verb.SIGNED_IN, by=user, address=self.get_client_ip(request), browser=self._browser(request)
        )

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Wrong passwords are written down for people who exist; unknown names would fill the table from outside."""
        name = credentials.get("email") or credentials.get("username") or ""
        person = User.objects.filter(Q(username__iexact=name) | Q(email__iexact=name)).first()
        if person:
            address = self.get_client_ip(request)
            events.record(person, Event.Verb.SIGN_IN_FAILED, address=address, browser=self._browser(request))

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Wrong passwords count for the account, however it was named: by e-mail or by username."""
        name = (credentials.get("email") or credentials.get("username") or "").lower()
        person = User.objects.filter(Q(username__iexact=name) | Q(email__iexact=name)).order_by("pk").first()
        return f"person:{person.pk}" if person else f"nobody:{name}"

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        what = template_prefix.rsplit("/", 1)[-1]
        address = self.get_client_ip(self.request)
        events.record(user, Event.Verb.SECURITY_CHANGED, by=user, address=address, what=what)
        try:
            super().send_notification_mail(template_prefix, user, context, email or user.email)
        except (OSError, SMTPException):
            logger.exception("The notice of a changed sign-in could not be sent")

    def _browser(self, request: HttpRequest) -> str:
        return str(self.get_http_user_agent(request)[:200])


class MFAAdapter(DefaultMFAAdapter):
    """Secrets of second factors are encrypted, so that a copy of the database does not hold them."""

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()


def _box() -> MultiFernet:
    """Keys made of SECRET_KEY and the ones before it (SECRET_KEY_FALLBACKS)."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(b"second factor:" + key.encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
