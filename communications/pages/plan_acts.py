"""What is done to a plan by one button: asked for, approved, published, paused, ended, copied, commented."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from communications.actions import approvals, comments, plans, publishing
from communications.models import Approval, Plan
from config.admin import site
from people.requests import StaffRequest, number
from people.telling import telling

CHANGE, PUBLISH = "communications.change_plan", "communications.publish_plan"
APPROVE, COMMENT, ADD = "communications.approve_plan", "communications.add_plancomment", "communications.add_plan"


def act(request: StaffRequest, pk: int, action: Callable[..., Any], done: str) -> HttpResponse:
    """Do it to the version that the page showed; back to the page, with what was said."""
    plan = get_object_or_404(Plan, pk=pk)
    expected = request.POST.get("expected", "")
    with telling(request) as say:
        action(plan, expected=number(expected))
        say(done)
    return redirect("admin:plan", pk)


@site.page("plans/<int:pk>/submit/", name="submit_plan", permission=CHANGE)
@require_POST
def submit(request: StaffRequest, pk: int) -> HttpResponse:
    def asked(plan: Plan, expected: int | None) -> None:
        approvals.submit(plan, by=request.user, expected=expected)

    return act(request, pk, asked, _("It waits for approval now."))


@site.page("plans/<int:pk>/publish/", name="publish_plan", permission=PUBLISH)
@require_POST
def publish(request: StaffRequest, pk: int) -> HttpResponse:
    def published(plan: Plan, expected: int | None) -> None:
        publishing.publish(plan, by=request.user, expected=expected)

    return act(request, pk, published, _("It is live."))


@site.page("plans/<int:pk>/pause/", name="pause_plan", permission=PUBLISH)
@require_POST
def pause(request: StaffRequest, pk: int) -> HttpResponse:
    def paused(plan: Plan, expected: int | None) -> None:
        plans.pause(plan, by=request.user, expected=expected)

    return act(request, pk, paused, _("Nothing of it leaves any more until it goes on."))


@site.page("plans/<int:pk>/resume/", name="resume_plan", permission=PUBLISH)
@require_POST
def resume(request: StaffRequest, pk: int) -> HttpResponse:
    def resumed(plan: Plan, expected: int | None) -> None:
        plans.resume(plan, by=request.user, expected=expected)

    return act(request, pk, resumed, _("It goes on."))


@site.page("plans/<int:pk>/end/", name="end_plan", permission=PUBLISH)
@require_POST
def end(request: StaffRequest, pk: int) -> HttpResponse:
    def ended(plan: Plan, expected: int | None) -> None:
        plans.end(plan, by=request.user, expected=expected)

    return act(request, pk, ended, _("It has ended; what was to come is cancelled."))


@site.page("plans/<int:pk>/decision/", name="decide_plan", permission=APPROVE)
@require_POST
def decide(request: StaffRequest, pk: int) -> HttpResponse:
    """Approve what was shown, or decline it with a reason; not what somebody asks for since."""
    yes, note = request.POST.get("decision") == "yes", request.POST.get("note", "")
    shown = number(request.POST.get("approval", ""), 0)

    def decided(plan: Plan, expected: int | None) -> None:
        asked = Approval.objects.filter(pk=shown, version__plan=plan).first()
        if asked is None:
            raise ValidationError(_("Nobody asks for this any more."))
        (approvals.grant if yes else approvals.decline)(asked, by=request.user, note=note)

    return act(request, pk, decided, _("It is approved.") if yes else _("It is declined."))


@site.page("plans/<int:pk>/copy/", name="copy_plan", permission=ADD)
@require_POST
def copy(request: StaffRequest, pk: int) -> HttpResponse:
    plan = get_object_or_404(Plan, pk=pk)
    name = _("%(plan)s, copy") % {"plan": plan.name[:100]}
    made = plans.duplicate(plan, name=name, key=request.POST.get("key", "")[:90] or None, by=request.user)
    messages.success(request, _("This is the copy, a draft."))
    return redirect("admin:plan", made.pk)


@site.page("plans/<int:pk>/comment/", name="comment_plan", permission=COMMENT)
@require_POST
def comment(request: StaffRequest, pk: int) -> HttpResponse:
    def said(plan: Plan, expected: int | None) -> None:
        comments.say(plan, request.POST.get("text", ""), by=request.user)

    return act(request, pk, said, _("Your comment stands there."))
