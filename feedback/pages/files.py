"""Files of cases, as they are given out: to be saved, never to be run within a page of ours."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header

from config.admin import site
from feedback import files
from feedback.actions import attachments
from feedback.models import Attachment
from people.requests import StaffRequest


@site.page("desk/files/<int:pk>/", name="case_file", permission="feedback.view_case")
def file(request: StaffRequest, pk: int) -> HttpResponse:
    """``?shown`` is for pictures within a conversation; anything else is saved."""
    return served(get_object_or_404(Attachment, pk=pk), shown="shown" in request.GET)


def served(attachment: Attachment, *, shown: bool = False) -> HttpResponse:
    try:
        content = attachments.read(attachment)
    except FileNotFoundError:
        raise Http404 from None
    return given_out(content, attachment.name, attachment.kind, shown=shown)


def given_out(content: bytes, name: str, kind: str, *, shown: bool = False) -> HttpResponse:
    """A file as something to be saved; a picture may be ``shown`` where it stands. Nothing keeps a copy."""
    picture = shown and kind in files.SHOWN
    answer = HttpResponse(content, content_type=kind if picture else "application/octet-stream")
    answer["Content-Disposition"] = content_disposition_header(not picture, name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["Cache-Control"] = "private, no-store"
    return answer
