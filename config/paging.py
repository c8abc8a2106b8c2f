"""Pages by keyset: a page starts after a row, not after a number of rows, so a deep one costs what the first costs.

Nothing is counted, and rows that come in meanwhile neither repeat nor hide others.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

Row = TypeVar("Row", bound=Model)
DEFAULT, LARGEST = 50, 200


class CursorInvalid(ValidationError):
    field = "cursor"

    def __init__(self) -> None:
        message = _("This cursor is not one of this list. Leave it out to begin at the front.")
        super().__init__(message, code="cursor_invalid")


class LimitInvalid(ValidationError):
    field = "limit"

    def __init__(self) -> None:
        message = _("The limit must be a whole number from 1 to %(largest)s.")
        super().__init__(message, code="limit_invalid", params={"largest": LARGEST})


@dataclass(frozen=True)
class Cursor:
    """The row next to which a page begins, by its key, and whether the page lies before it."""

    key: tuple[Any, ...]
    backwards: bool = False

    def __str__(self) -> str:
        plain = [value.isoformat() if isinstance(value, datetime) else value for value in self.key]
        text = json.dumps([int(self.backwards), *plain], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str, *, kinds: Sequence[type]) -> "Cursor":
        """The cursor that ``str`` has written. Raises CursorInvalid where its key is not of these types."""
        try:
            padded = text + "=" * (-len(text) % 4)
            backwards, *values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
            key = tuple(_of_kind(value, kind) for value, kind in zip(values, kinds, strict=True))
            return cls(key, backwards=bool(backwards))
        except (binascii.Error, ValueError, TypeError):
            raise CursorInvalid from None


def _of_kind(value: Any, kind: Any) -> Any:
    if kind is datetime:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(value)
        return moment
    if type(value) is not kind or (kind is int and abs(value) >= 2**63) or (kind is str and "\0" in value):
        raise TypeError(value)
    return value


@dataclass(frozen=True)
class Page(Generic[Row]):
    rows: list[Row]
    next: Cursor | None
    previous: Cursor | None

    def links(self, request: Request) -> dict[str, str | None]:
        """Addresses of the pages next to this one."""
        here = request.build_absolute_uri()
        return {
            name: replace_query_param(here, "cursor", str(cursor)) if cursor else None
            for name, cursor in (("next", self.next), ("previous", self.previous))
        }


def limit_of(request: Request) -> int:
    """How many rows the caller wants. Raises LimitInvalid."""
    text = request.query_params.get("limit", str(DEFAULT))
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= LARGEST):
        raise LimitInvalid
    return int(text)


def page(queryset: QuerySet[Row], request: Request, *, order: Sequence[str], kinds: Sequence[type]) -> Page[Row]:
    """The page that ``?cursor=`` and ``?limit=`` ask for.

    ``order`` names the fields as ``order_by`` takes them, all in one direction, the last of them unique; ``kinds``
    are their types in Python. Raises CursorInvalid and LimitInvalid.
    """
    limit = limit_of(request)
    text = request.query_params.get("cursor")
    cursor = Cursor.read(text, kinds=kinds) if text else None
    return slice_of(queryset, cursor, limit=limit, order=order)


def slice_of(queryset: QuerySet[Row], cursor: Cursor | None, *, limit: int, order: Sequence[str]) -> Page[Row]:
    fields = [name.removeprefix("-") for name in order]
    falling = order[0].startswith("-")
    backwards = cursor is not None and cursor.backwards
    if backwards:
        order = [name if falling else f"-{name}" for name in fields]
    if cursor:
        queryset = queryset.filter(_beyond(fields, cursor.key, falling=falling != backwards))
    rows = list(queryset.order_by(*order)[: limit + 1])
    more = len(rows) > limit
    rows = rows[:limit]
    if backwards:
        rows.reverse()
    if not rows:
        return Page(rows, None, None)
    first, last = (tuple(getattr(row, name) for name in fields) for row in (rows[0], rows[-1]))
    return Page(
        rows,
        next=Cursor(last) if backwards or more else None,
        previous=Cursor(first, backwards=True) if (more if backwards else cursor is not None) else None,
    )


def _beyond(fields: Sequence[str], key: tuple[Any, ...], *, falling: bool) -> Q:
    """Rows after the key. The first field bounds the range of the index, the rest of the condition is for ties."""
    name, *others = fields
    way = "lt" if falling else "gt"
    beyond = Q(**{f"{name}__{way}": key[0]})
    if not others:
        return beyond
    tie = Q(**{name: key[0]}) & _beyond(others, key[1:], falling=falling)
    return Q(**{f"{name}__{way}e": key[0]}) & (beyond | tie)
