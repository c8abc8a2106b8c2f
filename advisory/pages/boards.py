"""Boards: the list, a board at a glance, its charter, the planner of the year, and what is overdue at home."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from advisory.actions import boards, charters
from advisory.board_forms import BoardForm, CharterForm, NdaForm, OfficerForm
from advisory.models import Board, Charter, Officer
from advisory.queries import charters as current
from advisory.queries import glance, pools
from advisory.queries.planner import Happening
from communications import timing
from config.admin import site
from config.menu import Group
from people.requests import StaffRequest, number
from people.telling import showing, telling

VIEW, ADD, CHANGE = "advisory.view_board", "advisory.add_board", "advisory.change_board"
CHARTER, PUBLISH = "advisory.change_charter", "advisory.publish_charter"
KINDS = {
    "meeting": gettext_lazy("Meeting"), "minutes": gettext_lazy("Minutes due"), "term": gettext_lazy("Term ends"),
    "renewal": gettext_lazy("Ask who stays"), "review": gettext_lazy("Review the charter"),
    "advice": gettext_lazy("Look at a recommendation again"),
}  # fmt: skip
PAGES = {
    "meeting": "meeting", "minutes": "meeting_minutes", "term": "term", "renewal": "term", "review": "board",
    "advice": "recommendation",
}  # fmt: skip


@site.page(
    "boards/", name="boards", permission=VIEW, menu=gettext_lazy("Advisory boards"), icon="groups",
    group=Group.CUSTOMERS, order=60,
)  # fmt: skip
def board_list(request: StaffRequest) -> HttpResponse:
    return site.render(
        request, "advisory/boards/list.html", title=_("Advisory boards"), boards=list(glance.boards()),
        may_add=request.user.has_perm(ADD),
    )  # fmt: skip


def above(board: Board | None = None) -> list[tuple[Any, str]]:
    trail: list[tuple[Any, str]] = [(_("Advisory boards"), reverse("admin:boards"))]
    return trail if board is None else [*trail, (board.name, reverse("admin:board", args=[board.pk]))]


@site.page("boards/new/", name="new_board", permission=ADD)
def new_board(request: StaffRequest) -> HttpResponse:
    form = BoardForm(request.POST or None)
    if form.is_valid():
        with showing(form):
            board = boards.open(**form.cleaned_data, by=request.user)
            messages.success(request, _("The board is there. Write its charter now."))
            return redirect("admin:charter", board.pk)
    return site.render(
        request, "components/form_page.html", title=_("New advisory board"), breadcrumbs=above(), form=form,
        back=reverse("admin:boards"),
    )  # fmt: skip


@site.page("boards/<int:pk>/change/", name="change_board", permission=CHANGE)
def change_board(request: StaffRequest, pk: int) -> HttpResponse:
    board = get_object_or_404(Board, pk=pk)
    form = BoardForm(request.POST or None, board=board)
    if form.is_valid():
        with showing(form):
            boards.change(board, by=request.user, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("admin:board", pk)
    return site.render(
        request, "components/form_page.html", title=_("Settings"), breadcrumbs=above(board), form=form,
        back=reverse("admin:board", args=[pk]),
    )  # fmt: skip


@site.page("boards/<int:pk>/", name="board", permission=VIEW)
def board(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Board, pk=pk)
    at = timezone.now()
    officers = found.officers.filter(ends_on=None).select_related("term__customer", "user").order_by("duty", "pk")
    return site.render(
        request,
        "advisory/boards/glance.html",
        title=found.name,
        breadcrumbs=above(),
        board=found,
        glance=glance.of(found, at),
        officers=officers,
        officer_form=OfficerForm(board=found),
        mirrors=pools.represented(found),
        today=timing.business_date(at),
        may={name: request.user.has_perm(permission) for name, permission in MAY.items()},
    )


MAY = {
    "change": CHANGE, "charter": CHARTER, "choose": "advisory.choose_members", "impact": "advisory.see_impact",
    "recommendations": "advisory.view_recommendation", "plan": "advisory.add_meeting",
}  # fmt: skip


@site.page("boards/<int:pk>/officers/", name="name_officer", permission=CHANGE)
@require_POST
def name_officer(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Board, pk=pk)
    form = OfficerForm(request.POST, board=found)
    if form.is_valid():
        attempt(
            request, lambda: boards.name_officer(found, form.cleaned_data["duty"], form.who(), by=request.user),
            _("Saved."),
        )  # fmt: skip
    else:
        messages.error(request, _("Choose who it is."))
    return redirect("admin:board", pk)


@site.page("boards/officers/<int:pk>/relieve/", name="relieve_officer", permission=CHANGE)
@require_POST
def relieve_officer(request: StaffRequest, pk: int) -> HttpResponse:
    officer = get_object_or_404(Officer, pk=pk)
    boards.relieve(officer)
    return redirect("admin:board", officer.board_id)


@site.page("boards/<int:pk>/close/", name="close_board", permission=CHANGE)
@require_POST
def close_board(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Board, pk=pk)
    attempt(request, lambda: boards.close(found, by=request.user), _("The board is closed."))
    return redirect("admin:board", pk)


def attempt(request: HttpRequest, act: Any, done: str) -> Any:
    """Do it; say what was done, or why not."""
    with telling(request) as say:
        answer = act()
        say(done)
        return answer
    return None


@site.page("boards/<int:pk>/charter/", name="charter", permission=CHARTER)
def charter(request: StaffRequest, pk: int) -> HttpResponse:
    """The version that comes next: write it, then publish it. The NDA beside it."""
    found = get_object_or_404(Board, pk=pk)
    latest = found.charters.order_by("-number").first()
    form = CharterForm(request.POST if "save" in request.POST else None, charter=latest or Charter())
    nda = current.current_nda(found)
    if "save" in request.POST and form.is_valid():
        with showing(form):
            charters.draft(found, by=request.user, **form.cleaned_data)
            messages.success(request, _("The draft is saved. Members see it once it is published."))
            return redirect("admin:charter", pk)
    return site.render(
        request,
        "advisory/boards/charter.html",
        title=_("Charter"),
        breadcrumbs=above(found),
        board=found,
        form=form,
        draft=latest if latest and latest.published_at is None else None,
        versions=current.versions(found),
        nda=nda,
        nda_form=NdaForm(initial={"text": nda.text if nda else ""}),
        may_publish=request.user.has_perm(PUBLISH),
    )


@site.page("boards/<int:pk>/charter/publish/", name="publish_charter", permission=PUBLISH)
@require_POST
def publish_charter(request: StaffRequest, pk: int) -> HttpResponse:
    draft = get_object_or_404(Charter, board=pk, published_at=None)
    attempt(request, lambda: charters.publish(draft, by=request.user), _("Published: from now on it holds."))
    return redirect("admin:charter", pk)


@site.page("boards/<int:pk>/nda/", name="issue_nda", permission=PUBLISH)
@require_POST
def issue_nda(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Board, pk=pk)
    text = request.POST.get("text", "")
    attempt(request, lambda: charters.issue_nda(found, text, by=request.user), _("Members are asked to sign it."))
    return redirect("admin:charter", pk)


@site.page("boards/year/", name="board_year", permission=VIEW)
def board_year(request: StaffRequest) -> HttpResponse:
    today = timing.business_date(timezone.now())
    asked = number(request.GET.get("year", ""), today.year)
    year = asked if 2000 <= asked <= 2200 else today.year
    months = glance.year(year, list(Board.objects.standing().order_by("name")))
    return site.render(
        request,
        "advisory/boards/year.html",
        title=_("Year of the boards"),
        breadcrumbs=above(),
        year=year,
        months=[
            (date(year, number, 1), [(one, KINDS[one.kind], page_of(one)) for one in rows])
            for number, rows in enumerate(months, start=1)
        ],
        today=today,
        may_see_calendar=request.user.has_perm("communications.view_plan"),
    )


def page_of(one: Happening) -> str:
    """The page of what falls on a day."""
    name, pk = PAGES[one.kind], one.about
    return reverse(f"admin:{name}", args=[pk])


@site.home(permission=VIEW, title=gettext_lazy("Advisory boards"), order=50)
def at_home(request: HttpRequest) -> tuple[str, dict[str, object]] | None:
    """What is overdue or coming on any board."""
    at = timezone.now()
    rows = [(board, glance.of(board, at)) for board in Board.objects.standing().order_by("name")[:6]]
    return ("advisory/boards/home.html", {"rows": rows}) if rows else None
