"""Recommendations: on cards by drag and by keyboard, one of them, and reports to customers."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from advisory.actions import evidence, publications, recommendations
from advisory.actions.recommendations import STEPS
from advisory.board_forms import EvidenceForm, HandlingForm, NewRecommendationForm, ReportForm, ShipForm, UpdateForm
from advisory.models import Board, ProductUpdate, Recommendation, Report
from advisory.pages.boards import attempt
from advisory.queries import recommendations as queries
from communications import timing
from config.admin import site
from config.menu import Group
from feedback.actions import voice
from feedback.models import Handover
from people.requests import StaffRequest, number
from people.telling import showing

VIEW, ADD, CHANGE = (f"advisory.{verb}_recommendation" for verb in ("view", "add", "change"))
DECIDE, REPORT = "advisory.decide_recommendation", "advisory.report_back"
State = Recommendation.State
MOST = 200  # cards on the page


@site.page(
    "recommendations/", name="recommendations", permission=VIEW, menu=gettext_lazy("Recommendations"),
    icon="tips_and_updates", group=Group.CUSTOMERS, order=61,
)  # fmt: skip
def register(request: StaffRequest) -> HttpResponse:
    """Cards in columns. A card is dragged, or moved by the buttons on it."""
    board = Board.objects.filter(pk=number(request.GET.get("board", ""), 0)).first()
    rows = list(queries.register(board, words=request.GET.get("q", "").strip())[: MOST + 1])
    more = len(rows) > MOST
    rows = rows[:MOST]
    supporters = queries.supported(rows)
    today = timing.business_date(timezone.now())
    columns = [
        (
            state, State(state).label,
            [
                (row, supporters.get(row.pk, 0), row.answer_by and row.answer_by < today and state in QUESTIONS)
                for row in rows if row.state == state
            ],
        )
        for state in queries.COLUMNS
    ]  # fmt: skip
    return site.render(
        request,
        "advisory/recommendations/cards.html",
        title=_("Recommendations"),
        columns=columns,
        most=MOST if more else 0,
        boards=Board.objects.order_by("name"),
        board=board,
        words=request.GET.get("q", ""),
        steps={state: [(to, State(to).label) for to in to_] for state, to_ in STEPS.items()},
        handed=Handover.objects.filter(state=Handover.State.WAITING).select_related("theme").order_by("handed_at"),
        may_add=request.user.has_perm(ADD),
        may_decide=request.user.has_perm(DECIDE),
        may_report=request.user.has_perm(REPORT),
    )


WHATS = {
    "proposed": gettext_lazy("taken down"), "moved": gettext_lazy("moved"), "published": gettext_lazy("published"),
    "merged": gettext_lazy("merged into another one"), "took_in": gettext_lazy("took another one in"),
    "advised": gettext_lazy("the board voted"), "linked": gettext_lazy("product update linked"),
}  # fmt: skip
ADVICE = ("yes", "no", "abstain")
QUESTIONS = (State.PROPOSED, State.UNDER_REVIEW)


def above() -> list[tuple[Any, str]]:
    return [(_("Recommendations"), reverse("admin:recommendations"))]


@site.page("recommendations/handed/<int:pk>/", name="answer_handover", permission=DECIDE)
@require_POST
def answer_handover(request: StaffRequest, pk: int) -> HttpResponse:
    """A theme that was handed to the board is taken up as a recommendation, or given back with a word."""
    handed = get_object_or_404(Handover.objects.select_related("theme"), pk=pk)
    if request.POST.get("do") == "take":
        board = get_object_or_404(Board.objects.standing(), pk=number(request.POST.get("board", ""), 0))
        attempt(request, lambda: evidence.take_up(handed, board, by=request.user), _("It is a recommendation now."))
    else:
        text = request.POST.get("text", "")
        attempt(request, lambda: voice.answer(handed, taken=False, text=text, by=request.user), _("Given back."))
    return redirect("admin:recommendations")


@site.page("recommendations/new/", name="new_recommendation", permission=ADD)
def new_recommendation(request: StaffRequest) -> HttpResponse:
    form = NewRecommendationForm(request.POST or None, initial={"board": request.GET.get("board")})
    if form.is_valid():
        said = dict(form.cleaned_data)
        with showing(form):
            made = recommendations.propose(said.pop("board"), said.pop("title"), by=request.user, **said)
            return redirect("admin:recommendation", made.pk)
    return site.render(
        request, "components/form_page.html", title=_("New recommendation"), breadcrumbs=above(), form=form,
        back=reverse("admin:recommendations"),
    )  # fmt: skip


@site.page("recommendations/<int:pk>/", name="recommendation", permission=VIEW)
def recommendation(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(queries.rows(), pk=pk)
    change = request.user.has_perm(CHANGE) and found.state != State.MERGED
    form = HandlingForm.of(found, request.POST if change and request.method == "POST" else None)
    if form.is_valid():
        expected = request.POST.get("version", "")
        with showing(form):
            recommendations.change(found, by=request.user, expected=number(expected), **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("admin:recommendation", pk)
    others = Recommendation.objects.filter(board=found.board).exclude(pk=pk).exclude(state=State.MERGED)
    return site.render(
        request,
        "advisory/recommendations/one.html",
        title=f"{found.number}. {found.title}",
        breadcrumbs=above(),
        one=found,
        form=form,
        may_change=change,
        may_decide=request.user.has_perm(DECIDE),
        steps=[(to, State(to).label) for to in STEPS[found.state]],
        supporters=queries.supporters(found),
        weight=queries.weight(found),
        evidence=found.evidence.select_related("theme", "case", "answer__invitation__survey"),
        told=queries.concerned(found).count() if found.published != found.state else 0,
        updates=found.updates.order_by("pk"),
        history=found.steps.select_related("by").order_by("-at", "-pk"),
        merged=found.merged.order_by("number"),
        others=others.order_by("-number")[:MOST],
        ballots=queries.ballots(found)[:20] if change else [],
        evidence_form=EvidenceForm(recommendation=found),
        update_form=UpdateForm(),
        ship_form=ShipForm(),
        states=dict(State.choices),
        whats=WHATS,
    )


@site.page("recommendations/<int:pk>/move/", name="move_recommendation", permission=DECIDE)
@require_POST
def move(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Recommendation, pk=pk)
    version, to = request.POST.get("version", ""), request.POST.get("to", "")
    if to in State:
        attempt(
            request,
            lambda: recommendations.move(
                found, to, reason=request.POST.get("reason", ""), by=request.user,
                expected=number(version),
            ),
            _("“%(title)s” is now: %(state)s.") % {"title": found.title, "state": State(to).label},
        )  # fmt: skip
    return _back(request, pk)


def _back(request: HttpRequest, pk: int) -> HttpResponse:
    """To the cards, where it was done there."""
    if request.POST.get("back") != "cards":
        return redirect("admin:recommendation", pk)
    board = number(request.POST.get("board", ""))
    query = f"?board={board}" if board else ""
    return redirect(reverse("admin:recommendations") + query)


@site.page("recommendations/<int:pk>/publish/", name="publish_recommendation", permission=DECIDE)
@require_POST
def publish(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Recommendation, pk=pk)
    attempt(
        request, lambda: publications.publish(found, by=request.user),
        _("Members see it now; everybody concerned who agreed to it gets one message."),
    )  # fmt: skip
    return redirect("admin:recommendation", pk)


@site.page("recommendations/<int:pk>/merge/", name="merge_recommendation", permission=DECIDE)
@require_POST
def merge(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Recommendation, pk=pk)
    into = get_object_or_404(Recommendation, pk=number(request.POST.get("into", ""), 0))
    done = attempt(request, lambda: recommendations.merge(found, into=into, by=request.user), _("Merged."))
    return redirect("admin:recommendation", into.pk if done else pk)


@site.page("recommendations/<int:pk>/advise/", name="advise_recommendation", permission=CHANGE)
@require_POST
def advise(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Recommendation, pk=pk)
    votes = [min(number(request.POST.get(name, ""), 0), 999_999) for name in ADVICE]
    ballot = None
    if chosen := number(request.POST.get("ballot", "")):
        ballot = get_object_or_404(queries.ballots(found), pk=chosen)
        votes = [ballot.result["counts"][name] for name in ADVICE]
    attempt(
        request,
        lambda: recommendations.advise(
            found, yes=votes[0], no=votes[1], abstain=votes[2], ballot=ballot, by=request.user
        ),
        _("Saved."),
    )
    return redirect("admin:recommendation", pk)


def tell_wrong(request: HttpRequest, form: Any) -> None:
    """What is wrong in a form that has no page of its own."""
    messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))


@site.page("recommendations/<int:pk>/update/", name="link_update", permission=CHANGE)
@require_POST
def link_update(request: StaffRequest, pk: int) -> HttpResponse:
    found, form = get_object_or_404(Recommendation, pk=pk), UpdateForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data

        def link() -> Recommendation:
            update = said["update"] or evidence.plan_update(
                said["title"], planned_on=said["planned_on"], by=request.user
            )
            return evidence.link(found, update, by=request.user)

        attempt(request, link, _("Linked."))
    else:
        tell_wrong(request, form)
    return redirect("admin:recommendation", pk)


@site.page("recommendations/<int:pk>/updates/<int:update>/ship/", name="ship_update", permission=CHANGE)
@require_POST
def ship_update(request: StaffRequest, pk: int, update: int) -> HttpResponse:
    found, form = get_object_or_404(ProductUpdate, pk=update, recommendations=pk), ShipForm(request.POST)
    if form.is_valid():
        attempt(request, lambda: evidence.ship(found, by=request.user, **form.cleaned_data), _("Shipped."))
    else:
        tell_wrong(request, form)
    return redirect("admin:recommendation", pk)


@site.page("recommendations/reports/", name="board_reports", permission=REPORT)
def reports(request: StaffRequest) -> HttpResponse:
    today = timing.business_date(timezone.now())
    initial = {"since": today - timedelta(days=90), "until": today}
    form = ReportForm(request.POST or None, initial=initial)
    if form.is_valid():
        said = form.cleaned_data
        with showing(form):
            made = publications.report(
                said["board"], said["since"], said["until"], words=said["words"], by=request.user
            )
            return redirect("admin:board_report", made.pk)
    return site.render(
        request, "advisory/recommendations/reports.html", title=_("You said, we did"), breadcrumbs=above(), form=form,
        reports=Report.objects.select_related("board").order_by("-until", "-pk")[:50],
    )  # fmt: skip


@site.page("recommendations/reports/<int:pk>/", name="board_report", permission=REPORT)
def report(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Report.objects.select_related("board"), pk=pk)
    lines = queries.lines(found.board, found.since, found.until)
    return site.render(
        request,
        "advisory/recommendations/report.html",
        title=_("You said, we did"),
        breadcrumbs=[*above(), (_("You said, we did"), reverse("admin:board_reports"))],
        report=found,
        lines=lines,
        concerned=0 if found.sent_at else len(queries.everybody(lines)),
        unpublished=queries.unpublished(found.board, found.since, found.until),
    )


@site.page("recommendations/reports/<int:pk>/send/", name="send_board_report", permission=REPORT)
@require_POST
def send_report(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Report, pk=pk)
    attempt(request, lambda: publications.send(found, by=request.user), _("On its way, once to each."))
    return redirect("admin:board_report", pk)
