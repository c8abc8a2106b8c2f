"""The meeting room, live: for who runs the meeting, and a second screen for everybody."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from advisory.actions import action_items, attendance, ballots, meetings, notes, recommendations
from advisory.actions.changes import touched
from advisory.meeting_forms import BallotForm
from advisory.models import Ballot, Item, Meeting
from advisory.pages.meetings import RUN, VIEW, invitee_of, valid
from advisory.queries import rooms
from config.admin import site
from people.requests import StaffRequest, number

OPEN = (Meeting.State.SCHEDULED, Meeting.State.IN_PROGRESS, Meeting.State.CLOSED)


@site.page("meetings/<int:pk>/room/", name="meeting_room", permission=RUN)
def room(request: StaffRequest, pk: int) -> HttpResponse:
    shown = _shown(pk)
    title, item = shown["meeting"].title, _chosen(request, shown["room"])
    return site.render(
        request, "advisory/room/room.html", title=title, item=item, note=getattr(item, "note", None),
        ballot_form=BallotForm(), **shown,
        breadcrumbs=[(_("Meetings"), reverse("admin:meetings")), (title, reverse("admin:meeting", args=[pk]))],
    )  # fmt: skip


@site.page("meetings/<int:pk>/room/state/", name="meeting_state", permission=VIEW)
@require_safe
def state(request: StaffRequest, pk: int) -> HttpResponse:
    """The moving part of the room or of the second screen: nothing while nothing has changed."""
    if request.GET.get("seen") == rooms.tag(pk):
        return HttpResponse(status=204)
    template = "screen" if request.GET.get("on") == "screen" else "state"
    context = _shown(pk) | {"may_run": request.user.has_perm(RUN)}
    answer = render(request, f"advisory/room/_{template}.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


@site.page("meetings/<int:pk>/screen/", name="meeting_screen", permission=VIEW)
@require_safe
def screen(request: StaffRequest, pk: int) -> HttpResponse:
    return render(request, "advisory/room/screen.html", _shown(pk))


@site.page("meetings/<int:pk>/room/do/", name="meeting_do", permission=RUN)
@require_POST
def do(request: StaffRequest, pk: int) -> HttpResponse:
    """One button of the room. By htmx the moving part comes back; otherwise the page."""
    meeting = _meeting(pk)
    refusal = ""
    try:
        _do(request, meeting)
    except ValidationError as refused:
        refusal = " ".join(refused.messages)
    if not request.headers.get("HX-Request"):
        if refusal:
            messages.error(request, refusal)
        item = number(request.POST.get("item", ""))
        return redirect(reverse("admin:meeting_room", args=[pk]) + (f"?item={item}" if item else ""))
    return render(request, "advisory/room/_state.html", _shown(pk) | {"may_run": True, "refusal": refusal})


def _do(request: StaffRequest, meeting: Meeting) -> None:
    """What the button says. Raises ValidationError, Http404."""
    what, posted = request.POST.get("do", ""), request.POST
    if what == "open":
        meetings.open(meeting, by=request.user)
    elif what == "close":
        meetings.close(meeting, by=request.user)
    elif what == "begin":
        attendance.begin(_item(meeting, posted.get("item", "")))
    elif what in ("come", "come_remotely"):
        invitee = invitee_of(meeting, posted.get("invitee", ""))
        attendance.come(invitee, remotely=what == "come_remotely", by=request.user)
    elif what == "substitute":
        _stands_in(request, meeting)
    elif what == "leave":
        attendance.leave(invitee_of(meeting, posted.get("invitee", "")), by=request.user)
    elif what == "speak":
        attendance.speak(meeting, posted.get("side", ""))
    elif what == "prepare":
        form = BallotForm(posted)
        valid(form)
        item = _item(meeting, posted["item"]) if posted.get("item") else None
        ballots.open(ballots.prepare(meeting, item=item, by=request.user, **form.values()), by=request.user)
    elif what in ("open_ballot", "close_ballot", "publish_ballot"):
        steps = {"open_ballot": ballots.open, "close_ballot": ballots.close, "publish_ballot": ballots.publish}
        steps[what](_ballot(meeting, posted.get("ballot", "")), by=request.user)
    elif what in ("action", "quote", "recommend"):
        _catch(request, meeting, what)
    else:
        raise Http404


def _stands_in(request: StaffRequest, meeting: Meeting) -> None:
    """Somebody came in a member's place. Raises ValidationError, Http404."""
    who = request.POST.get("substitute", "").strip()
    if not who:
        raise ValidationError(_("Say who came instead."), code="name_missing")
    invitee = invitee_of(meeting, request.POST.get("invitee", ""))
    attendance.come(invitee, substitute=who, by=request.user)


def _catch(request: StaffRequest, meeting: Meeting, what: str) -> None:
    """One line, caught while somebody speaks."""
    text = request.POST.get("text", "")
    item = _item(meeting, request.POST["item"]) if request.POST.get("item") else None
    if what == "action":
        action_items.catch(meeting.board, text, meeting=meeting, item=item, owner=meeting.facilitator, by=request.user)
    elif what == "recommend":
        level = item.level if item else meeting.level
        recommendations.propose(meeting.board, text, level=level, by=request.user)
        touched(meeting)
    elif item is None:
        raise ValidationError(_("Begin an item first."), code="no_item")
    else:
        invitee = invitee_of(meeting, request.POST["invitee"]) if request.POST.get("invitee") else None
        notes.quote(item, text, invitee=invitee, by_name="by_name" in request.POST, by=request.user)


@site.page("meetings/<int:pk>/room/notes/<int:item>/", name="meeting_notes", permission=RUN)
@require_POST
def save_notes(request: StaffRequest, pk: int, item: int) -> JsonResponse:
    """Notes as they are typed. Who was overtaken gets what stands there, and loses nothing of their own."""
    found = get_object_or_404(Item.objects.select_related("meeting"), meeting=pk, pk=item)
    version = request.POST.get("version", "")
    try:
        saved = notes.save(found, request.POST.get("text", ""), version=number(version, -1), by=request.user)
    except notes.NotesChanged as refusal:
        there = refusal.note
        return JsonResponse(
            {"conflict": True, "version": there.version, "text": there.text, "why": refusal.messages[0]}
        )
    except ValidationError as refusal:
        return JsonResponse({"why": " ".join(refusal.messages)}, status=400)
    return JsonResponse({"version": saved.version, "at": saved.saved_at.isoformat()})


def _shown(pk: int) -> dict[str, Any]:
    """What the room shows, with the tag of no later a moment: what changes meanwhile comes with the next look."""
    tag = rooms.tag(pk)
    meeting = _meeting(pk)
    return {"tag": tag, "meeting": meeting, "room": rooms.room(meeting, at=timezone.now())}


def _meeting(pk: int) -> Meeting:
    return get_object_or_404(Meeting.objects.select_related("board", "facilitator"), pk=pk, state__in=OPEN)


def _item(meeting: Meeting, pk: str) -> Item:
    found = meeting.items.select_related("meeting").filter(pk=number(pk, 0)).first()
    if found is None:
        raise Http404
    return found


def _ballot(meeting: Meeting, pk: str) -> Ballot:
    found = meeting.ballots.filter(pk=number(pk, 0)).first()
    if found is None:
        raise Http404
    return found


def _chosen(request: StaffRequest, shown: rooms.Room) -> Any:
    """The item whose notes are open: the one that the address names, the one that is on, or the first."""
    wanted = request.GET.get("item", "")
    for slot in shown.slots:
        if str(slot.item.pk) == wanted:
            return slot.item
    return shown.now.item if shown.now else shown.slots[0].item if shown.slots else None
