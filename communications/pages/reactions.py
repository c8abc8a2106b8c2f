"""Where marked links and pictures lead: on to where the link goes, or to a picture of one point."""

from base64 import b64decode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from communications import tracking
from communications.actions import reactions
from communications.models import Message
from communications.tracking import Mark

POINT = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


@never_cache
@require_safe
def opened(request: HttpRequest, token: str) -> HttpResponse:
    """Always the picture, whoever asks: nobody learns from the answer what we know."""
    mark = tracking.read(token)
    if mark:
        reactions.record(Mark(mark.message, mark.step), machine=_is_machine(request, mark))
    return HttpResponse(POINT, content_type="image/gif")


@never_cache
@require_safe
def clicked(request: HttpRequest, token: str) -> HttpResponse:
    mark = tracking.read(token)
    if mark is None or not mark.target:
        raise Http404
    reactions.record(mark, machine=_is_machine(request, mark))
    answer = HttpResponseRedirect(mark.target)
    answer["Referrer-Policy"], answer["X-Robots-Tag"] = "no-referrer", "noindex"
    return answer


def _is_machine(request: HttpRequest, mark: Mark) -> bool:
    sent_at = (
        Message.objects.filter(pk=mark.message).values_list("handed_at", flat=True).first() if mark.message else None
    )
    seconds = (timezone.now() - sent_at).total_seconds() if sent_at else None
    return tracking.is_machine(request.headers, method=request.method or "", seconds=seconds)
