"""Money in words. Amounts are kept in minor units: 1234 of EUR is 12.34, of KRW 1,234. Pure; no database."""

from decimal import Decimal

from django.utils.formats import number_format

from customers.currencies import digits


def in_words(amount: int, currency: str) -> str:
    """
    >>> in_words(123450, "EUR"), in_words(5000, "KRW")
    ('1,234.50 EUR', '5,000 KRW')
    """
    places = digits(currency)
    number = number_format(Decimal(amount).scaleb(-places), decimal_pos=places, use_l10n=True, force_grouping=True)
    return f"{number} {currency}".strip()
