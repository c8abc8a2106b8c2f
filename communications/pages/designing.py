"""Write a plan: what it is for, and its steps one by one. Each save changes the draft and nothing that is live."""

import re
from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from communications import designs
from communications.actions import plans
from communications.designs import Design, StepDesign
from communications.models import Plan, Step
from communications.pages.plans import above
from communications.plan_forms import CampaignForm, PlanForm, SequenceForm
from communications.step_forms import StepForm
from config.admin import site
from people.requests import StaffRequest, day, number
from people.telling import showing, telling

ADD, CHANGE = "communications.add_plan", "communications.change_plan"


def _form_of(kind: str) -> type[PlanForm]:
    return CampaignForm if kind == Plan.Kind.CAMPAIGN else SequenceForm


@site.page("plans/new/", name="new_plan", permission=ADD)
def new(request: StaffRequest) -> HttpResponse:
    """A campaign on a day, or a sequence; kept as a draft, or as an idea that only stands on the calendar."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in Plan.Kind.values else Plan.Kind.SEQUENCE.value
    start = Design(anchor="date" if kind == Plan.Kind.CAMPAIGN else "birthday", purpose="offers")
    if kind == Plan.Kind.CAMPAIGN:
        start = replace(start, starts_on=day(request.GET.get("day", "")[:10]))
    initial = _form_of(kind).initial_of(Plan(needs_approval=True, owner=request.user), start)
    form = _form_of(kind)(request.POST or None, initial=initial)
    if form.is_valid():
        said, idea = form.cleaned_data, "idea" in request.POST
        with showing(form):
            plan = plans.create(
                said["name"],
                kind=kind,
                design=form.design(start),
                idea=idea,
                needs_approval=said["needs_approval"],
                owner=said["owner"],
                by=request.user,
            )
            messages.success(request, _("It stands on the calendar.") if idea else _("Now its steps."))
            return redirect("admin:plan", plan.pk)
    title = _("New campaign") if kind == Plan.Kind.CAMPAIGN else _("New sequence")
    return site.render(
        request, "communications/plans/form.html", title=title, breadcrumbs=above(), form=form, new=True
    )


@site.page("plans/<int:pk>/edit/", name="edit_plan", permission=CHANGE)
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    plan = get_object_or_404(Plan, pk=pk)
    before = designs.of(plans.latest(plan))
    form = _form_of(plan.kind)(request.POST or None, initial=_form_of(plan.kind).initial_of(plan, before))
    if form.is_valid():
        said = form.cleaned_data
        with showing(form):
            plans.edit(
                plan,
                form.design(before),
                name=said["name"],
                needs_approval=said["needs_approval"],
                owner=said["owner"],
                by=request.user,
                expected=_expected(request),
            )
            messages.success(request, _("The draft is kept."))
            return redirect("admin:plan", pk)
    return site.render(
        request,
        "communications/plans/form.html",
        title=plan.name,
        breadcrumbs=above(plan),
        form=form,
        plan=plan,
        expected=request.POST.get("expected", plan.version),
    )


@site.page("plans/<int:pk>/steps/new/", name="new_step", permission=CHANGE)
def new_step(request: StaffRequest, pk: int) -> HttpResponse:
    return _step_form(request, pk, "")


@site.page("plans/<int:pk>/steps/<slug:key>/", name="edit_step", permission=CHANGE)
def edit_step(request: StaffRequest, pk: int, key: str) -> HttpResponse:
    return _step_form(request, pk, key)


def _step_form(request: StaffRequest, pk: int, key: str) -> HttpResponse:
    plan = get_object_or_404(Plan, pk=pk)
    design = designs.of(plans.latest(plan))
    step = _find(design, key) if key else StepDesign(key="", name="", kind=Step.Kind.EMAIL)
    form = StepForm(request.POST or None, initial=StepForm.initial_of(step), design=design, key=key)
    if form.is_valid():
        said = form.step(step)
        if key:
            steps = tuple(said if one.key == key else one for one in design.steps)
        else:
            steps = (*design.steps, replace(said, key=_free_key(design, said.name)))
        with showing(form):
            plans.edit(plan, replace(design, steps=steps), by=request.user, expected=_expected(request))
            messages.success(request, _("The step is kept in the draft."))
            return redirect("admin:plan", pk)
    return site.render(
        request,
        "communications/plans/form.html",
        title=step.name or _("New step"),
        breadcrumbs=above(plan),
        form=form,
        plan=plan,
        expected=request.POST.get("expected", plan.version),
    )


@site.page("plans/<int:pk>/steps/<slug:key>/place/", name="place_step", permission=CHANGE)
@require_POST
def place_step(request: StaffRequest, pk: int, key: str) -> HttpResponse:
    """A step one place up or down, or away."""
    plan = get_object_or_404(Plan, pk=pk)
    design = designs.of(plans.latest(plan))
    step, steps = _find(design, key), list(design.steps)
    here = steps.index(step)
    steps.remove(step)
    to = request.POST.get("to")
    if to in ("up", "down"):
        steps.insert(max(0, here + (1 if to == "down" else -1)), step)
    with telling(request):
        plans.edit(plan, replace(design, steps=tuple(steps)), by=request.user, expected=_expected(request))
    return redirect("admin:plan", pk)


def _find(design: Design, key: str) -> StepDesign:
    found = next((step for step in design.steps if step.key == key), None)
    if found is None:
        raise Http404
    return found


def _free_key(design: Design, name: str) -> str:
    """A key of the name's letters; a number where it is taken."""
    base = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:24] or "step"
    taken, n, key = {step.key for step in design.steps}, 1, base
    while key in taken:
        n, key = n + 1, f"{base}-{n + 1}"
    return key


def _expected(request: StaffRequest) -> int | None:
    return number(request.POST.get("expected", ""))
