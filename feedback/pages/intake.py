"""Pages for those who write to us: the form, and how it goes with what they sent. No account, no script."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from feedback import links
from feedback.actions import complaints, forms
from feedback.actions.forms import LinkRefused
from feedback.mail import quotes
from feedback.models import Attachment, Case, Entry
from feedback.pages.files import served
from feedback.public_forms import FeedbackForm, MoreForm
from feedback.queries.letters import lines_of_redress
from feedback.queries.promises import promise, zone_of
from people import visitors

LOOKS_PER_MINUTE, SENDS_PER_MINUTE = 60, 6
MOST_SHOWN = 200
STATUS = {"link_unknown": 404, "link_expired": 410}
IN_WORDS = {
    Case.Stage.RECEIVED: gettext_lazy("We have it, and will look into it."),
    Case.Stage.ACKNOWLEDGED: gettext_lazy("We have it, and will look into it."),
    Case.Stage.INVESTIGATING: gettext_lazy("Somebody is looking into it."),
    Case.Stage.DECISION: gettext_lazy("It is decided. You hear from us what follows."),
    Case.Stage.OFFERED: gettext_lazy("We have made you an offer, and wait for your answer."),
    Case.Stage.ACCEPTED: gettext_lazy("You have accepted our offer."),
    Case.Stage.DECLINED: gettext_lazy("You have declined our offer. We look at it again."),
    Case.Stage.CLOSED: gettext_lazy("It is closed. Write below if it should be opened again."),
    Case.Stage.REOPENED: gettext_lazy("It is open again, and somebody is looking into it."),
    Case.Stage.REFERRED: gettext_lazy("It is with an outside body now."),
}
Page = Callable[..., HttpResponse]


def public(page: Page) -> Page:
    """Kept nowhere, found by no search engine, told to no other site; not more often than a person looks."""

    @wraps(page)
    def shown(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        most, what = (SENDS_PER_MINUTE, "send") if request.method == "POST" else (LOOKS_PER_MINUTE, "look")
        if visitors.may_go_on(request, f"feedback:{what}", per_minute=most):
            answer = page(request, *args, **named)
        else:
            answer = _said(request, _("Too many attempts"), _("Wait a minute and try again."), 429)
        answer["X-Robots-Tag"] = "noindex"
        answer["Referrer-Policy"] = "same-origin"  # the check of forged forms needs it; other sites hear nothing
        return answer

    return never_cache(shown)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest) -> HttpResponse:
    language = _language(request)
    with translation.override(language):
        asked = FeedbackForm(request.POST or None, request.FILES or None)
        status = 200
        if request.method == "POST":
            if asked.is_valid():
                try:
                    values = dict(asked.cleaned_data)
                    case = forms.send(values.pop("kind"), trap=values.pop("website"), language=language, **values)
                except ValidationError as refusal:
                    field = getattr(refusal, "field", None)
                    asked.add_error(field if field in asked.fields else None, refusal)
                else:
                    return redirect(f"{links.path(case)}?sent=1")
            status = 400
        context = {"form": asked, "begun": forms.began(), "language": language, "languages": settings.LANGUAGES}
        return render(request, "feedback/public/form.html", context, status=status)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def status(request: HttpRequest, token: str) -> HttpResponse:
    try:
        case = forms.find(token)
    except LinkRefused as refusal:
        return _refused(request, refusal)
    with translation.override(case.language):
        if request.method != "POST":
            return _status(request, case, MoreForm(), 200)
        what = request.POST.get("do", "")
        more = MoreForm() if what else MoreForm(request.POST, request.FILES)
        try:
            case = _done(what, case, more)
        except ValidationError as refusal:
            refused = [] if hasattr(refusal, "error_dict") else refusal.messages
            return _status(request, case, more, 400, refused=refused)
        return redirect(f"{links.path(case)}?sent=1")


@public
@require_safe
def file(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """A file of the conversation, for who holds the link."""
    try:
        case = forms.find(token)
    except LinkRefused as refusal:
        return _refused(request, refusal)
    found = Attachment.objects.filter(pk=pk, entry__case=case).exclude(entry__kind=Entry.Kind.NOTE).first()
    if found is None:
        raise Http404
    return served(found)


def _done(what: str, case: Case, more: MoreForm) -> Case:
    if what == "solved":
        return forms.solved(case)
    if what == "accept":
        return complaints.accept(case)
    if what == "decline":
        return complaints.decline(case)
    if not more.is_valid():
        raise ValidationError(more.errors.as_data())
    return forms.add(case, **more.cleaned_data).case


def _status(
    request: HttpRequest, case: Case, more: MoreForm, code: int, *, refused: Sequence[str] = ()
) -> HttpResponse:
    said = case.entries.exclude(kind=Entry.Kind.NOTE).prefetch_related("attachments").order_by("-at", "-pk")
    context = {
        "case": case,
        "words": IN_WORDS[Case.Stage(case.stage)],
        "promise": promise(case, timezone.now()) if case.is_open or case.spam else None,
        "said": [(entry, quotes.split(entry.text)[0]) for entry in said[:MOST_SHOWN]],
        "offered": lines_of_redress(case) if case.stage == Case.Stage.OFFERED else [],
        "form": more,
        "refused": refused,
        "sent": "sent" in request.GET,
        "language": case.language,
        "token": request.resolver_match.kwargs["token"] if request.resolver_match else "",
    }
    with timezone.override(zone_of(case)):
        return render(request, "feedback/public/status.html", context, status=code)


def _language(request: HttpRequest) -> str:
    wanted = request.GET.get("lang", "")
    known = {code for code, _name in settings.LANGUAGES}
    return wanted if wanted in known else (translation.get_language() or "en")[:2]


def _refused(request: HttpRequest, refusal: LinkRefused) -> HttpResponse:
    return _said(request, _("This page cannot be shown"), " ".join(refusal.messages), STATUS[str(refusal.code)])


def _said(request: HttpRequest, heading: str, text: str, status: int) -> HttpResponse:
    context = {"heading": heading, "text": text, "language": translation.get_language()}
    return render(request, "feedback/public/said.html", context, status=status)
