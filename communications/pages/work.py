"""My day: calls to make, notes to write, gifts to pack, approvals and drafts; outcomes by one click."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from communications.actions import human_tasks
from communications.models import HumanTask
from communications.queries import human_tasks as questions
from communications.queries import plans
from config.admin import site
from customers.actions import history
from customers.models import AccessLog
from customers.pages.listing import Order, keyset
from people.requests import StaffRequest, numbers
from people.telling import telling

VIEW, CHANGE = "communications.view_humantask", "communications.change_humantask"
APPROVE, LEAD = "communications.approve_plan", "people.view_user"
PER_PAGE, AT_HOME = 25, 5
BY_DUE: Order = (["due_at", "id"], [datetime, int])
Outcome = HumanTask.Outcome


@site.page("my-day/", name="my_day", permission=VIEW, menu=gettext_lazy("My day"), icon="checklist", order=7)
def my_day(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    approvals = plans.waiting_approvals() if request.user.has_perm(APPROVE) else plans.waiting_approvals().none()
    return site.render(
        request,
        "communications/work/day.html",
        title=_("My day"),
        counts=questions.counts(at=now, assignee=request.user),
        calls=questions.calls(at=now, assignee=request.user)[:AT_HOME],
        by_hand=questions.by_hand(assignee=request.user)[:AT_HOME],
        approvals=approvals.exclude(asked_by=request.user)[:AT_HOME],
        drafts=plans.drafts_of(request.user.pk)[:AT_HOME],
        escalated=questions.escalated()[:PER_PAGE] if request.user.has_perm(LEAD) else [],
        now=now,
    )


@site.home(permission=VIEW, title=gettext_lazy("To do for customers"), order=12)
def at_home(request: StaffRequest) -> tuple[str, dict[str, Any]] | None:
    counts = questions.counts(at=timezone.now(), assignee=request.user)
    waiting = plans.waiting_approvals().exclude(asked_by=request.user).count() if request.user.has_perm(APPROVE) else 0
    late = counts.anybodys_late if request.user.has_perm(LEAD) else 0
    if not (counts.calls or counts.by_hand or waiting or late):
        return None
    return "communications/work/home.html", {"counts": counts, "waiting": waiting, "late": late}


@site.page("calls/", name="calls", permission=VIEW)
def call_list(request: StaffRequest) -> HttpResponse:
    """The calls that can be made now, one after the other, each with its script."""
    mine = request.GET.get("whose") != "all"
    found = questions.calls(at=timezone.now(), assignee=request.user if mine else None)
    page = keyset(request, found, BY_DUE, limit=PER_PAGE)
    if "after" in request.GET and not page.rows:  # all of these are made
        return redirect(f"{reverse('admin:calls')}{'' if mine else '?whose=all'}")
    phones = questions.phones(page.rows)
    history.note_many([row.customer_id for row in page.rows], AccessLog.What.LISTED, by=request.user, fields=["calls"])
    return site.render(
        request,
        "communications/work/calls.html",
        title=_("Calls"),
        page=page,
        rows=[(row, phones.get(row.customer_id, "")) for row in page.rows],
        mine=mine,
        may_change=request.user.has_perm(CHANGE),
        now=timezone.now(),
    )


@site.page("notes/", name="notes", permission=VIEW)
def note_list(request: StaffRequest) -> HttpResponse:
    """What is written by hand, packed and posted; and what went and may come back."""
    mine = request.GET.get("whose") != "all"
    page = keyset(request, questions.by_hand(assignee=request.user if mine else None), BY_DUE, limit=PER_PAGE)
    return site.render(
        request,
        "communications/work/notes.html",
        title=_("Notes, cards and gifts"),
        page=page,
        addresses=set(questions.addresses(page.rows)),
        sent=questions.sent_lately(at=timezone.now())[:PER_PAGE],
        mine=mine,
        may_change=request.user.has_perm(CHANGE),
        now=timezone.now(),
    )


@site.page("tasks/<int:pk>/outcome/", name="task_outcome", permission=CHANGE)
@require_POST
def outcome(request: StaffRequest, pk: int) -> HttpResponse:
    said, note = request.POST.get("outcome", ""), request.POST.get("note", "")
    acts: dict[str, tuple[Callable[[HumanTask], Any], str]] = {
        Outcome.NOT_REACHED: (
            lambda task: human_tasks.missed(task, note=note, by=request.user),
            _("It is tried again, or ended."),
        ),
        Outcome.RETURNED: (lambda task: human_tasks.came_back(task, by=request.user), _("It counts as not arrived.")),
        "drop": (lambda task: human_tasks.drop(task, by=request.user), _("It is not done.")),
        "take": (lambda task: human_tasks.give(task, to=request.user), _("It is yours now.")),
    }
    act, done = acts.get(said) or (
        lambda task: human_tasks.finish(task, outcome=said, note=note, by=request.user), _("It is written down.")
    )  # fmt: skip
    with telling(request) as say:
        act(get_object_or_404(HumanTask, pk=pk))
        say(done)
    back = request.POST.get("back", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if safe and back.startswith("/") else "admin:my_day")


@site.page("tasks/done/", name="tasks_done", permission=CHANGE)
@require_POST
def all_done(request: StaffRequest) -> HttpResponse:
    """What was chosen on the list is written and sent."""
    done = 0
    for task in HumanTask.objects.filter(pk__in=numbers(request.POST.getlist("task"))):
        try:
            human_tasks.finish(task, outcome=Outcome.SENT, by=request.user)
            done += 1
        except ValidationError as refusal:
            messages.error(request, f"{task.title}: {' '.join(refusal.messages)}")
    said = ngettext("%(count)s is on its way.", "%(count)s are on their way.", done)
    if done:
        messages.success(request, said % {"count": done})
    return redirect("admin:notes")
