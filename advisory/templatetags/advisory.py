"""What templates of the boards need."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()
BREAK, NOTHING = SafeString("<br>"), SafeString("")


@register.filter
def of(mapping: Mapping[str, Any], key: str) -> Any:
    """What stands under a key, nothing where none does."""
    return mapping.get(key, "")


@register.filter
def hours(minutes: int) -> str:
    """90 as 1.5."""
    return f"{minutes / 60:g}"


@register.filter
def written(text: str) -> SafeString:
    """Minutes with their headings, lists and quotes; everything else as it stands, harmless.

    >>> written("## 1. Prices\\nHigh <b>\\n- Ask\\n> Yes")
    '<h2>1. Prices</h2><p>High &lt;b&gt;</p><ul><li>Ask</li></ul><blockquote>Yes</blockquote>'
    """
    html = [_block(kind, list(lines)) for kind, lines in groupby(text.splitlines(), _kind)]
    return SafeString("".join(html))


def _kind(line: str) -> str:
    beginnings = (mark for mark in ("# ", "## ", "- ", "> ") if line.startswith(mark))
    return next(beginnings, "text" if line.strip() else "")


def _block(kind: str, lines: list[str]) -> SafeString:
    said = [line.removeprefix(kind) for line in lines]
    each = {"# ": "<p><strong>{}</strong></p>", "## ": "<h2>{}</h2>", "> ": "<blockquote>{}</blockquote>"}
    if kind in each:
        return format_html_join("", each[kind], ((line,) for line in said))
    if kind == "- ":
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((line,) for line in said)))
    return format_html("<p>{}</p>", format_html_join(BREAK, "{}", ((line,) for line in said))) if kind else NOTHING
