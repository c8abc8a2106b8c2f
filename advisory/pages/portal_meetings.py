"""A meeting on the member's phone: do they come, what is it about, what is on, and their votes."""

import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from advisory.actions import attendance, attendees, ballots, materials, minutes, notes, polls
from advisory.models import Ballot, Invitee, Material, Meeting, Mood, Preference
from advisory.pages.portal import ANSWERS, Reader, meeting_of, member, page_of
from advisory.queries import drafts, results, rooms
from advisory.queries import meetings as read
from feedback.pages.files import given_out
from people.requests import number

RECEIPT_KEPT = 7 * 24 * 3600


@member
@require_http_methods(["GET", "HEAD", "POST"])
def meeting(request: HttpRequest, reader: Reader, pk: int) -> HttpResponse:
    refusal: ValidationError | None = None
    if request.method == "POST":
        if request.headers.get("HX-Request"):
            return _at_once(request, reader, pk)
        try:
            _do(request, reader, *_opened(reader, pk))
        except ValidationError as refused:
            refusal = refused
        else:
            return redirect(f"{reader.path('portal_meeting', pk)}?done=1")
    context = _live(reader, pk)
    found, mine = context["meeting"], context["mine"]
    papers = read.materials_of(found, reader.level, at=reader.at)
    context |= {
        "refusal": refusal,
        "done": "done" in request.GET,
        "items": [(slot, papers.get(slot.item.pk, [])) for slot in context["slots"]],
        "minutes": read.minutes_of(found).first(),
        "options": _options(reader, found),
        "answers": ANSWERS.items(),
        "said": ANSWERS.get(mine.answer, "") if mine else "",
        "says": reversed(Preference.Says.choices),
    }
    answer = page_of(request, reader, "meeting", status=400 if refusal else 200, **context)
    return _with_receipts(request, answer, context)


@member
@require_safe
def live(request: HttpRequest, reader: Reader, pk: int) -> HttpResponse:
    """The moving part of the page: nothing while nothing has changed."""
    meeting_of(reader, pk)
    if request.GET.get("seen") == rooms.tag(pk):
        return HttpResponse(status=204)
    return _moving(request, reader, _live(reader, pk))


def _at_once(request: HttpRequest, reader: Reader, pk: int) -> HttpResponse:
    """What the phone has sent in the room: only what has changed comes back, since everybody votes at once."""
    found, mine = _opened(reader, pk)
    try:
        voted = _do(request, reader, found, mine)
    except ValidationError as refusal:
        answer = _moving(request, reader, _live(reader, pk) | {"refusal": refusal})
        answer["HX-Retarget"], answer["HX-Reswap"] = "#live", "innerHTML"
        return answer
    if voted is None:
        return _moving(request, reader, _live(reader, pk))
    context = {"shown": _ballot(voted), "meeting": found, "token": reader.token}
    return render(request, "advisory/portal/_ballot.html", context)


def _moving(request: HttpRequest, reader: Reader, context: dict[str, Any]) -> HttpResponse:
    answer = render(request, "advisory/portal/_live.html", context | {"token": reader.token, "board": reader.board})
    return _with_receipts(request, answer, context)


@member
@require_safe
def paper(request: HttpRequest, reader: Reader, pk: int, number: int) -> HttpResponse:
    found = meeting_of(reader, pk)
    shown = read.minutes_of(found).filter(number=number).first()
    if shown is None:
        raise Http404
    remarks = shown.remarks.filter(term=reader.term).order_by("pk")
    return page_of(
        request, reader, "minutes", meeting=found, minutes=shown, remarks=remarks,
        text=drafts.readable(shown.text, reader.level),
        others=[one for one in read.minutes_of(found) if one.number != number],
    )  # fmt: skip


@member
@require_safe
def material(request: HttpRequest, reader: Reader, pk: int, material: int) -> HttpResponse:
    """What is to be read: never before its time, never above what the member may see."""
    found = meeting_of(reader, pk)
    rows = read.materials_of(found, reader.level, at=reader.at)
    shown: Material | None = next((one for each in rows.values() for one in each if one.pk == material), None)
    if shown is None:
        raise Http404
    if shown.url:
        return HttpResponseRedirect(shown.url)
    try:
        return given_out(materials.read(shown), shown.name, shown.kind)
    except FileNotFoundError:
        raise Http404 from None


def _opened(reader: Reader, pk: int) -> tuple[Meeting, Invitee | None]:
    """A meeting with the member's own invitation, in one statement where there is one. Raises Http404."""
    mine = read.asked(reader.term, reader.level).filter(meeting=pk).first()
    return (mine.meeting, mine) if mine else (meeting_of(reader, pk), None)


def _live(reader: Reader, pk: int) -> dict[str, Any]:
    """What moves, with a tag that is no newer: what changes meanwhile comes with the next look. Raises Http404."""
    tag = rooms.tag(pk)
    found, mine = _opened(reader, pk)
    slots = rooms.clock(found, list(read.items_of(found, reader.level)), at=reader.at)
    running = found.state == Meeting.State.IN_PROGRESS
    now = next((slot for slot in slots if slot.is_on), None) if running else None
    mood = Mood.objects.filter(item=now.item, invitee=mine).first() if now and mine else None
    there = mine.presences.filter(left_at=None).exists() if mine and running else False
    return {
        "meeting": found, "mine": mine, "now": now, "mood": mood, "moods": Mood.Looks.choices, "there": there,
        "ballots": _ballots(reader, found, mine), "tag": tag, "running": running, "slots": slots,
    }  # fmt: skip


