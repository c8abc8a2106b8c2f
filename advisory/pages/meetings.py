"""Meetings as a list, and the planning page of one: time, place, answers, agenda, what is missing."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from advisory.actions import action_items, meetings
from advisory.meeting_forms import DatesForm, ItemForm, MaterialForm, PlanForm, TimeForm, WordsForm
from advisory.models import ActionItem, Invitee, Meeting
from advisory.queries import meetings as read
from advisory.queries import planning, subjects
from communications import timing
from config.admin import site
from config.menu import Group
from people.requests import StaffRequest, day, number
from people.telling import showing, telling

VIEW, ADD, CHANGE, RUN = (
    "advisory.view_meeting", "advisory.add_meeting", "advisory.change_meeting", "advisory.run_meeting"
)  # fmt: skip
PAST_SHOWN, ACTIONS_SHOWN = 25, 50
BADGES = {"in_progress": "good", "scheduled": "info", "polling": "warn", "cancelled": "bad"}
ANSWERS = {"accepted": "good", "tentative": "warn", "declined": "bad"}
Act = Callable[[StaffRequest, Meeting], Any]


def act(verb: str, permission: str, done: Promise | str) -> Callable[[Act], Act]:
    """One thing done with a meeting, and back to its page; a refusal is said there."""

    def register(step: Act) -> Act:
        @site.page(f"meetings/<int:pk>/{verb}/", name=f"meeting_{verb.replace('-', '_')}", permission=permission)
        @require_POST
        def view(request: StaffRequest, pk: int) -> HttpResponse:
            meeting = get_object_or_404(Meeting.objects.select_related("board"), pk=pk)
            with telling(request) as say:
                step(request, meeting)
                if done:
                    say(str(done))
            return redirect("admin:meeting", pk)

        return step

    return register


def valid(form: Any) -> dict[str, Any]:
    """What was written. Raises ValidationError with what is wrong, field by field."""
    if not form.is_valid():
        wrong = [f"{form.fields[name].label}: {' '.join(texts)}" if name in form.fields else " ".join(texts)
                 for name, texts in form.errors.items()]  # fmt: skip
        raise ValidationError(wrong, code="invalid")
    return dict(form.cleaned_data)


@site.page(
    "meetings/", name="meetings", permission=VIEW, menu=gettext_lazy("Meetings"), icon="groups", group=Group.WORK,
    order=60,
)  # fmt: skip
def meeting_list(request: StaffRequest) -> HttpResponse:
    rows = read.listed()
    state = Meeting.State
    today = timing.business_date(timezone.now())
    past = rows.filter(state__in=[state.CLOSED, state.CANCELLED]).order_by("-starts_at", "-pk")
    actions = ActionItem.objects.filter(state=ActionItem.State.OPEN)
    return site.render(
        request,
        "advisory/meetings/list.html",
        title=_("Meetings"),
        running=rows.filter(state=state.IN_PROGRESS).order_by("starts_at"),
        coming=rows.filter(state__in=[state.SCHEDULED, state.POLLING, state.DRAFT]).order_by("starts_at", "pk"),
        past=Paginator(past, PAST_SHOWN).get_page(request.GET.get("page")),
        overdue=read.overdue_minutes(today),
        actions=actions.select_related("board", "owner", "owner_term__customer").order_by("due_on", "pk")[
            :ACTIONS_SHOWN
        ],
        today=today,
        badges=BADGES,
        may_add=request.user.has_perm(ADD),
        may_change=request.user.has_perm(CHANGE),
    )


@site.page("meetings/new/", name="new_meeting", permission=ADD)
def new_meeting(request: StaffRequest) -> HttpResponse:
    form = PlanForm(request.POST or None, initial={"board": request.GET.get("board"), "facilitator": request.user.pk})
    if request.method == "POST" and form.is_valid():
        with showing(form):
            values = dict(form.cleaned_data)
            meeting = meetings.plan(values.pop("board"), values.pop("title"), by=request.user, **values)
            return redirect("admin:meeting", meeting.pk)
    trail = [(_("Meetings"), reverse("admin:meetings"))]
    return site.render(
        request, "components/form_page.html", title=_("Plan a meeting"), form=form, breadcrumbs=trail,
        verb=_("Plan it"), back=reverse("admin:meetings"),
    )  # fmt: skip


@site.page("meetings/<int:pk>/", name="meeting", permission=VIEW)
def meeting(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Meeting.objects.select_related("board", "facilitator"), pk=pk)
    now = timezone.now()
    context: dict[str, Any] = {
        "meeting": found,
        "badges": BADGES,
        "now": now,
        "answers": ANSWERS,
        "ready": planning.ready(found, at=now) if found.is_open else [],
        "agenda": planning.timed(found, at=now),
        "invitees": found.invitees.select_related("term__customer", "user").order_by("removed_at", "pk"),
        "replies": found.replies.exclude(outcome="taken").order_by("-pk")[:10],
        "moves": found.moves.order_by("-sequence"),
        "reminders": found.reminders.order_by("-minutes_before"),
        "minutes": found.minutes.order_by("-number").first(),
        "may_change": request.user.has_perm(CHANGE) and found.is_open,
        "may_run": request.user.has_perm(RUN),
    }
    if context["may_change"]:
        context |= _planning(request, found)
    return site.render(
        request, "advisory/meetings/meeting.html", title=found.title,
        breadcrumbs=[(_("Meetings"), reverse("admin:meetings"))], **context,
    )  # fmt: skip


def _planning(request: StaffRequest, found: Meeting) -> dict[str, Any]:
    """What only who plans it needs."""
    undecided = found.state in (Meeting.State.DRAFT, Meeting.State.POLLING)
    made = {
        "words": WordsForm(initial={name: getattr(found, name) for name in meetings.WORDS}),
        "time": TimeForm.of(found),
        "item_form": ItemForm(),
        "material_form": MaterialForm(),
        "proposals": planning.proposals(found.board),
        "suggested": subjects.suggested(found, at=timezone.now()),
    }
    if undecided:
        when = day(request.GET.get("day", ""))
        made |= {
            "suggestion": planning.suggest(found.board),
            "day": when,
            "fair": planning.fair(found, when, 120) if when else [],
            "poll": planning.poll(found),
            "dates": DatesForm(initial={"times": "\n".join(
                f"{option.starts_at.astimezone(found.clock):%Y-%m-%d %H:%M}" for option in found.options.all()
            )}),
        }  # fmt: skip
    return made


@site.page("meetings/<int:pk>/book/", name="meeting_book", permission=VIEW)
def book(request: StaffRequest, pk: int) -> HttpResponse:
    """Everything of a meeting on paper: who, when, where, the agenda, what to read, open actions."""
    found = get_object_or_404(Meeting.objects.select_related("board", "facilitator"), pk=pk)
    return site.render(
        request, "advisory/meetings/book.html", title=_("Book of the meeting"), meeting=found,
        agenda=planning.timed(found, at=timezone.now()), actions=planning.open_actions(found.board),
        invitees=found.invitees.filter(removed_at=None).select_related("term__customer", "user").order_by("pk"),
        breadcrumbs=[(_("Meetings"), reverse("admin:meetings")), (found.title, reverse("admin:meeting", args=[pk]))],
    )  # fmt: skip


@site.page("action-items/<int:pk>/", name="settle_action_item", permission="advisory.change_actionitem")
@require_POST
def settle(request: StaffRequest, pk: int) -> HttpResponse:
    item = get_object_or_404(ActionItem, pk=pk)
    with telling(request):
        action_items.settle(
            item, request.POST.get("state", ""), reason=request.POST.get("reason", ""), by=request.user
        )
    return redirect("admin:meetings")


@site.home(permission=VIEW, title=gettext_lazy("Meetings of the board"), order=45)
def today(request: StaffRequest) -> tuple[str, dict[str, Any]] | None:
    """What runs, what is next, and minutes that are overdue."""
    rows = Meeting.objects.coming().select_related("board").order_by("starts_at")[:5]
    overdue = read.overdue_minutes(timing.business_date(timezone.now()))[:5]
    if not rows and not overdue:
        return None
    return "advisory/meetings/home.html", {"meetings": rows, "overdue": overdue, "badges": BADGES}


def invitee_of(meeting: Meeting, pk: str) -> Invitee:
    """Somebody who is asked to this meeting. Raises Http404."""
    found = meeting.invitees.filter(pk=number(pk, 0)).first()
    if found is None:
        raise Http404
    return found
