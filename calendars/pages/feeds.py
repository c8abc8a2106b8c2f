"""The feed that other calendars read. Whoever has its address may; there is no signing in."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from calendars import feeds, queries


@require_safe
def feed(request: HttpRequest, address: str) -> HttpResponse:
    """Days that are closed or have hours of their own; with ``?hours=1`` the usual hours as well."""
    calendar = feeds.calendar_at(address)
    if calendar is None:
        raise Http404
    weekly = request.GET.get("hours") == "1"
    tag = quote_etag(f"{calendar.pk}-{calendar.version}-{int(weekly)}-{hash_of(calendar.name)}")
    headers = {"ETag": tag, "Cache-Control": "private, max-age=3600", "X-Robots-Tag": "noindex"}
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers=headers)
    answer = HttpResponse(
        feeds.document(calendar, queries.current(calendar), weekly=weekly),
        content_type="text/calendar; charset=utf-8",
        headers=headers,
    )
    answer["Content-Disposition"] = f'inline; filename="{calendar.code}.ics"'
    return answer


def hash_of(name: str) -> str:
    """A tag's characters are few; a name may be in any script."""
    return name.encode().hex()[:64]
