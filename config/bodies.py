"""What goes in and out of the API is JSON, whatever is asked for.

Named in settings, so it stands apart from the views.
"""

import json
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.request import Request


class JSONOnly(BaseContentNegotiation):
    """JSON goes out whatever is asked for; what comes in must say that it is JSON."""

    def select_parser(self, request: Request, parsers: Iterable[Any]) -> Any:
        kind = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == kind), None)

    def select_renderer(self, request: Request, renderers: Iterable[Any], format_suffix: Any = None) -> Any:
        [only] = renderers
        return only, only.media_type


class JSONBody(BaseParser):
    """JSON as text that PostgreSQL can hold. The whole body is in memory, as large as settings allow."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        body: bytes = parser_context["request"]._request.body
        try:
            content = json.loads(body, parse_constant=_no_number, object_pairs_hook=_each_once)
        except (ValueError, RecursionError) as flaw:
            raise ParseError(_("This is not JSON: %s") % flaw) from None
        if (b"\\u0000" in body or b"\\ud" in body.lower()) and not _storable(content):
            raise ParseError(_("The text has a character that cannot be stored."))
        return content


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object that says a field twice says two things; which of them is meant, nobody knows."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice[:60]!r} is said twice")
    return found


def _storable(content: Any) -> bool:
    """Neither NUL nor half of a surrogate pair anywhere; the escapes for them are valid JSON."""
    try:
        text = json.dumps(content, ensure_ascii=False)
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\\u0000" not in text.replace("\\\\", "")
