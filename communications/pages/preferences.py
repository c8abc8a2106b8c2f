"""Where customers say what they want to hear: one button to end it, and all choices. No account, no script."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from communications import links
from communications.actions import optins, preferences
from communications.actions.preferences import LinkRefused
from customers.models import ConsentDecision, Customer
from customers.queries.consents import current
from people import visitors

Channel, Purpose = ConsentDecision.Channel, ConsentDecision.Purpose
LOOKS_PER_MINUTE = 60
STATUS = {"link_unknown": 404, "link_expired": 410}
PURPOSES: dict[str, Promise] = {
    Purpose.CARE: gettext_lazy("Help with what you bought, and news for regular customers"),
    Purpose.OFFERS: gettext_lazy("Offers and gifts"),
    Purpose.RESEARCH: gettext_lazy("Short surveys and invitations to give advice"),
}
CHANNELS: dict[str, Promise] = {
    Channel.EMAIL: gettext_lazy("by e-mail"),
    Channel.SMS: gettext_lazy("by text message"),
    Channel.PUSH: gettext_lazy("by notification on your device"),
    Channel.PHONE: gettext_lazy("by phone"),
    Channel.POST: gettext_lazy("by post"),
}
Page = Callable[..., HttpResponse]


def public(page: Page) -> Page:
    """Kept nowhere, found by no search engine, told to no other site. Who sends what the signed link allows is never
    turned away: the button of a large mail provider comes from few addresses.
    """

    @wraps(page)
    def shown(request: HttpRequest, token: str) -> HttpResponse:
        if request.method == "POST" or visitors.may_go_on(request, "preferences", per_minute=LOOKS_PER_MINUTE):
            try:
                customer, about = preferences.find(token)
            except LinkRefused as refusal:
                text = " ".join(refusal.messages)
                answer = _said(request, _("This page cannot be shown"), text, STATUS[str(refusal.code)])
            else:
                with translation.override(preferences.language_of(customer)):
                    answer = page(request, customer, about)
        else:
            answer = _said(request, _("Too many attempts"), _("Wait a minute and try again."), 429)
        answer["X-Robots-Tag"] = "noindex"
        answer["Referrer-Policy"] = "no-referrer"
        return answer

    return csrf_exempt(never_cache(shown))  # the signed address is the proof; a mail provider has no cookie


@public
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, customer: Customer, about: links.About) -> HttpResponse:
    """Looking changes nothing; a POST ends it, also the one that a mail program sends by itself (RFC 8058)."""
    channel, purpose = about.channel or Channel.EMAIL, about.purpose or Purpose.OFFERS
    done = False
    if request.method == "POST":
        one_click = request.POST.get("List-Unsubscribe") == "One-Click"
        source = preferences.ONE_CLICK if one_click else preferences.PAGE
        preferences.unsubscribe(customer, channel=channel, purpose=purpose, source=source)
        done = True
    allowed = any(one.allowed for one in current(customer) if (one.channel, one.purpose) == (channel, purpose))
    context = {
        "what": PURPOSES[purpose],
        "how": CHANNELS[channel],
        "done": done,
        "ended": not allowed,
        "all": links.preferences(customer.pk),
    }
    return _page(request, "unsubscribe", context)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def choices(request: HttpRequest, customer: Customer, about: links.About) -> HttpResponse:
    """Everything that a customer may want or not, by what it is about and how it comes."""
    shown = [(channel, purpose) for purpose in PURPOSES for channel in CHANNELS]
    saved = request.method == "POST"
    if saved:
        chosen = set() if "none" in request.POST else set(request.POST.getlist("want"))
        wanted = [choice for choice in shown if "-".join(choice) in chosen]
        preferences.choose(customer, wanted, shown=shown, wording=preferences.wording())
    allowed = {(str(one.channel), str(one.purpose)) for one in current(customer) if one.allowed}
    groups = [
        (
            code,
            label,
            [("-".join((channel, code)), how, (channel, code) in allowed) for channel, how in CHANNELS.items()],
        )
        for code, label in PURPOSES.items()
    ]
    return _page(request, "preferences", {"groups": groups, "saved": saved, "any": bool(allowed)})


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The second step of signing up: looking changes nothing, the button does."""
    try:
        asked = optins.find(token)
    except ValidationError as refusal:
        status = STATUS.get(str(refusal.code), 410)
        answer = _said(request, _("This page cannot be shown"), " ".join(refusal.messages), status)
    else:
        with translation.override(preferences.language_of(asked.customer)):
            if request.method == "POST":
                optins.confirm(asked)
            context = {
                "done": request.method == "POST",
                "what": [PURPOSES[purpose] for purpose in asked.purposes],
                "wording": optins.wording(),
                "all": links.preferences(asked.customer.pk),
            }
            answer = _page(request, "confirm", context)
    answer["X-Robots-Tag"], answer["Referrer-Policy"] = "noindex", "no-referrer"
    return answer


def _page(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    more = {"language": translation.get_language(), "business": settings.BUSINESS_NAME}
    return render(request, f"communications/public/{name}.html", context | more)


def _said(request: HttpRequest, heading: str, text: str, status: int) -> HttpResponse:
    context = {"heading": heading, "text": text, "language": translation.get_language()}
    return render(request, "communications/public/said.html", context, status=status)
