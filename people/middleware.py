"""What holds for every request of somebody who is signed in."""

import time
import zoneinfo
from collections.abc import Callable
from datetime import UTC

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from people.actions import sessions
from people.models import User

Respond = Callable[[HttpRequest], HttpResponse]
SEEN = "seen_at"  # the session's note of when its row was updated last


def own_language_and_zone(get_response: Respond) -> Respond:
    """Show texts in the person's language and times in their zone.

    Staff pages before sign-in are in the installation's language: they are not translated, and half is worse.
    The API answers in UTC, whoever asks.
    """

    def respond(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            translation.activate(request.user.language)
            timezone.activate(known_zone(request.user.zone))
        else:
            timezone.deactivate()
            if request.path.startswith(("/account/", "/admin/")):
                translation.activate(settings.LANGUAGE_CODE)
        if request.path.startswith("/api/"):
            timezone.activate(UTC)
        return get_response(request)

    return respond


def known_zone(name: str) -> zoneinfo.ZoneInfo:
    """The zone, or UTC where this machine does not know it."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo("UTC")


def second_factor(get_response: Respond) -> Respond:
    """Let nobody of SECOND_FACTOR_ROLES further than the page where a second factor is set up."""

    def respond(request: HttpRequest) -> HttpResponse:
        if (
            settings.SECOND_FACTOR_ROLES
            and request.user.is_authenticated
            and not request.path.startswith(_open_without_second_factor())
            and _lacks_second_factor(request.user)
        ):
            messages.warning(request, _("Your role needs a second factor. Set up one of these to go on."))
            return redirect("mfa_index")
        return get_response(request)

    return respond


def _lacks_second_factor(person: User) -> bool:
    own = Authenticator.objects.filter(user=OuterRef("pk")).exclude(type=Authenticator.Type.RECOVERY_CODES)
    needing = User.objects.filter(pk=person.pk, groups__name__in=settings.SECOND_FACTOR_ROLES)
    return needing.exclude(Exists(own)).exists()


def _open_without_second_factor() -> tuple[str, ...]:
    names = ("mfa_index", "account_reauthenticate", "account_logout", "admin:logout")
    return (*map(reverse, names), settings.STATIC_URL, "/health/")


def session_seen(get_response: Respond) -> Respond:
    """Keep "last seen" of sessions, to five minutes. Sessions that allauth did not open are not followed."""

    def respond(request: HttpRequest) -> HttpResponse:
        seen = request.session.get(SEEN) if request.user.is_authenticated else None
        if seen is not None and time.time() - seen > sessions.SEEN_EVERY:
            request.session[SEEN] = int(time.time())
            sessions.note_seen(request.session.session_key or "", address=get_adapter().get_client_ip(request))
        return get_response(request)

    return respond
