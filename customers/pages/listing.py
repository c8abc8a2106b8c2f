"""What lists of the back office share: a page by keyset out of the address, and the same list as a file."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet

from config.paging import Cursor, Page, slice_of
from customers.actions import history
from customers.models import AccessLog
from people.models import User
from people.requests import StaffRequest

Row = TypeVar("Row", bound=Model)

Order = tuple[list[str], list[Any]]

LATEST: Order = (["-at", "-id"], [datetime, int])
NEWEST: Order = (["-id"], [int])


def keyset(request: StaffRequest, rows: QuerySet[Row], order: Order = NEWEST, *, limit: int) -> Page[Row]:
    """The rows that ``?after=`` asks for; one that nobody gave out begins at the front."""
    names, kinds = order
    try:
        cursor = Cursor.read(request.GET["after"], kinds=kinds) if "after" in request.GET else None
    except ValidationError:
        cursor = None
    return slice_of(rows, cursor, limit=limit, order=names)


def as_file(request: StaffRequest) -> bool:
    return request.GET.get("format") == "csv"


def all_of(rows: QuerySet[Row], order: Order = NEWEST, *, batch: int = 1000) -> Iterator[Row]:
    """Every row, read in pages: no cursor of the database stays open while somebody downloads slowly."""
    cursor: Cursor | None = None
    while True:
        page = slice_of(rows, cursor, limit=batch, order=order[0])
        yield from page.rows
        cursor = page.next
        if cursor is None:
            return


def chosen(request: StaffRequest, name: str, choices: Sequence[Any]) -> str:
    """A filter out of the address, or nothing where it is none of the choices."""
    value = request.GET.get(name, "")
    return value if value in choices else ""


def may_export(user: User) -> bool:
    """Whether lists of people may leave as files with this person: of customers, or of who is in a segment."""
    return user.has_perm("customers.export_customer") or user.has_perm("customers.export_segment")


def written_down(
    rows: Iterable[tuple[Sequence[int], list[Any]]], *, by: User, of: str, batch: int = 1000
) -> Iterator[list[Any]]:
    """Rows of a file, each given with the ids of its customers, who are noted as listed before they leave."""
    rows = iter(rows)
    while some := list(islice(rows, batch)):
        history.note_many({pk for ids, _cells in some for pk in ids}, AccessLog.What.LISTED, by=by, fields=[of])
        yield from (cells for _ids, cells in some)
