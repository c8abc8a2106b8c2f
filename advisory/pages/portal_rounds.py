"""The member's own survey round: what their customers said, and what of it they present."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from advisory.actions import rounds
from advisory.confidentiality import may_see
from advisory.models import Asked, Round
from advisory.pages.portal import Reader, member, page_of
from advisory.queries import access
from advisory.queries import rounds as read
from people.requests import number


@member
@require_http_methods(["GET", "HEAD", "POST"])
def round(request: HttpRequest, reader: Reader) -> HttpResponse:
    found = read.current(reader.term)
    if found is None:
        raise Http404
    refusal: ValidationError | None = None
    if request.method == "POST":
        pk = request.POST.get("asked", "")
        asked = Asked.objects.filter(round=found, term=reader.term, pk=number(pk, 0)).first()
        if asked is None:
            raise Http404
        try:
            rounds.present(asked, presented=request.POST.get("do") == "present")
        except ValidationError as refused:
            refusal = refused
        else:
            return redirect(f"{reader.path('portal_round')}?done=1")
    said = read.answers(found, reader.term)
    return page_of(
        request, reader, "round", status=400 if refusal else 200, refusal=refusal, done="done" in request.GET,
        round=found, said=[one for one in said if one.answered], asked=len(said),
        meeting=found.meeting if may_see(found.meeting.level, reader.level) else reader.board,
        shown=sum(one.asked.presented_at is not None for one in said), share=_shared(reader, found),
    )  # fmt: skip


def _shared(reader: Reader, found: Round) -> str:
    """The address that a member hands on to customers, while the round is open."""
    if found.closed_at:
        return ""
    return settings.PUBLIC_URL + reverse("board_round", args=[access.link(reader.term, "round", found.pk)])
