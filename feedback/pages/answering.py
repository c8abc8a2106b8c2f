"""The page where a customer answers a survey: no account, one question a step, stored on POST only."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from feedback.actions import answers
from feedback.models import Invitation
from feedback.surveys import branching
from feedback.surveys.questions import Content, Kind, Question, read
from people import visitors

PER_MINUTE = 60
STATUS = {"link_unknown": 404, "link_used": 200, "link_expired": 410}


# The token in the address is what lets somebody answer, and no cookie does: a forged form would need the token.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: HttpRequest, token: str) -> HttpResponse:
    if not visitors.may_go_on(request, "survey", per_minute=PER_MINUTE):
        return _said(request, _("Too many attempts"), _("Wait a minute and try again."), 429)
    try:
        invitation = answers.found(token)
    except answers.LinkRefused as refusal:
        return _refused(request, token, refusal)
    with translation.override(invitation.language):
        answer = _step(request, token, invitation)
    answer["X-Robots-Tag"] = "noindex"
    answer["Referrer-Policy"] = "no-referrer"
    return answer


def _step(request: HttpRequest, token: str, invitation: Invitation) -> HttpResponse:
    assert invitation.version
    content = read(invitation.version.content)
    if request.method != "POST":
        given = answers.given(invitation)
        return _asked(request, invitation, content, _wanted(request, content, given), given)
    code, said = request.POST.get("question", ""), request.POST.getlist("answer")
    question = content.question(code)
    several = question is not None and question.kind == Kind.SEVERAL
    try:
        invitation = answers.answer(token, code, said if several else "".join(said[:1]))
    except answers.LinkRefused as refusal:
        return _refused(request, token, refusal)
    except ValidationError as refusal:
        given = answers.given(invitation)
        question = question or _wanted(request, content, given)
        return _asked(request, invitation, content, question, given, refusal=" ".join(refusal.messages), status=400)
    there = reverse("survey", args=[token])
    if invitation.state == Invitation.State.ANSWERED:
        return redirect(there)
    given = answers.given(invitation)
    following = branching.next_after(content, given, code) or branching.first_open(content, given)
    return redirect(f"{there}?question={following.code}" if following else there)


def _wanted(request: HttpRequest, content: Content, given: Any) -> Question:
    """The question that the address names, if it is asked; otherwise where somebody left off."""
    asked = branching.shown(content, given)
    named = next((each for each in asked if each.code == request.GET.get("question")), None)
    if "answer" in request.GET:
        return asked[0]
    return named or branching.first_open(content, given) or asked[-1]


def _asked(
    request: HttpRequest, invitation: Invitation, content: Content, question: Question, given: Any, *,
    refusal: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    asked = branching.shown(content, given)
    place = next((place for place, each in enumerate(asked) if each.code == question.code), 0)
    context = shown(content, question, invitation.language, chosen=_chosen(request, question, given)) | {
        "place": place + 1,
        "count": len(asked),
        "back": asked[place - 1].code if place else "",
        "refusal": refusal,
        "intro": content.intro.get(invitation.language, "") if not place else "",
    }
    return render(request, "feedback/public/question.html", context, status=status)


def _chosen(request: HttpRequest, question: Question, given: Any) -> list[str]:
    """What is shown as chosen: what was just sent, what the link in the mail says, or what was answered before."""
    if request.method == "POST":
        return request.POST.getlist("answer")
    if "answer" in request.GET and question.scale:
        return [request.GET["answer"]]
    value = given.get(question.code, [])
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


def shown(content: Content, question: Question, language: str, *, chosen: list[str]) -> dict[str, Any]:
    """What the template of a question needs, here and in the preview."""
    options = [(str(number), str(number)) for number in question.scale]
    options += [(each.code, each.text[language]) for each in question.choices]
    return {
        "language": language,
        "question": question,
        "text": question.text[language],
        "low": question.low.get(language, ""),
        "high": question.high.get(language, ""),
        "options": [(code, text, code in chosen) for code, text in options],
        "typed": chosen[0] if chosen else "",
    }


def _refused(request: HttpRequest, token: str, refusal: answers.LinkRefused) -> HttpResponse:
    """Polite, in the language of whom it was for where that is known, and with no word about who it was."""
    used = refusal.code == "link_used"
    invitation = answers.used(token) if used else None
    with translation.override(invitation.language if invitation else translation.get_language()):
        if invitation and invitation.version:
            thanks = read(invitation.version.content).thanks.get(invitation.language, "")
            return _said(request, _("Thank you!"), thanks or _("Your answers have arrived."), STATUS["link_used"])
        return _said(request, _("This link cannot be used"), " ".join(refusal.messages), STATUS[str(refusal.code)])


def _said(request: HttpRequest, heading: str, text: str, status: int) -> HttpResponse:
    context = {"heading": heading, "text": text, "language": translation.get_language()}
    answer = render(request, "feedback/public/said.html", context, status=status)
    answer["X-Robots-Tag"] = "noindex"
    answer["Referrer-Policy"] = "no-referrer"
    return answer