def _ballots(reader: Reader, found: Meeting, mine: Invitee | None) -> list[dict[str, Any]]:
    return [_ballot(one) for one in read.ballots_for(found, reader.level, mine)]


def _ballot(ballot: Any) -> dict[str, Any]:
    """One ballot as its part of the page has it; ``ballot`` is of ``ballots_for``."""
    right = ballot.mine[0] if ballot.mine else None
    counted = ballot.state == Ballot.State.PUBLISHED
    return {
        "ballot": ballot, "right": right, "voted": ballot.who_voted, "entitled": ballot.who_may,
        "choice": _chosen(ballot, right), "bars": _bars(ballot), "words": results.in_words(ballot) if counted else "",
        "named": rooms.named_votes(ballot) if counted and ballot.secrecy == Ballot.Secrecy.OPEN else [],
        "range": range(ballot.most + 1), "places": range(1, len(ballot.options) + 1),
    }  # fmt: skip


def _chosen(ballot: Ballot, right: Any) -> Any:
    """What the member has said so far, of a ballot that is not secret."""
    if ballot.is_secret or right is None or not right.voted:
        return None
    vote = getattr(right, "vote", None)
    return results.choice_in_words(ballot, vote.choice) if vote else None


def _bars(ballot: Ballot) -> list[results.Bar]:
    """What it came to; of an open one that hides nothing, how it stands."""
    if ballot.shows_early:
        return results.so_far(ballot, list(ballot.votes.values_list("choice", flat=True)))
    return results.bars(ballot) if ballot.state == Ballot.State.PUBLISHED else []


def _do(request: HttpRequest, reader: Reader, found: Meeting, mine: Invitee | None) -> Any:
    """What the button says; the ballot, if it was a vote. Raises ValidationError, Http404."""
    what, posted = request.POST.get("do", ""), request.POST
    if what == "dates":
        names = [name for name in posted if name.startswith("says-")]
        said = {name[5:]: posted.get(name, "") for name in names}
        says = {number(pk, 0): int(value) for pk, value in said.items() if value in ("0", "1", "2")}
        polls.say(found, reader.term, says)
    elif what == "remark":
        paper = read.minutes_of(found).first()
        if paper is None:
            raise Http404
        minutes.remark(paper, posted.get("text", ""), of=reader.term)
    elif mine is None:
        raise Http404
    elif what == "answer":
        attendees.answer(mine, posted.get("answer", ""), comment=posted.get("comment", ""))
    elif what == "here":
        attendance.come(mine, remotely=found.mode == Meeting.Mode.VIDEO)
    elif what == "mood":
        item = (
            read.items_of(found, reader.level)
            .select_related("meeting")
            .filter(begun_at__isnull=False, ended_at=None)
            .first()
        )
        if item is not None:
            notes.feel(item, mine, posted.get("looks", ""))
    elif what == "vote":
        return _vote(request, reader, found, mine)
    else:
        raise Http404
    return None


def _vote(request: HttpRequest, reader: Reader, found: Meeting, mine: Invitee) -> Any:
    """The ballot as it is shown after the vote. Raises ValidationError, Http404."""
    pk = request.POST.get("ballot", "")
    ballot = read.ballots_for(found, reader.level, mine).filter(pk=number(pk, 0)).first()
    if ballot is None:
        raise Http404
    receipt = request.COOKIES.get(_cookie(ballot, reader), "") if ballot.is_secret else ""
    vote = ballots.cast(ballot, mine, _choice(request, ballot), receipt=receipt)
    [right] = ballot.mine
    ballot.who_voted += not right.voted
    right.voted = True
    if not ballot.is_secret:
        right.vote = vote
    return ballot


def _choice(request: HttpRequest, ballot: Ballot) -> Any:
    """What the form says, as the kind of ballot has it."""
    posted, codes = request.POST, [option["code"] for option in ballot.options]
    if ballot.kind == Ballot.Kind.YES_NO:
        return posted.get("choice", "")
    if ballot.kind == Ballot.Kind.APPROVAL:
        return posted.getlist("choice")
    given = {code: posted.get(f"choice-{code}", "") for code in codes}
    if ballot.kind == Ballot.Kind.RANKED:
        places = [(place, code) for code, said in given.items() if (place := number(said, 0))]
        if len({place for place, _code in places}) != len(places):
            return [code for _place, code in places] + [places[0][1]]  # two at one place: named twice
        return [code for _place, code in sorted(places)]
    return given


def _options(reader: Reader, found: Meeting) -> list[tuple[Any, int | None]]:
    if found.state != Meeting.State.POLLING:
        return []
    said = dict(Preference.objects.filter(option__meeting=found, term=reader.term).values_list("option", "says"))
    return [(option, said.get(option.pk)) for option in found.options.all()]


def _cookie(ballot: Ballot, reader: Reader) -> str:
    return f"vote-{ballot.pk}-{reader.term.pk}"


def _with_receipts(request: HttpRequest, answer: HttpResponse, context: dict[str, Any]) -> HttpResponse:
    """A secret ballot needs a number that only this device has; it is there before the vote, lest it get lost."""
    for shown in context["ballots"]:
        ballot, right = shown["ballot"], shown["right"]
        if not ballot.is_secret or ballot.state != Ballot.State.OPEN or right is None:
            continue
        name = f"vote-{ballot.pk}-{context['mine'].term_id}"
        if name not in request.COOKIES:
            answer.set_cookie(
                name, secrets.token_hex(24), max_age=RECEIPT_KEPT, path="/board/", httponly=True, samesite="Lax",
                secure=request.is_secure(),
            )  # fmt: skip
    return answer
