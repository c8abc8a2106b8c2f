"""Why a row stays out, each with its sentence."""

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from customers.files.sheets import Row

REASONS = {
    "columns_differ": _("The row has not as many columns as the header, or cannot be taken apart."),
    "number_missing": _("The row has no order number."),
    "customer_missing": _("The row names no customer."),
    "customer_differs": _("The rows of this order name different customers."),
    "currency_differs": _("The rows of this order have different currencies."),
    "date_unreadable": _("The date cannot be read as the mapping says."),
    "quantity_unreadable": _("The quantity is no number with up to three decimals."),
    "quantity_zero": _("The quantity is 0."),
    "price_unreadable": _("The price is no number."),
    "price_zero": _("The price is 0: a gift, a sample or a correction of stock."),
    "price_negative": _("The price is negative."),
    "amount_unreadable": _("An amount is no number, or finer than the currency's smallest unit."),
    "text_too_long": _("A text is longer than can be kept."),
    "text_unreadable": _("A text has a character that is no text."),
    "adjustment": _("The row is an adjustment of the books, no sale."),
    "order_refused": _("The row is good by itself, but another row of its order is not, and orders come in whole."),
    "return_positive": _("The order number says that goods came back, but the quantity is positive."),
    "return_unmatched": _("No earlier purchase of this customer has as much of this product left to return."),
    "return_refused": _("A return with this number was recorded before with other lines."),
    "unknown_customer": _("There is no such customer."),
    "customer_refused": _("What is said about the customer cannot be."),
    "value_unknown": _("A word of this row is not translated: say under “How it is read” what it means."),
    "closed_missing": _("The case is closed, but nothing says when."),
    "outcome_missing": _("The complaint is closed, but nothing says whether it was upheld."),
    "subject_missing": _("Nothing says what it is about."),
    "in_the_future": _("It cannot have been received in the future."),
    "case_refused": _("The row is good by itself, but another row of its case is not, and cases come in whole."),
    "duplicate_number": _("An order with this number was recorded before with another content."),
}


def words(code: str, sentence: str = "") -> str:
    """Why a row stays out, in the language of who asks."""
    return sentence or str(REASONS.get(code, code))


class Refusal(NamedTuple):
    """Rows that stay out for the same reason. ``sentence`` is given only where the reason's own says too little."""

    rows: Sequence[Row]
    code: str
    sentence: str = ""
