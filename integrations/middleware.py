"""What surrounds every call of the API: a request that is sent twice has its effect once."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from config import errors
from integrations.actions import replies, tokens

Respond = Callable[[HttpRequest], HttpResponse]
NOT_TRIED = {401, 403, 405, 406, 413, 415, 429}  # what was asked was not looked at


def api(get_response: Respond) -> Respond:
    """Innermost, so that the effect of a POST and the reply that is kept of it are one transaction."""

    def respond(request: HttpRequest) -> HttpResponse:
        if not errors.in_api(request):
            return get_response(request)
        key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
        response = once(get_response, request, key) if key else get_response(request)
        for header, value in getattr(request, "rate", {}).items():
            response[header] = value
        if token := getattr(request, "token", None):
            tokens.note_use(token)
        return response

    return respond


def once(get_response: Respond, request: HttpRequest, key: str) -> HttpResponse:
    """Answer, and keep the reply; or undo what was done and answer as the first time.

    The effect is tried before the key is looked up: a key that is new, as nearly all are, costs one statement. Two
    requests at once with one key meet in that statement, where the second waits for the first.
    A refusal is not kept: the same request may succeed later.
    """
    first = True
    with transaction.atomic():
        response = get_response(request)
        if response.status_code < 400:
            first = not _keeps_replies(request) or replies.keep(
                _caller(request),
                key,
                request=_hash(request),
                status=response.status_code,
                body=response.content.decode(),
            )
        if response.status_code >= 400 or not first:
            transaction.set_rollback(True)
    if first and (response.status_code < 400 or response.status_code in NOT_TRIED):
        return response
    known = _again(request, key)
    if known is None and not first:  # the kept reply has just gone over its time
        return once(get_response, request, key)
    return known or response


def _again(request: HttpRequest, key: str) -> HttpResponse | None:
    caller = _caller(request)
    known = replies.find(caller, key) if caller.is_authenticated else None
    if known is None:
        return None
    if known.request != _hash(request):
        message = _("This Idempotency-Key was used before, with another request.")
        return errors.reply(409, "idempotency_conflict", message, "Idempotency-Key")
    response = HttpResponse(known.body, status=known.status, content_type="application/json")
    response["Idempotency-Replayed"] = "true"
    return response


def _caller(request: HttpRequest) -> Any:
    return request.user  # the view has put the token's user there


def _keeps_replies(request: HttpRequest) -> bool:
    view = getattr(getattr(request.resolver_match, "func", None), "cls", None)
    return bool(getattr(view, "keeps_replies", False))


def _hash(request: HttpRequest) -> str:
    head = f"{request.method} {request.get_full_path()}\n"
    return hashlib.sha256(head.encode() + request.body).hexdigest()
