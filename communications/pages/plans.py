"""Plans: the list, where one starts from, and one plan with its steps, its approval, its numbers and its history."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from communications import approved, designs, sayings
from communications.actions import plans, publishing, readymade
from communications.flaws import flaws
from communications.models import Plan, PlanComment, PlanVersion
from communications.queries import calendar
from communications.queries import plans as questions
from communications.readymade.catalogue import PLANS
from config.admin import site
from config.menu import Group
from customers.pages.listing import chosen, keyset
from people.requests import StaffRequest

VIEW, ADD = "communications.view_plan", "communications.add_plan"
RIGHTS = {
    "add": ADD,
    "change": "communications.change_plan",
    "publish": "communications.publish_plan",
    "approve": "communications.approve_plan",
    "comment": "communications.add_plancomment",
    "customers": "communications.view_touchpoint",
}
PER_PAGE, HISTORY = 25, 30
WAITS = {"draft": gettext_lazy("your drafts"), "approval": gettext_lazy("what others ask to approve")}
State = Plan.Status


def above(plan: Plan | None = None) -> list[tuple[str, str]]:
    trail = [(_("Plans"), reverse("admin:plans"))]
    return [*trail, (plan.name, reverse("admin:plan", args=[plan.pk]))] if plan else trail


@site.page(
    "plans/", name="plans", permission=VIEW, menu=gettext_lazy("Plans"), icon="route", group=Group.WORK, order=9
)
def plan_list(request: StaffRequest) -> HttpResponse:
    status, kind = chosen(request, "status", State.values), chosen(request, "kind", Plan.Kind.values)
    found, waits = questions.listed(status=status, kind=kind), chosen(request, "waits", list(WAITS))
    if waits == "draft":
        found = found.filter(pk__in=questions.drafts_of(request.user.pk))
    elif waits == "approval":
        asked = questions.waiting_approvals().exclude(asked_by=request.user)
        found = found.filter(pk__in=asked.values("version__plan"))
    page = keyset(request, found, limit=PER_PAGE)
    return site.render(
        request,
        "communications/plans/list.html",
        title=_("Plans"),
        page=page,
        rows=questions.rows(page.rows),
        state=status,
        statuses=State.choices,
        kind=kind,
        waits=waits,
        waiting=WAITS.items(),
        readymade=PLANS,
        may_add=request.user.has_perm(ADD),
    )


@site.page("plans/start/", name="start_plan", permission=ADD)
@require_POST
def start(request: StaffRequest) -> HttpResponse:
    """A draft of one that is ready made."""
    try:
        plan = readymade.start(request.POST.get("code", ""), by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("admin:plans")
    messages.success(request, _("A draft of your own: look at its steps and texts."))
    return redirect("admin:plan", plan.pk)


@site.page("plans/<int:pk>/", name="plan", permission=VIEW)
def plan_page(request: StaffRequest, pk: int) -> HttpResponse:
    plan = get_object_or_404(Plan.objects.select_related("owner", "current"), pk=pk)
    version = plans.latest(plan)
    numbers, steps = questions.numbers(plan), list(questions.steps(version))
    names, named = {step.key: step.name for step in steps}, questions.segments_of(steps)
    return site.render(
        request,
        "communications/plans/plan.html",
        title=plan.name,
        breadcrumbs=above(),
        plan=plan,
        version=version,
        steps=[
            (step, numbers.get(step.key, {}), sayings.conditions(step, names, named) + sayings.patience(step, names))
            for step in steps
        ],
        terms=approved.beside(version, calendar=version.calendar.name if version.calendar else ""),
        approval=questions.approval_of(version),
        comments=PlanComment.objects.filter(plan=plan).select_related("by").order_by("pk"),
        events=plan.events.select_related("by").order_by("-at", "-pk")[:HISTORY],
        may={name: request.user.has_perm(right) for name, right in RIGHTS.items()},
        own=request.user.pk,
        key=f"page:{uuid4()}",
        **_draft(plan, version),
    )


def _draft(plan: Plan, version: PlanVersion) -> dict[str, Any]:
    """What stands in the way of the draft, or what it would do."""
    if version.published_at is not None or plan.status == State.ENDED:
        return {"is_draft": False}
    found = flaws(designs.of(version), plan.kind)
    effect = None
    if not found and plan.current_id:
        effect = publishing.preview(plan, at=timezone.now())
    return {"is_draft": True, "flaws": found, "effect": effect, "over": not found and calendar.is_over(version)}
