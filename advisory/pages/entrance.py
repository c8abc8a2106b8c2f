"""The door of the portal: a member without a link at hand asks for one by e-mail. No account, no password."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from advisory.actions import rounds, sign_ins
from advisory.models import Round
from advisory.pages.public import language_of, nothing_here, public, said
from advisory.queries import access
from advisory.queries.people import language
from people import visitors

ASKS_PER_MINUTE = 5
ANSWERS_AFTER = 0.3  # seconds, known or not


@public
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The same answer after the same time, whether somebody on a board has this address or not."""
    with translation.override(language_of(request, (translation.get_language() or "en")[:2])):
        context = {"language": translation.get_language(), "languages": settings.LANGUAGES}
        if request.method != "POST":
            return render(request, "advisory/public/sign_in.html", context)
        wrong = _addressed(request, sign_ins.ask)
        if wrong:
            return render(request, "advisory/public/sign_in.html", context | wrong, status=wrong["status"])
        return said(
            request, _("Look into your mailbox"),
            _("If this address belongs to a member of a board, a link is on its way. It works once, for 30 minutes."),
        )  # fmt: skip


def _addressed(request: HttpRequest, do: Callable[[str], object]) -> dict[str, Any]:
    """Do it with the address in the form, and take the same time whatever came of it; else what is wrong."""
    begun, address = time.monotonic(), request.POST.get("email", "").strip()[:254]
    if not visitors.may_go_on(request, "advisory:sign-in", per_minute=ASKS_PER_MINUTE):
        return {"wrong": _("Too many attempts. Wait a minute and try again."), "typed": address, "status": 429}
    if "@" not in address:
        return {"wrong": _("Write your e-mail address."), "typed": address, "status": 400}
    do(address)
    time.sleep(max(0, ANSWERS_AFTER - (time.monotonic() - begun)))
    return {}


@public
@require_http_methods(["GET", "HEAD", "POST"])
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """A member's link for customers they know. Whose it is it does not tell, nor who is a customer of ours."""
    found = access.by_link(token, "round")
    round = (
        Round.objects.filter(pk=found[1], closed_at=None, meeting__board=found[0].board_id).first() if found else None
    )
    if found is None or round is None:
        return nothing_here(request)
    with translation.override(language_of(request, (translation.get_language() or "en")[:2])):
        context = {"language": translation.get_language(), "languages": settings.LANGUAGES}
        if request.method != "POST":
            return render(request, "advisory/public/shared.html", context)
        wrong = _addressed(request, lambda address: rounds.ask_by_address(round, found[0], address))
        if wrong:
            return render(request, "advisory/public/shared.html", context | wrong, status=wrong["status"])
        return said(
            request, _("Look into your mailbox"),
            _("If you are our customer and agreed to be asked now and then, the questions are on their way."),
        )  # fmt: skip


@public
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """A button, so that a program that looks into mails does not use the link up."""
    term = sign_ins.usable(token)
    if term is None:
        return nothing_here(request, ask=True)
    with translation.override(language_of(request, language(term.customer))):
        if request.method == "POST":
            found = sign_ins.enter(token)
            return redirect("portal", found) if found else nothing_here(request, ask=True)
        context = {"term": term, "language": translation.get_language(), "languages": settings.LANGUAGES}
        return render(request, "advisory/public/enter.html", context)
