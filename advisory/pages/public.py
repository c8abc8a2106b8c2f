"""Pages for members and voters, by signed link: kept nowhere, found by no search engine, told to no other site."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from people import visitors

LOOKS_PER_MINUTE, SENDS_PER_MINUTE = 120, 30

Page = Callable[..., HttpResponse]


def public(page: Page) -> Page:
    """Not more often than a person looks."""

    @wraps(page)
    def shown(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        most, what = (SENDS_PER_MINUTE, "send") if request.method == "POST" else (LOOKS_PER_MINUTE, "look")
        if visitors.may_go_on(request, f"advisory:{what}", per_minute=most):
            answer = page(request, *args, **named)
        else:
            answer = too_many(request)
        answer["X-Robots-Tag"] = "noindex"
        answer["Referrer-Policy"] = "same-origin"
        return answer

    return never_cache(shown)


def said(
    request: HttpRequest, heading: str, text: str, *, status: int = 200, ask: bool = False, portal: str = ""
) -> HttpResponse:
    """``ask`` leads to the door of the portal, ``portal`` is the token of somebody's pages."""
    context = {
        "heading": heading, "text": text, "language": translation.get_language(), "ask": ask, "portal": portal,
    }  # fmt: skip
    return render(request, "advisory/public/said.html", context, status=status)


def too_many(request: HttpRequest) -> HttpResponse:
    return said(request, _("Too many attempts"), _("Wait a minute and try again."), status=429)


def nothing_here(request: HttpRequest, *, ask: bool = False) -> HttpResponse:
    """The same for a link that was made up, revoked or is over: it tells nothing."""
    return said(request, _("This link leads nowhere"), _("It may be over. Ask for a new one."), status=404, ask=ask)


def language_of(request: HttpRequest, otherwise: str) -> str:
    """The one asked for by the page's own links, else the member's."""
    asked = request.GET.get("language", "")
    return asked if asked in {code for code, _name in settings.LANGUAGES} else otherwise
