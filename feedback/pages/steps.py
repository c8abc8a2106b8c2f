"""The steps of a case: a form for each, one address for each, and back to the case."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.admin import site
from feedback import step_forms as forms
from feedback.actions import complaints, letters, redress, reopenings
from feedback.models import Case, LetterTemplate
from feedback.pages.case import VIEW, address_of_page, found, trail
from feedback.queries import redress as questions
from feedback.queries import steps
from people.models import User
from people.requests import StaffRequest
from people.telling import showing

Said = dict[str, Any]
Purpose = LetterTemplate.Purpose

FORMS: dict[str, type[forms.StepForm]] = {
    "acknowledge": forms.AcknowledgeForm,
    "decide": forms.DecideForm,
    "propose": forms.ProposeForm,
    "offer": forms.OfferForm,
    "close": forms.CloseForm,
    "resolve": forms.ResolveForm,
    "refer": forms.ReferForm,
    "take_up": forms.TakeUpForm,
}
# Letters that go with a step: their text stands in the form.
LETTERS = {"acknowledge": Purpose.ACKNOWLEDGEMENT, "offer": Purpose.OFFER, "close": Purpose.FINAL}
LEADS = {
    "acknowledge": gettext_lazy("Tell the customer that it is here, and by when they have an answer."),
    "propose": gettext_lazy("Within your limit it is approved at once; above it, a colleague approves it."),
    "offer": gettext_lazy("The case waits for the customer's answer. What is accepted is paid at once."),
    "resolve": gettext_lazy("The answer, the decision, the points and the closing happen together, or not at all."),
    "close": gettext_lazy("An offer that was not answered lapses."),
    "refer": gettext_lazy("The customer has gone to somebody outside. For us the case rests until it comes back."),
    "take_up": gettext_lazy("A new case, linked to this one."),
}


def _acknowledge(case: Case, said: Said, by: User) -> Case:
    if said["send"]:
        letters.send(case, Purpose.ACKNOWLEDGEMENT, text=said["text"], channel=said["channel"], by=by)
        return case
    return complaints.acknowledge(case, by=by)


def _propose(case: Case, said: Said, by: User) -> Case:
    key = said["key"] or None
    what = {name: said[name] for name in ("points", "reward", "words")}
    redress.propose(case, said["kind"], amount=said["money"], key=key, by=by, **what)
    return case


@transaction.atomic
def _offer(case: Case, said: Said, by: User) -> Case:
    case = complaints.offer(case, by=by)
    if said["send"]:
        letters.send(case, Purpose.OFFER, text=said["text"], channel=said["channel"], by=by)
    return case


@transaction.atomic
def _close(case: Case, said: Said, by: User) -> Case:
    if said["send"] and "text" in said:
        letters.send(case, Purpose.FINAL, text=said["text"], channel=said["channel"], by=by)
    return complaints.close(case, root_cause=said["root_cause"], by=by)


def _resolve(case: Case, said: Said, by: User) -> Case:
    named = {name: said[name] for name in ("answer", "channel", "outcome", "reason", "root_cause") if name in said}
    return complaints.resolve(case, goodwill=said["goodwill"] or 0, by=by, **named)


TAKE: dict[str, Callable[[Case, Said, User], Case]] = {
    "acknowledge": _acknowledge,
    "investigate": lambda case, said, by: complaints.investigate(case, by=by),
    "decide": lambda case, said, by: complaints.decide(case, outcome=said["outcome"], reason=said["reason"], by=by),
    "propose": _propose,
    "offer": _offer,
    "accept": lambda case, said, by: complaints.accept(case, by=by),
    "decline": lambda case, said, by: complaints.decline(case, by=by),
    "close": _close,
    "resolve": _resolve,
    "refer": lambda case, said, by: complaints.refer(case, to=said["to"], reference=said["reference"], by=by),
    "reopen": lambda case, said, by: reopenings.reopen(case, by=by),
    "take_up": lambda case, said, by: reopenings.take_up(case, text=said["text"], by=by),
}


@site.page("desk/<int:pk>/steps/<slug:step>/", name="case_step", permission=VIEW)
def take(request: StaffRequest, pk: int, step: str) -> HttpResponse:
    """The form of a step, beside the conversation where htmx asks for it; a post takes the step."""
    if step not in TAKE:
        raise Http404
    label, permission = steps.LABELS[step]
    if not request.user.has_perm(permission):
        raise PermissionDenied
    case = found(pk)
    form = _form(step, case, request)
    if form.is_bound and form.is_valid():
        with showing(form):
            after = TAKE[step](case, form.cleaned_data | {"send": "send" in request.POST}, request.user)
            messages.success(request, _("%(step)s: done.") % {"step": label})
            return redirect(address_of_page(request, after))
    context: dict[str, Any] = {
        "case": case, "form": form, "step": step, "label": label, "lead": LEADS.get(step, ""),
        "letter": "text" in form.fields and step in LETTERS, "here": _here(request, case, step),
        "back": address_of_page(request, case),
    }  # fmt: skip
    if request.htmx and request.method == "GET":  # type: ignore[attr-defined]
        return render(request, "feedback/steps/_form.html", context)
    above = [*trail(request), (case.number, address_of_page(request, case))]
    return site.render(request, "feedback/steps/step.html", title=label, breadcrumbs=above, **context)


def _form(step: str, case: Case, request: StaffRequest) -> forms.StepForm:
    kind: type[forms.StepForm] = FORMS.get(step, forms.StepForm)
    if step == "close" and case.kind != Case.Kind.COMPLAINT:
        kind = forms.PlainCloseForm
    if request.method == "POST":
        return kind(case, request.POST)
    initial = {}
    if step in LETTERS and "text" in kind.base_fields:
        initial["text"] = letters.draft(case, LETTERS[step], by=request.user).text
    return kind(case, initial=initial)


def _here(request: StaffRequest, case: Case, step: str) -> str:
    asked = request.GET.urlencode()
    return reverse("admin:case_step", args=[case.pk, step]) + (f"?{asked}" if asked else "")


@site.panel("case", title=gettext_lazy("What to do next"), permission=VIEW, order=10)
def next_steps(request: StaffRequest, case: Case) -> tuple[str, dict[str, Any]]:
    """Beside the conversation: the steps that are possible, and the redress of the case."""
    lines = list(questions.lines_of(case))
    return "feedback/steps/_steps.html", {
        "case": case,
        "steps": [
            (step, step.name in FORMS, _here(request, case, step.name))
            for step in steps.next_steps(case, request.user)
        ],
        "lines": lines,
        "can": {
            "approvers": questions.approvers(lines),
            "add": request.user.has_perm(steps.ADD),
            "undo": request.user.has_perm("feedback.undo_redress"),
        },
    }
