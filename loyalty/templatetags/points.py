"""How a line of the statement shows what it has changed, and tiers what counts for them."""

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma

from customers import money
from loyalty.models import TierTable, Transaction
from loyalty.queries.standings import Ladder

register = template.Library()


@register.filter
def change(line: Transaction, bucket: str) -> str:
    """What the line changed in the bucket, with its sign; nothing where it changed nothing."""
    points = getattr(line, f"{bucket}_change", 0)
    sign = "+" if points > 0 else "\N{MINUS SIGN}"
    return f"{sign}{intcomma(abs(points))}" if points else ""


@register.filter
def counted(amount: int, ladder: Ladder) -> str:
    """What counts for a tier, as people write it: points, purchases, or money."""
    if ladder.table.qualify_by == TierTable.By.SPEND:
        return money.in_words(amount, ladder.programme.currency)
    return intcomma(amount)
