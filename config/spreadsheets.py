"""Lists as CSV that spreadsheet programs open right: streamed, UTF-8 with a mark, no text that runs as a formula."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.utils import label_for_field, lookup_field
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

MARK = "\ufeff"  # tells Excel that the file is UTF-8
# What a spreadsheet program may take for the beginning of a formula, wide forms of East Asian keyboards included.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
ROWS_AT_ONCE = 500


def defused(value: object) -> object:
    """What stands in a cell: numbers stay numbers; text that would be run as a formula gets an apostrophe before it.

    >>> defused("=HYPERLINK(A1)"), defused(-5), defused("Ada")
    ("'=HYPERLINK(A1)", -5, 'Ada')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, (int, float, Decimal)):
        return f"{value:f}" if isinstance(value, Decimal) else value
    if isinstance(value, datetime):
        return (timezone.localtime(value) if timezone.is_aware(value) else value).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    text = str(value).replace("\x00", "")
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def lines(header: Iterable[object], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """The file in pieces, however long it is."""
    writer = csv.writer(_Echo())
    waiting = [MARK, writer.writerow([defused(cell) for cell in header])]
    for row in rows:
        waiting.append(writer.writerow([defused(cell) for cell in row]))
        if len(waiting) >= ROWS_AT_ONCE:
            yield "".join(waiting)
            waiting.clear()
    yield "".join(waiting)


def response(name: str, header: Iterable[object], rows: Iterable[Iterable[object]]) -> StreamingHttpResponse:
    """A download called ``name``.csv. ``rows`` may be a generator: nothing is collected in memory."""
    answer = StreamingHttpResponse(lines(header, rows), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@admin.action(description=_("Export as CSV"), permissions=["view"])
def export_as_csv(
    model_admin: "ModelAdmin[Any]", request: HttpRequest, queryset: models.QuerySet[Any]
) -> StreamingHttpResponse:
    """The chosen rows with the columns of the list. The site gives it to every list."""
    return list_as_csv(model_admin, request, queryset.iterator(chunk_size=2000))


def list_as_csv(
    model_admin: "ModelAdmin[Any]", request: HttpRequest, found: Iterable[models.Model]
) -> StreamingHttpResponse:
    """Rows with the columns that the list shows."""
    columns = [name for name in model_admin.get_list_display(request) if name != "action_checkbox"]
    header = [capfirst(str(label_for_field(name, model_admin.model, model_admin))) for name in columns]
    rows = ([_cell(name, row, model_admin) for name in columns] for row in found)
    return response(str(model_admin.opts.model_name), header, rows)


def _cell(name: Any, row: models.Model, model_admin: "ModelAdmin[Any]") -> object:
    """A field's own value, its name where it is a choice; what a column shows otherwise, without the markup."""
    try:
        field, _attribute, value = lookup_field(name, row, model_admin)
    except ObjectDoesNotExist:
        return ""
    if field is not None:
        if getattr(field, "flatchoices", None):
            return dict(field.flatchoices).get(value, value)
        return getattr(row, field.name) if field.is_relation else value
    plain = isinstance(value, (int, float, Decimal, datetime, date)) or value is None
    return value if plain else strip_tags(" ".join(value) if isinstance(value, (list, tuple)) else str(value))
