"""Corrective actions: what is overdue, what is to come, what was done."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from config.admin import site
from config.menu import Group
from feedback.actions import corrective
from feedback.corrective_forms import ActionForm, ResultForm
from feedback.models import Case, CorrectiveAction
from feedback.queries import causes
from people.forms import Plain
from people.requests import StaffRequest, number
from people.telling import showing

VIEW, ADD, CHANGE = (
    "feedback.view_correctiveaction", "feedback.add_correctiveaction", "feedback.change_correctiveaction"
)  # fmt: skip
OPEN, DONE = 200, 30


@site.page(
    "corrective/", name="corrective_actions", permission=VIEW, menu=gettext_lazy("Corrective actions"),
    icon="build_circle", group=Group.WORK, order=45,
)  # fmt: skip
def action_list(request: StaffRequest) -> HttpResponse:
    today = timezone.localdate()
    return site.render(
        request,
        "feedback/corrective/list.html",
        title=_("Corrective actions"),
        open=causes.open_actions()[:OPEN],
        overdue=causes.overdue_actions(today).count(),
        done=causes.done_actions()[:DONE],
        today=today,
        may_add=request.user.has_perm(ADD),
    )


@site.page("corrective/new/", name="new_corrective_action", permission=ADD)
def new(request: StaffRequest) -> HttpResponse:
    """``?case=`` is the case because of which it is done."""
    asked = number(request.GET.get("case", ""))
    case = None if asked is None else get_object_or_404(Case, pk=asked)
    form = ActionForm.because_of(case, request.POST or None)
    if form.is_valid():
        with showing(form):
            made = corrective.plan(**form.cleaned_data, cases=[case] if case else [], by=request.user)
            messages.success(request, _("It is planned."))
            return redirect("admin:corrective_action", made.pk)
    return site.render(
        request, "components/form_page.html", title=_("New corrective action"), breadcrumbs=_above(), form=form,
        lead=_("Because of case %(case)s") % {"case": case} if case
        else _("Somebody does something by a day, so that it does not happen again."),
        verb=_("Plan"), back=reverse("admin:corrective_actions"),
    )  # fmt: skip


def _above() -> list[tuple[str, str]]:
    return [(_("Corrective actions"), reverse("admin:corrective_actions"))]


def _found(pk: int) -> CorrectiveAction:
    return get_object_or_404(CorrectiveAction.objects.select_related("owner", "root_cause", "planned_by"), pk=pk)


@site.page("corrective/<int:pk>/", name="corrective_action", permission=VIEW)
def action(request: StaffRequest, pk: int) -> HttpResponse:
    return _page(request, _found(pk))


@site.page("corrective/<int:pk>/change/", name="change_corrective_action", permission=CHANGE)
@require_POST
def change(request: StaffRequest, pk: int) -> HttpResponse:
    found = _found(pk)
    form = ActionForm.of(found, request.POST)
    return _done(request, found, form, corrective.change) or _page(request, found, form=form)


@site.page("corrective/<int:pk>/finish/", name="finish_corrective_action", permission=CHANGE)
@require_POST
def finish(request: StaffRequest, pk: int) -> HttpResponse:
    found = _found(pk)
    form = ResultForm(request.POST)
    return _done(request, found, form, corrective.finish, _("It is done.")) or _page(request, found, result=form)


def _done(
    request: StaffRequest, found: CorrectiveAction, form: Plain, act: Callable[..., Any], said: str = ""
) -> HttpResponse | None:
    """Back to the action once it is changed, or done already; nothing where the form has something to correct."""
    if not form.is_valid():
        return None
    with showing(form):
        try:
            act(found, **form.cleaned_data, by=request.user)
        except corrective.AlreadyDone as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            if said:
                messages.success(request, said)
        return redirect("admin:corrective_action", found.pk)
    return None


def _page(
    request: StaffRequest, found: CorrectiveAction, *, form: ActionForm | None = None, result: ResultForm | None = None
) -> HttpResponse:
    return site.render(
        request,
        "feedback/corrective/action.html",
        title=found.what,
        breadcrumbs=_above(),
        action=found,
        overdue=found.done_at is None and found.due_on < timezone.localdate(),
        cases=found.cases.order_by("-received_at", "-pk")[:OPEN],
        may_change=request.user.has_perm(CHANGE) and found.done_at is None,
        form=form or ActionForm.of(found),
        result=result or ResultForm(),
        editing=form is not None,
    )


@site.home(permission=VIEW, title=gettext_lazy("My corrective actions"), order=45)
def own_actions(request: HttpRequest) -> tuple[str, dict[str, object]] | None:
    found = list(causes.open_actions().filter(owner=request.user.pk)[:5])
    return ("feedback/corrective/home.html", {"actions": found, "today": timezone.localdate()}) if found else None
