"""What is done on the case page: answer, note, give, wait, sleep, correct. Each is one post and one action."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from config.admin import site
from feedback import forms, presence
from feedback.actions import assignment, cases, drafts, kinds, macros, mentions, replies, snoozing
from feedback.actions import forms as public
from feedback.models import Case, Draft, Entry, Macro
from feedback.pages.case import ANSWER, ASSIGN, CHANGE, NOTES, VIEW, address_of_page, draw, found, trail
from feedback.public_forms import uploaded
from feedback.queries import conversations, history, people
from people.requests import StaffRequest, number
from people.telling import showing, telling

Act = Callable[[StaffRequest, Case], str]


def act(route: str, *, name: str, permission: str) -> Callable[[Act], Act]:
    """A step on the case page: the function takes it and returns what to say; a refusal is shown on the page."""

    def register(step: Act) -> Act:
        @site.page(f"desk/<int:pk>/{route}/", name=name, permission=permission)
        @require_POST
        @wraps(step)
        def view(request: StaffRequest, pk: int) -> HttpResponse:
            case = found(pk)
            try:
                said = step(request, case)
            except ValidationError as refusal:
                why = [*refusal.messages, *([_("Choose the files again.")] if request.FILES else [])]
                return draw(request, found(pk), written=request.POST.dict(), refused=" ".join(why))
            if said:
                messages.success(request, said)
            return redirect(address_of_page(request, case, request.POST.get("then", "")))

        return step

    return register


@act("reply", name="case_reply", permission=ANSWER)
def reply(request: StaffRequest, case: Case) -> str:
    given = request.POST
    seen = given.get("seen", "")
    entry = replies.send(
        case, given.get("reply", ""), by=request.user, channel=given.get("channel", "email"),
        seen=number(seen), then_wait="then_wait" in given,
        macro=_macro(given.get("macro", "")), files=uploaded(request.FILES.getlist("files")),
    )  # fmt: skip
    return _("Your answer is on its way.") if entry.outgoing else _("What you told them is written down.")


def _macro(chosen: str) -> Macro | None:
    return Macro.objects.filter(pk=number(chosen, 0), retired=False).first()


@site.page("desk/<int:pk>/macro/", name="case_macro", permission=ANSWER)
def macro(request: StaffRequest, pk: int) -> HttpResponse:
    """The text of a macro, filled in for this case: as JSON for the page, or in the box of the whole page."""
    case = found(pk)
    chosen = _macro(request.GET.get("macro", ""))
    text = macros.text_for(chosen, case, by=request.user) if chosen else ""
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"text": text})
    return draw(request, case, written={"reply": text, "macro": str(chosen.pk) if chosen else ""})


@act("give-out", name="case_give_out", permission=ASSIGN)
def give_out(request: StaffRequest, case: Case) -> str:
    given = assignment.give_out(case, by=request.user)
    return _("The case was given to %(to)s.") % {"to": given.assignee}


@act("note", name="case_note", permission=NOTES)
def note(request: StaffRequest, case: Case) -> str:
    text = request.POST.get("note", "")
    mentions.note(case, text, by=request.user)
    drafts.discard(case, by=request.user, kind=Draft.Kind.NOTE)
    return _("The note is kept.")


@act("give", name="case_give", permission=CHANGE)
def give(request: StaffRequest, case: Case) -> str:
    """Anybody who works on cases takes one or lets it go; giving it to somebody else is a right of its own."""
    chosen = request.POST.get("to", "")
    to = get_object_or_404(people.agents(), pk=number(chosen, 0)) if chosen else None
    if to not in (None, request.user) and not request.user.has_perm(ASSIGN):
        raise PermissionDenied
    cases.assign(case, to=to, by=request.user)
    if to is None:
        return _("The case is nobody's now.")
    return _("The case is yours.") if to == request.user else _("The case was given to %(to)s.") % {"to": to}


@act("wait", name="case_wait", permission=CHANGE)
def wait(request: StaffRequest, case: Case) -> str:
    on = request.POST.get("on", "")
    cases.wait(case, on=on if on in Case.Waiting.values else "", by=request.user)
    return ""


@act("snooze", name="case_snooze", permission=CHANGE)
def snooze(request: StaffRequest, case: Case) -> str:
    if "wake" in request.POST:
        snoozing.wake(case, by=request.user)
        return _("The case is in the queue again.")
    form = forms.SleepForm(
        {**request.POST.dict(), "until": request.POST.get("preset") or request.POST.get("until", "")}
    )
    if not form.is_valid():
        raise ValidationError(_("Say until when."), code="until_missing")
    snoozing.snooze(case, **form.cleaned_data, by=request.user)
    return _("The case is asleep.")


@act("revoke", name="case_revoke", permission=CHANGE)
def revoke(request: StaffRequest, case: Case) -> str:
    public.revoke(case, by=request.user)
    return _("Links that the customer was given lead nowhere now. The next message has a new one.")


@act("kind", name="case_kind", permission=CHANGE)
def kind(request: StaffRequest, case: Case) -> str:
    now = kinds.change(case, to=request.POST.get("kind", ""), reason=request.POST.get("reason", ""), by=request.user)
    return _("The case is taken for: %(kind)s.") % {"kind": now.get_kind_display()}


@site.page("desk/<int:pk>/details/", name="case_details", permission=CHANGE)
def details(request: StaffRequest, pk: int) -> HttpResponse:
    """Beside the conversation where htmx asks for it, else a page of its own."""
    case = found(pk)
    form = forms.DetailsForm.of(case, request.POST or None)
    if form.is_valid():
        with showing(form):
            cases.change(case, **form.said(), by=request.user)
            return redirect(address_of_page(request, case))
        form.renew("version", history.version(case))
    context: dict[str, Any] = {"case": case, "form": form, "kinds": Case.Kind.choices}
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "feedback/desk/_details.html", context)
    return site.render(
        request, "feedback/desk/details.html", title=case.number, breadcrumbs=[
            *trail(request), (case.number, address_of_page(request, case))], **context,
    )  # fmt: skip


@site.page("desk/<int:pk>/draft/", name="case_draft", permission=VIEW)
@require_POST
def draft(request: StaffRequest, pk: int) -> HttpResponse:
    """Called by the page every few seconds while somebody writes."""
    case = get_object_or_404(Case, pk=pk)
    kind = request.POST.get("kind", "")
    if kind not in Draft.Kind.values or not request.user.has_perm(ANSWER if kind == Draft.Kind.REPLY else NOTES):
        raise PermissionDenied
    version = request.POST.get("version", "0")
    try:
        kept = drafts.keep(
            case, request.POST.get("text", ""), by=request.user, kind=kind,
            version=number(version, 0),
        )  # fmt: skip
    except drafts.DraftConflict as conflict:
        there = conflict.draft
        words = " ".join(conflict.messages)
        return JsonResponse({"text": there.text, "version": there.version, "message": words}, status=409)
    except ValidationError as refusal:
        return JsonResponse({"message": " ".join(refusal.messages)}, status=400)
    return JsonResponse({"version": kept})


@site.page("desk/<int:pk>/pulse/", name="case_pulse", permission=VIEW)
@require_POST
def pulse(request: StaffRequest, pk: int) -> HttpResponse:
    """Who else is here, and whether more was said since: asked for every ten seconds."""
    case = get_object_or_404(Case.objects.only("pk"), pk=pk)
    if "leave" in request.POST:
        presence.leave(pk, request.user.pk)
        return HttpResponse(status=204)
    seen = number(request.POST.get("seen", ""))
    others = presence.note(pk, request.user.pk, str(request.user), writing=request.POST.get("writing") == "1")
    newer = conversations.newer_than(case, seen, notes=request.user.has_perm(NOTES)) if seen is not None else 0
    return render(request, "feedback/desk/_pulse.html", {"others": others, "newer": newer, "case": case})


@site.page("desk/messages/<int:pk>/again/", name="send_again", permission=ANSWER)
@require_POST
def send_again(request: StaffRequest, pk: int) -> HttpResponse:
    entry = get_object_or_404(Entry.objects.select_related("outgoing", "case"), pk=pk)
    with telling(request) as say:
        replies.send_again(entry, by=request.user)
        say(_("It is tried once more."))
    return redirect(f"{address_of_page(request, entry.case)}#message-{entry.pk}")
