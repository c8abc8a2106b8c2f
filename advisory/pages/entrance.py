"""The door of the portal: a member without a link at hand asks for one by e-mail. No account, no password."""

import time

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from advisory.actions import sign_ins
from advisory.pages.public import language_of, nothing_here, public, said
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
        begun, address = time.monotonic(), request.POST.get("email", "").strip()[:254]
        if not visitors.may_go_on(request, "advisory:sign-in", per_minute=ASKS_PER_MINUTE):
            return said(request, _("Too many attempts"), _("Wait a minute and try again."), status=429)
        if "@" not in address:
            wrong = {"wrong": _("Write your e-mail address."), "typed": address}
            return render(request, "advisory/public/sign_in.html", context | wrong, status=400)
        sign_ins.ask(address)
        time.sleep(max(0, ANSWERS_AFTER - (time.monotonic() - begun)))
        return said(
            request, _("Look into your mailbox"),
            _("If this address belongs to a member of a board, a link is on its way. It works once, for 30 minutes."),
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
