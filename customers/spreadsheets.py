"""Lists as files that spreadsheet programs open right."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.http import StreamingHttpResponse
from django.utils import timezone

# A cell that begins so is taken for a formula, also after blanks; wide forms of East Asian keyboards as well.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def cell(value: Any) -> str:
    """A value as text that no spreadsheet program runs. A time is the reader's, as their pages show it.

    >>> cell("=HYPERLINK(1)"), cell(-5), cell("+49 30 1234")
    ("'=HYPERLINK(1)", '-5', "'+49 30 1234")
    """
    if value is None:
        return ""
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S")
    text = str(value)
    is_text = not isinstance(value, (int, float)) and not text.lstrip("-").replace(".", "", 1).isdigit()
    return f"'{text}" if is_text and text.lstrip(" ").startswith(FORMULA) else text


class _Line:
    """What ``csv`` writes into; each line is handed on at once."""

    def write(self, text: str) -> str:
        return text


def rows_to_csv(header: Sequence[Any], rows: Iterable[Sequence[Any]], *, filename: str) -> StreamingHttpResponse:
    """A download that is written while it is read: UTF-8 with the mark by which Excel knows it."""
    writer = csv.writer(_Line())

    def lines() -> Iterator[str]:
        yield "\ufeff" + writer.writerow([str(name) for name in header])
        for row in rows:
            yield writer.writerow([cell(value) for value in row])

    headers = {"Content-Disposition": f'attachment; filename="{filename}"'}
    return StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8", headers=headers)
