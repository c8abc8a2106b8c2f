"""What is wrong, in one form: ``{"errors": [{"code", "message", "field"}]}``, with ``params`` where there are any.

A refusal of an action is a ValidationError and becomes a 400; ``field`` is the place in what was sent, or null.
Nothing under ``/api/`` is ever answered with a page.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.core.exceptions import (
    NON_FIELD_ERRORS,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    ValidationError,
)
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _
from django.views import defaults
from django.views.decorators.csrf import csrf_exempt
from rest_framework import status
from rest_framework.exceptions import APIException, ErrorDetail
from rest_framework.response import Response

# Codes of the framework that say less than they could.
CODES = {
    "parse_error": "malformed_json",
    "blank": "required",
    "null": "required",
    "does_not_exist": "unknown",
}


NUL = "cannot contain NUL"  # how psycopg says it; PostgreSQL says it by these
UNSTORABLE = ("22021", "22P05")

# Refusals that HTTP has a status of its own for.
STATUS = {
    "idempotency_conflict": status.HTTP_409_CONFLICT,
    "changed_meanwhile": status.HTTP_412_PRECONDITION_FAILED,
    "too_many_guesses": status.HTTP_429_TOO_MANY_REQUESTS,
}


class Answered(Exception):
    """Not an error: the request was answered before, and nothing more is to be done."""

    def __init__(self, reply: HttpResponse) -> None:
        super().__init__()
        self.reply = reply


def error(code: str, message: str, field: str | None = None, params: dict[str, Any] | None = None) -> dict[str, Any]:
    """One entry of the list."""
    entry: dict[str, Any] = {"code": code, "message": message, "field": field}
    if params:
        entry["params"] = {name: _plain(value) for name, value in params.items()}
    return entry


def _plain(value: Any) -> Any:
    return value if isinstance(value, (int, float, bool, type(None))) else str(value)


def reply(status_code: int, code: str, message: str, field: str | None = None) -> JsonResponse:
    """An answer made outside of a view: by a middleware, or where no view was found."""
    return JsonResponse({"errors": [error(code, message, field)]}, status=status_code)


def answer(exc: Exception, context: dict[str, Any]) -> HttpResponseBase | None:
    """Turn what a view raised into an answer. What is not known here is a bug: None lets it be one."""
    if isinstance(exc, Answered):
        return exc.reply
    if isinstance(exc, ValidationError):
        return Response({"errors": list(of_refusal(exc))}, _status(exc))
    if isinstance(exc, RequestDataTooBig):
        message = _("The body is too large. Send it in several parts.")
        return Response({"errors": [error("body_too_large", message)]}, status.HTTP_413_REQUEST_ENTITY_TOO_LARGE)
    if isinstance(exc, Http404):
        return Response({"errors": [error("not_found", _("There is nothing here."))]}, status.HTTP_404_NOT_FOUND)
    if isinstance(exc, PermissionDenied):
        message = _("You are not allowed to do this.")
        return Response({"errors": [error("permission_denied", message)]}, status.HTTP_403_FORBIDDEN)
    if isinstance(exc, APIException):
        return Response({"errors": list(of_details(exc.detail))}, exc.status_code, headers=_headers(exc))
    return None


def _status(refusal: ValidationError) -> int:
    return STATUS.get(getattr(refusal, "code", None) or "", status.HTTP_400_BAD_REQUEST)


def _headers(exc: APIException) -> dict[str, str]:
    headers = {}
    if challenge := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if (wait := getattr(exc, "wait", None)) is not None:
        headers["Retry-After"] = str(max(1, int(wait)))
    return headers


def of_refusal(refusal: ValidationError, field: str | None = None) -> Iterator[dict[str, Any]]:
    """The entries for a refusal; one that names fields has an entry for each."""
    if hasattr(refusal, "error_dict"):
        for name, refusals in refusal.error_dict.items():
            for single in refusals:
                yield from of_refusal(single, None if name == NON_FIELD_ERRORS else name)
        return
    for single in refusal.error_list:
        [message] = single.messages
        params = single.params if isinstance(single.params, dict) else None
        about = getattr(single, "field", None) or field
        yield error(single.code or "invalid", message, about, params)


def of_item(refusal: ValidationError, place: int) -> list[dict[str, Any]]:
    """The same for the item at a place of a list that was sent: ``field`` begins with the place."""
    return [entry | {"field": _path(str(place), entry["field"] or "").rstrip(".")} for entry in of_refusal(refusal)]


def of_details(details: Any, field: str | None = None) -> Iterator[dict[str, Any]]:
    """The entries for what a serializer found; nested lists and dictionaries become a path such as ``lines.0.tax``."""
    if isinstance(details, dict):
        for name, inner in details.items():
            yield from of_details(inner, field if name == "non_field_errors" else _path(field, name))
    elif isinstance(details, list):
        for place, inner in enumerate(details):
            nested = isinstance(inner, (dict, list))
            yield from of_details(inner, _path(field, place) if nested else field)
    else:
        code = str(details.code) if isinstance(details, ErrorDetail) else "invalid"
        yield error(CODES.get(code, code), str(details), field)


def _path(field: str | None, part: object) -> str:
    return str(part) if field is None else f"{field}.{part}"


def in_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


@csrf_exempt  # there is nothing to protect, and the page about a missing token would be no answer
def nothing_here(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """Every address under ``/api/`` that is none."""
    message = _("There is nothing at this address. Addresses end with a slash.")
    return reply(404, "not_found", message)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if in_api(request):
        return reply(400, "bad_request", _("This request cannot be read."))
    return defaults.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    if in_api(request):
        return reply(403, "permission_denied", _("You are not allowed to do this."))
    return defaults.permission_denied(request, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    return nothing_here(request) if in_api(request) else defaults.page_not_found(request, exception)


class Unstorable:
    """Middleware: a text with a NUL, which the database cannot hold, was asked wrongly; nothing broke on our side.

    What comes through a form or the API is told so in its place; this is for addresses and bare values.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "%00" in request.META.get("QUERY_STRING", "") and not in_api(request):
            return bad_request(request, SuspiciousOperation())
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        if not isinstance(exception, DataError):
            return None
        unstorable = NUL in str(exception) or getattr(exception.__cause__, "sqlstate", None) in UNSTORABLE
        return bad_request(request, exception) if unstorable else None


def server_error(request: HttpRequest) -> HttpResponseBase:
    if in_api(request):
        return reply(500, "server_error", _("Something went wrong here. It has been noted."))
    return defaults.server_error(request)
