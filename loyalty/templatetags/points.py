"""How a line of the statement shows what it has changed."""

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma

from loyalty.models import Transaction

register = template.Library()


@register.filter
def change(line: Transaction, bucket: str) -> str:
    """What the line changed in the bucket, with its sign; nothing where it changed nothing."""
    points = getattr(line, f"{bucket}_change", 0)
    sign = "+" if points > 0 else "\N{MINUS SIGN}"
    return f"{sign}{intcomma(abs(points))}" if points else ""
