"""Surveys: the list, the editor with its live preview, a trial run, and what can be done with one."""

import json
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from config.admin import site
from config.menu import Group
from customers.pages.listing import chosen
from feedback.actions import answers, occasions, surveys
from feedback.models import Survey, SurveyVersion
from feedback.pages.answering import shown
from feedback.queries import survey_results
from feedback.queries.versions import version as seen_now
from feedback.survey_forms import Draft, SettingsForm, beginning
from feedback.surveys import branching
from feedback.surveys.questions import Content, Question, read
from people.requests import StaffRequest, number
from people.telling import showing, telling

VIEW, ADD, CHANGE, SEND = (f"feedback.{verb}_survey" for verb in ("view", "add", "change", "send"))
LATELY = timedelta(days=90)


@site.page(
    "surveys/",
    name="surveys",
    permission=VIEW,
    menu=gettext_lazy("Surveys"),
    icon="poll",
    group=Group.CUSTOMERS,
    order=50,
)
def survey_list(request: StaffRequest) -> HttpResponse:
    rows = list(Survey.objects.order_by("state", "name"))
    lately = survey_results.latest(rows, timezone.now() - LATELY)
    return site.render(
        request,
        "feedback/surveys/list.html",
        title=_("Surveys"),
        rows=[(row, lately.get(row.pk)) for row in rows],
        rules=surveys.rules(),
        may_add=request.user.has_perm(ADD),
        may_change=request.user.has_perm(CHANGE),
    )


def above() -> list[tuple[Any, str]]:
    return [(_("Surveys"), reverse("admin:surveys"))]


@site.page("surveys/cooldown/", name="survey_cooldown", permission=CHANGE)
@require_POST
def cooldown(request: StaffRequest) -> HttpResponse:
    days = number(request.POST.get("days", ""))
    if days is not None and days <= 3650:
        surveys.set_cooldown(days)
        messages.success(request, _("Saved."))
    else:
        messages.error(request, _("That is no number of days."))
    return redirect("admin:surveys")


@site.page("surveys/new/", name="new_survey", permission=ADD)
def new_survey(request: StaffRequest) -> HttpResponse:
    return _editor(request, None)


@site.page("surveys/<int:pk>/change/", name="change_survey", permission=CHANGE)
def change_survey(request: StaffRequest, pk: int) -> HttpResponse:
    return _editor(request, get_object_or_404(Survey, pk=pk))


def _editor(request: StaffRequest, survey: Survey | None) -> HttpResponse:
    version = survey.versions.order_by("-number").first() if survey else None
    if request.method == "POST":
        draft = Draft.posted(request.POST)
    else:
        draft = (
            Draft.of(read(version.content))
            if version
            else beginning(chosen(request, "kind", Survey.Kind.values) or "nps")
        )
    save = "save" in request.POST
    form = SettingsForm(
        request.POST if save else None, survey=survey, languages=draft.languages, typed=request.POST
    )  # fmt: skip
    if save and form.is_valid():
        with showing(form):
            kept = _keep(survey, form, draft, request)
            messages.success(request, _("Saved. Questions are asked once they are published."))
            return redirect("admin:survey_results", kept.pk)
        if survey:
            form.renew("seen", seen_now(Survey.objects.get(pk=survey.pk)))
    return site.render(
        request,
        "feedback/surveys/form.html",
        title=survey.name if survey else _("New survey"),
        breadcrumbs=above(),
        form=form,
        survey=survey,
        draft=draft,
        **_preview(draft, draft.languages[0]),
    )


def _keep(survey: Survey | None, form: SettingsForm, draft: Draft, request: StaffRequest) -> Survey:
    if survey is not None:
        seen = form.cleaned_data["seen"]
        return surveys.change(survey, content=draft.said(), seen=seen, by=request.user, **form.settings())
    said = form.cleaned_data
    return surveys.make(
        said["code"], said["name"], kind=said["kind"], content=draft.said(), by=request.user,
        **{name: value for name, value in form.settings().items() if name != "name"},
    )  # fmt: skip


@site.page("surveys/draft/", name="survey_draft", permission=VIEW)
@require_POST
def draft_rows(request: StaffRequest) -> HttpResponse:
    """The questions again, after one was added, dropped, moved or became of another kind."""
    answer = render(request, "feedback/surveys/_rows.html", {"draft": Draft.posted(request.POST)})
    answer["HX-Trigger-After-Swap"] = "rows-changed"
    return answer


