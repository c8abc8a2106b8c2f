"""Codes of referrals in words."""

from django import template
from django.utils.translation import gettext_lazy as _

register = template.Library()

WORDS = {
    "address_of_referrer": _("the address of who brought them"),
    "device_of_referrer": _("the device of who brought them"),
    "card_of_referrer": _("the card of who brought them"),
    "address_of_friend": _("the address of another friend"),
    "device_of_friend": _("the device of another friend"),
    "card_of_friend": _("the card of another friend"),
    "monthly_limit": _("above the limit of the month"),
    "existing_customer": _("had bought before"),
    "self_referral": _("turned out to be the same person"),
    "merged": _("merged with another record"),
    "erased": _("erased"),
    "wallet_closed": _("a wallet is closed"),
    "duplicate_reference": _("rewarded before"),
}


@register.filter
def suspicion(code: str) -> str:
    """What a code says; what somebody wrote stays as it is."""
    return str(WORDS.get(code, code))
