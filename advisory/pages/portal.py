"""The member's own pages, by a signed link: no account, nothing above what they may see, in their own language."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from advisory.actions import agendas, forum, invitations
from advisory.actions import recommendations as acts
from advisory.confidentiality import Level
from advisory.models import Board, Follow, Invitee, Meeting, Term
from advisory.pages.public import nothing_here, too_many
from advisory.queries import access, charters, members, rounds
from advisory.queries import meetings as read
from advisory.queries import portal as questions
from advisory.queries import recommendations as advice
from advisory.queries.people import language
from calendars import icalendar
from people import visitors
from people.requests import number

WRONG_PER_MINUTE = 30
MEETINGS_SHOWN, RECOMMENDATIONS_SHOWN = 20, 100


@dataclass(frozen=True)
class Reader:
    """Who holds the link, and how far they may see."""

    term: Term
    level: Level
    token: str
    at: datetime

    @property
    def board(self) -> Board:
        return self.term.board

    def path(self, name: str = "portal", *args: Any) -> str:
        return reverse(name, args=[self.token, *args])


Page = Callable[..., HttpResponse]

# As a member says it of themselves.
ANSWERS = {
    Invitee.Answer.ACCEPTED.value: _("I come"),
    Invitee.Answer.TENTATIVE.value: _("maybe"),
    Invitee.Answer.DECLINED.value: _("I cannot come"),
}


def member(page: Page) -> Page:
    """Open a page to who holds a link of a seat that is held today; to everybody else it is not there."""

    @never_cache
    @wraps(page)
    def shown(request: HttpRequest, token: str, *args: Any, **named: Any) -> HttpResponse:
        term = access.portal(token)
        if term is None:
            if not visitors.may_go_on(request, "portal", per_minute=WRONG_PER_MINUTE):
                return too_many(request)
            return nothing_here(request, ask=True)
        reader = Reader(term, access.clearance(term), token, timezone.now())
        with translation.override(language(term.customer)), timezone.override(members.clock(term)):
            answer = page(request, reader, *args, **named)
        answer["X-Robots-Tag"] = "noindex"
        answer["Referrer-Policy"] = "same-origin"
        return answer

    return shown


def page_of(request: HttpRequest, reader: Reader, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """A page of the portal with what is on each: whose it is, the board, the language."""
    shared = {
        "reader": reader, "term": reader.term, "board": reader.board, "token": reader.token,
        "language": translation.get_language(), "at": reader.at, "zone": timezone.get_current_timezone_name(),
        "given": request.POST,
    }  # fmt: skip
    return render(request, f"advisory/portal/{template}.html", shared | context, status=status)


@member
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest, reader: Reader) -> HttpResponse:
    refusal: ValidationError | None = None
    if request.method == "POST":
        try:
            if request.POST.get("do") == "wish":
                forum.wish(reader.term, request.POST.get("wish", ""))
            else:
                agendas.propose(reader.term, request.POST.get("title", ""), text=request.POST.get("text", ""))
        except ValidationError as refused:
            refusal = refused
        else:
            return redirect(f"{reader.path()}?done=1")
    rows = read.of_member(reader.term, reader.level)
    return page_of(
        request, reader, "home", status=400 if refusal else 200, refusal=refusal,
        coming=questions.coming(reader.term, rows),
        past=Paginator(questions.past(rows), MEETINGS_SHOWN).get_page(request.GET.get("past")),
        proposals=reader.term.agenda_proposals.order_by("-pk")[:10],
        topics=questions.topics(reader.board, reader.level)[:5],
        recommendations=questions.recommendations(reader.board, reader.level)[:5],
        points=questions.points_of(reader.term.customer), to_do=questions.to_do(reader.term, reader.level),
        round=rounds.current(reader.term), wish=questions.wish_of(reader.term), wishes=Follow.Wish.choices,
        done="done" in request.GET, feed=access.link(reader.term, "feed"),
        unsigned=any(charters.unsigned(reader.term)), answers=ANSWERS,
    )  # fmt: skip


@member
@require_http_methods(["GET", "HEAD", "POST"])
def signature(request: HttpRequest, reader: Reader) -> HttpResponse:
    """A new version of charter or NDA, to be read and signed; what is confidential is there again afterwards."""
    refusal: ValidationError | None = None
    if request.method == "POST":
        given = request.POST
        try:
            invitations.sign(
                reader.term, name=given.get("name", ""), charter=number(given.get("charter", "")),
                nda=number(given.get("nda", "")),
            )  # fmt: skip
        except ValidationError as refused:
            refusal = refused
        else:
            return redirect(f"{reader.path()}?done=1")
    charter, nda = charters.unsigned(reader.term)
    if charter is None and nda is None:
        return redirect(reader.path())
    return page_of(
        request, reader, "signature", status=400 if refusal else 200, refusal=refusal, charter=charter, nda=nda,
        given=request.POST,
    )  # fmt: skip


@member
@require_http_methods(["GET", "HEAD", "POST"])
def recommendations(request: HttpRequest, reader: Reader) -> HttpResponse:
    rows = questions.recommendations(reader.board, reader.level)
    refusal: ValidationError | None = None
    if request.method == "POST":
        try:
            _recommend(request, reader)
        except ValidationError as refused:
            refusal = refused
        else:
            at = 1 if request.POST.get("do") == "propose" else number(request.GET.get("page", ""), 1)
            return redirect(f"{reader.path('portal_recommendations')}?done=1&page={at}")
    shown = Paginator(rows, RECOMMENDATIONS_SHOWN).get_page(request.GET.get("page"))
    mine = advice.supported_by(reader.term, shown)
    counted, released = advice.supported(shown), questions.released(shown)
    return page_of(
        request, reader, "recommendations", status=400 if refusal else 200, refusal=refusal,
        done="done" in request.GET, page=shown,
        recommendations=[
            (one, advice.decision(one), counted.get(one.pk, 0), one.pk in mine, released.get(one.pk, ()))
            for one in shown
        ],
    )  # fmt: skip


def _recommend(request: HttpRequest, reader: Reader) -> None:
    """A new recommendation, or being for one, or no longer. Raises ValidationError, Http404."""
    what, pk = request.POST.get("do", ""), request.POST.get("recommendation", "")
    if what == "propose":
        acts.propose(reader.board, request.POST.get("title", ""), text=request.POST.get("text", ""), term=reader.term)
        return
    rows = questions.recommendations(reader.board, reader.level)
    found = rows.filter(pk=number(pk, 0)).first()
    if found is None:
        raise Http404
    if what == "support":
        acts.support(found, reader.term)
    else:
        acts.stop_supporting(found, reader.term)


@require_safe
@never_cache
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """A member's meetings for their own calendar; dead with the seat. What is confidential has no title."""
    found = access.by_link(token, "feed")
    if found is None:
        raise Http404
    term = found[0]
    rows = read.of_member(term, access.clearance(term)).filter(state__in=["scheduled", "in_progress", "closed"])
    events = [questions.event(meeting) for meeting in rows.select_related("board").order_by("starts_at")]
    with translation.override(language(term.customer)):
        document = icalendar.feed(term.board.name, events)
    answer = HttpResponse(document, content_type="text/calendar; charset=utf-8")
    answer["X-Robots-Tag"] = "noindex"
    return answer


def meeting_of(reader: Reader, pk: int) -> Meeting:
    """A meeting that this member may know of. Raises Http404 for every other, as if it were not there."""
    found = read.of_member(reader.term, reader.level).select_related("board").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
