"""How a line of the statement shows what it has changed, and tiers what counts for them."""

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext_lazy

from customers import money
from customers.telling import REASONS
from loyalty.models import TierTable, Transaction
from loyalty.queries.standings import Ladder

register = template.Library()


@register.filter
def change(line: Transaction, bucket: str) -> str:
    """What the line changed in the bucket, with its sign; nothing where it changed nothing."""
    points = getattr(line, f"{bucket}_change", 0)
    sign = "+" if points > 0 else "\N{MINUS SIGN}"
    return f"{sign}{intcomma(abs(points))}" if points else ""


OURS = (
    "referral:",
    "reward:",
    "grant ",
    "joined:",
    "attended:",
    "surveyed:",
)  # references that only Mainstay understands


@register.filter
def reason(line: Transaction) -> str:
    """Why, in words."""
    return str(REASONS.get(line.reason, line.reason))


@register.filter
def reference(line: Transaction) -> str:
    """The number of an order or a receipt, which people know; nothing where it is one of ours."""
    return "" if line.reference.startswith(OURS) else line.reference


REFUSED = {
    "gone": gettext_lazy("no customer any more"),
    "wallet_frozen": gettext_lazy("the wallet is frozen"),
    "wallet_closed": gettext_lazy("the wallet is closed"),
}


@register.filter
def refused(code: str) -> str:
    """Why a customer of a list got nothing."""
    return str(REFUSED.get(code, code))


@register.filter
def counted(amount: int, ladder: Ladder) -> str:
    """What counts for a tier, as people write it: points, purchases, or money."""
    if ladder.table.qualify_by == TierTable.By.SPEND:
        return money.in_words(amount, ladder.programme.currency)
    return intcomma(amount)
