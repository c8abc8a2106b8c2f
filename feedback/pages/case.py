"""The case page: what was said, what is to be done, and who it is about."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from config.admin import site
from feedback.actions.replies import SPOKEN
from feedback.models import Case, Draft, Entry
from feedback.pages.shown import STAGES, due_state
from feedback.queries import conversations, people, queue
from feedback.queries.macros import offered
from feedback.queries.threads import address_of
from people.requests import StaffRequest, number

VIEW, NOTES, ANSWER, CHANGE = (
    "feedback.view_case", "feedback.read_notes", "feedback.answer_case", "feedback.change_case"
)  # fmt: skip
MERGE, ASSIGN = "feedback.merge_case", "feedback.assign_case"
ALL = Case.objects.select_related(
    "customer__profile", "team", "assignee", "theme", "root_cause", "purchase", "merged_into", "came_from"
)  # fmt: skip


def found(pk: int) -> Case:
    return get_object_or_404(ALL, pk=pk)


@site.page("desk/<int:pk>/", name="case", permission=VIEW)
def case_page(request: StaffRequest, pk: int) -> HttpResponse:
    case = found(pk)
    if case.merged_into is not None and "alone" not in request.GET:
        told = _("%(case)s was merged into this case.") % {"case": case.number}
        messages.info(request, told)
        return redirect(address_of_page(request, case.merged_into))
    if request.htmx and "before" in request.GET:  # type: ignore[attr-defined]
        before = request.GET["before"]
        said = _said(request, case, number(before))
        return render(request, "feedback/desk/_said.html", {"case": case, "said": said})
    return draw(request, case)


def draw(
    request: StaffRequest, case: Case, *, written: dict[str, str] | None = None, refused: str = ""
) -> HttpResponse:
    """The page; after a refusal with what was ``written``, and why."""
    before = request.GET.get("before", "")
    now = timezone.now()
    return site.render(
        request,
        "feedback/desk/case.html",
        title=f"{case.number} {case.subject}",
        breadcrumbs=trail(request),
        is_fullwidth="1",
        case=case,
        due=due_state(case, now),
        stage_kind=STAGES.get(Case.Stage(case.stage), ""),
        asleep=case.snoozed_until is not None and case.snoozed_until > now,
        said=_said(request, case, number(before)),
        refused=refused,
        **_writing(request, case, written or {}),
        **_around(request, case),
    )  # fmt: skip


def _said(request: StaffRequest, case: Case, before: int | None) -> conversations.Conversation:
    return conversations.said_in(case, before=before, notes=request.user.has_perm(NOTES))


def _writing(request: StaffRequest, case: Case, written: dict[str, str]) -> dict[str, Any]:
    """What the two boxes hold: what was just written, else the draft."""
    drafts = {draft.kind: draft for draft in Draft.objects.filter(case=case, author=request.user)}
    address = address_of(case)
    spoken = [(channel.value, channel.label) for channel in Case.Channel if channel in SPOKEN]
    return {
        "macros": offered(case) if request.user.has_perm(ANSWER) and case.is_open else [],
        "boxes": {
            kind: {
                "text": written.get(kind, drafts[kind].text if kind in drafts else ""),
                "draft": drafts.get(kind),
                "version": drafts[kind].version if kind in drafts else 0,
            }
            for kind in Draft.Kind.values
        },
        "chosen_macro": written.get("macro", ""),
        "address": address,
        "channels": [*([("email", f"{_('e-mail')}: {address}")] if address else []), *spoken],
        "channel": written.get("channel") or (case.channel if case.channel in SPOKEN else "email"),
    }


def _around(request: StaffRequest, case: Case) -> dict[str, Any]:
    filters = filters_of(request)
    now = timezone.now()
    view = filters.cases(person=request.user, at=now, today_ends=queue.today_ends(now))
    near = queue.neighbours(case, view, due=queue.by_due(filters)) if "list" in request.GET else {}
    may_change = request.user.has_perm(CHANGE)
    return {
        "filters": filters,
        "list": request.GET.get("list"),
        "near": near,
        "agents": people.agents() if may_change and case.is_open else [],
        "sleeps": sleeps(),
        "panels": site.panels(request, "case", case),
        "may": {
            "change": may_change and case.is_open,
            "answer": request.user.has_perm(ANSWER) and case.is_open,
            "note": request.user.has_perm(NOTES),
            "merge": request.user.has_perm(MERGE) and case.is_open,
            "assign": request.user.has_perm(ASSIGN) and case.is_open and case.team_id is not None,
        },
    }


def filters_of(request: StaffRequest) -> queue.Filters:
    """Of the view that the page was opened from."""
    return queue.Filters.read(QueryDict(request.GET.get("list", "")).dict())


def sleeps() -> list[tuple[str, str]]:
    """Usual times to wake a case, in the zone of the one who looks: (when, in words)."""
    here = timezone.localtime().replace(minute=0, second=0, microsecond=0)
    morning = here.replace(hour=9) + timedelta(days=1)
    offered = [
        (here + timedelta(hours=3), _("in three hours")),
        (morning, _("tomorrow morning")),
        (morning + timedelta(days=(7 - morning.weekday()) % 7 or 7), _("next Monday")),
    ]
    return [(when.strftime("%Y-%m-%dT%H:%M"), f"{words}") for when, words in offered]


def trail(request: StaffRequest) -> list[tuple[str, str]]:
    return [(_("Desk"), f"{reverse('admin:desk')}?{filters_of(request).link}")]


def address_of_page(request: StaffRequest, case: Case, anchor: str = "") -> str:
    """Where a step leads back to: the case, within the view that it was opened from."""
    here = reverse("admin:case", args=[case.pk])
    if "list" in request.GET:
        asked = QueryDict(mutable=True)
        asked["list"] = request.GET["list"]
        here = f"{here}?{asked.urlencode()}"
    return f"{here}#{anchor}" if anchor else here


@site.page("desk/messages/<int:pk>/", name="message_as_sent", permission=VIEW)
def as_sent(request: StaffRequest, pk: int) -> HttpResponse:
    """A message with its own looks, in a frame where nothing of it runs and nothing is fetched from elsewhere."""
    entry = get_object_or_404(Entry.objects.select_related("case").exclude(kind=Entry.Kind.NOTE), pk=pk)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "feedback/desk/_as_sent.html", {"entry": entry})
    return site.render(request, "feedback/desk/as_sent.html", title=entry.case.subject, breadcrumbs=[
        *trail(request), (entry.case.number, reverse("admin:case", args=[entry.case_id]))], entry=entry)  # fmt: skip
