"""How money, phones and facts are written in templates."""

from django import template
from django.urls import reverse
from django.utils.translation import get_language_info, ngettext

from customers import money as amounts
from customers import phones, telling
from customers.models import Fact

register = template.Library()


@register.filter
def money(amount: int | None, currency: str) -> str:
    """``{{ purchase.total|money:purchase.currency }}``: 12.34 EUR."""
    return "" if amount is None else amounts.in_words(amount, currency)


@register.filter
def phone(number: str) -> str:
    return phones.in_words(number)


@register.filter
def language(code: str) -> str:
    """``{{ customer.language|language }}``: Korean. A code that nobody knows stays as it is."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


@register.filter
def particulars(fact: Fact) -> str:
    return telling.particulars(fact.verb, fact.about)


@register.filter
def purchase_page(fact: Fact) -> str:
    """Where the purchase that a fact is about has its page; nothing where another system only named its number."""
    purchase = fact.about.get("purchase")
    return reverse("admin:purchase", args=[purchase]) if isinstance(purchase, int) else ""


@register.filter
def icon(fact: Fact) -> str:
    return telling.icon_of(fact.verb)


@register.filter
def days(number: float | None) -> str:
    """``{{ profile.usual_gap_days|days }}``: 12 days."""
    if number is None:
        return ""
    whole = round(number)
    return ngettext("%(days)d day", "%(days)d days", whole) % {"days": whole}
