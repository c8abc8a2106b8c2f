"""What surrounds every call of the API: a request that is sent twice has its effect once."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from config import errors
from integrations.actions import replies, tokens

Respond = Callable[[HttpRequest], HttpResponse]


class Claim:
    """The Idempotency-Key of one request. The view takes it, as soon as it knows who calls."""

    def __init__(self, request: HttpRequest, key: str) -> None:
        self.request, self.key, self.holder = request, key, None
        self.customer: int | None = None  # whom the answer tells of

    def take(self, caller: Any) -> HttpResponse | None:
        """None: go on, nobody asked this before. Or what was answered. Raises replies.KeyConflict."""
        head = f"{self.request.method} {self.request.get_full_path()}\n"
        asked = hashlib.sha256(head.encode() + self.request.body).hexdigest()
        known = replies.claim(caller, self.key, request=asked)
        if known is None:
            self.holder = caller
            return None
        headers = {"Idempotency-Replayed": "true"}
        return HttpResponse(
            replies.body_of(known), status=known.status, content_type="application/json", headers=headers
        )


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
    """Answer, and keep the reply. What is refused is undone and not kept: it may succeed later."""
    claim = request.claim = Claim(request, key)  # type: ignore[attr-defined]
    with transaction.atomic():
        response = get_response(request)
        if response.status_code >= 400:
            transaction.set_rollback(True)
        elif claim.holder:
            body, confidential = response.content.decode(), _is_confidential(request)
            values = {"status": response.status_code, "confidential": confidential, "customer": claim.customer}
            replies.fill(claim.holder, key, body=body, **values)
    return response


def _is_confidential(request: HttpRequest) -> bool:
    view = getattr(request.resolver_match, "func", None)
    return bool(getattr(getattr(view, "cls", None), "confidential", False))