@site.page("surveys/preview/", name="survey_preview", permission=VIEW)
@require_POST
def preview(request: StaffRequest) -> HttpResponse:
    draft = Draft.posted(request.POST)
    language = request.POST.get("preview", "")
    context = _preview(draft, language if language in draft.languages else draft.languages[0])
    return render(request, "feedback/surveys/_preview.html", context | {"draft": draft})


def _preview(draft: Draft, language: str) -> dict[str, Any]:
    """Each question as a customer sees it, in one language."""
    content = draft.content()
    questions = [shown(content, each, language, chosen=[]) for each in content.questions] if content else []
    return {"questions": questions, "error": draft.error, "language": language, "languages": draft.languages}


@site.page("surveys/<int:pk>/try/", name="try_survey", permission=VIEW)
def try_survey(request: StaffRequest, pk: int) -> HttpResponse:
    """The page of the customers, in a trial run: nothing is stored, what was said goes along in the page."""
    survey = get_object_or_404(Survey, pk=pk)
    version: SurveyVersion = survey.versions.order_by("-number")[0]
    content = read(version.content)
    language = content.language(request.GET.get("language", ""))
    given = _so_far(request.GET.get("given", ""), content)
    question, refusal = _tried(request, content, given)
    with translation.override(language):
        if question is None:
            context = {"heading": _("Thank you!"), "text": content.thanks.get(language, ""), "language": language}
            return render(request, "feedback/public/said.html", context | {"trial": survey})
        asked = branching.shown(content, given)
        place = asked.index(question)
        context = shown(content, question, language, chosen=[]) | {
            "place": place + 1, "count": len(asked), "refusal": refusal, "trial": survey,
            "given": json.dumps(given), "intro": content.intro.get(language, "") if not place else "",
        }  # fmt: skip
        return render(request, "feedback/public/question.html", context)


def _so_far(text: str, content: Content) -> dict[str, Any]:
    try:
        said = json.loads(text or "{}")
    except ValueError:
        return {}
    known = {question.code for question in content.questions}
    return {code: value for code, value in said.items() if code in known} if isinstance(said, dict) else {}


def _tried(request: StaffRequest, content: Content, given: dict[str, Any]) -> tuple[Question | None, str]:
    """The next question of a trial run after what was just said, which is put into ``given``."""
    question = content.question(request.GET.get("question", ""))
    if question is None:
        return branching.shown(content, given)[0], ""
    said: Any = request.GET.getlist("answer")
    try:
        value = answers.checked(question, said if question.kind == "several" else "".join(said[:1]))
    except ValidationError as refusal:
        return question, " ".join(refusal.messages)
    if value is not None:
        given[question.code] = value
    return branching.next_after(content, given, question.code), ""


@site.page("surveys/<int:pk>/publish/", name="publish_survey", permission=CHANGE)
@require_POST
def publish(request: StaffRequest, pk: int) -> HttpResponse:
    return _do(request, pk, surveys.publish, _("Published: from now on this version is asked."))


@site.page("surveys/<int:pk>/pause/", name="pause_survey", permission=CHANGE)
@require_POST
def pause(request: StaffRequest, pk: int) -> HttpResponse:
    return _do(request, pk, surveys.pause, _("Paused: nobody is invited."))


@site.page("surveys/<int:pk>/resume/", name="resume_survey", permission=CHANGE)
@require_POST
def resume(request: StaffRequest, pk: int) -> HttpResponse:
    return _do(request, pk, surveys.resume, _("The survey goes on."))


@site.page("surveys/<int:pk>/wave/", name="survey_wave", permission=SEND)
@require_POST
def wave(request: StaffRequest, pk: int) -> HttpResponse:
    """Invite the members of the survey's segment; who was asked lately is left out as each is sent."""
    survey = get_object_or_404(Survey, pk=pk)
    with telling(request) as say:
        planned = occasions.ask_segment(survey, by=request.user)
        said = ngettext("%(count)s invitation is planned.", "%(count)s invitations are planned.", planned)
        say(said % {"count": planned})
    return redirect("admin:survey_results", pk)


def _do(request: StaffRequest, pk: int, action: Any, done: str) -> HttpResponse:
    with telling(request) as say:
        action(get_object_or_404(Survey, pk=pk))
        say(done)
    return redirect("admin:survey_results", pk)
