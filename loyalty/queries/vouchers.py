"""A voucher found by its code: what it is worth, and what stands against using it."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from loyalty import codes
from loyalty.models import Voucher, Worth
from loyalty.queries.reasons import Because

MESSAGES: dict[str, Promise] = {
    "voucher_used": _("The voucher is used up."),
    "voucher_expired": _("The voucher is past its date."),
    "voucher_revoked": _("The voucher is revoked."),
    "not_theirs": _("The voucher belongs to another customer."),
    "other_currency": _("The voucher is for %(currency)s."),
    "goods_missing": _("Say what the goods cost: a gift card pays only what it takes."),
}


class Against(Because):
    """Why a voucher cannot be used."""

    MESSAGES = MESSAGES


def by_code(code: str) -> QuerySet[Voucher]:
    """The voucher with this code, or none. A code with a slip in it is not looked for."""
    if not codes.is_well_formed(code):
        return Voucher.objects.none()
    return Voucher.objects.filter(digest=codes.digest(code))


def against(
    voucher: Voucher, *, customer: Customer | None = None, goods: int | None = None, currency: str = "", at: datetime
) -> list[Against]:
    """Everything that stands against using it now, for this customer and these goods."""
    found = []
    state = voucher.state(at)
    if state != Voucher.Status.OPEN:
        found.append(Against(f"voucher_{state}"))
    if voucher.bound and (customer is None or customer.pk != voucher.customer_id):
        found.append(Against("not_theirs"))
    if currency and voucher.worth == Worth.AMOUNT and currency != voucher.currency:
        found.append(Against("other_currency", {"currency": voucher.currency}))
    if voucher.divisible and not goods:
        found.append(Against("goods_missing"))
    return found


def taken_off(voucher: Voucher, goods: int | None) -> int | None:
    """Money (minor units) that it takes off goods of this price; None where that cannot be said."""
    if voucher.worth == Worth.AMOUNT:
        left = voucher.left or 0
        return left if goods is None else min(left, goods)
    if voucher.worth == Worth.PERCENT and voucher.percent and goods is not None:
        share = goods * voucher.percent // 100
        return share if voucher.amount is None else min(share, voucher.amount)
    return None
