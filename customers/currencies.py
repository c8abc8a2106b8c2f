"""How many digits the minor unit of a currency has: 2.55 EUR are 255 cents, 255 KRW are 255 won."""

from decimal import Decimal

DIGITS = dict.fromkeys(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ],
    0,
)
DIGITS |= dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3)


def digits(currency: str) -> int:
    """Digits after the point; two where nothing else is known."""
    return DIGITS.get(currency, 2)


def shown(amount: int, currency: str) -> str:
    """An amount in minor units as people write it.

    >>> shown(250031563, "USD"), shown(1200, "KRW")
    ('2,500,315.63 USD', '1,200 KRW')
    """
    places = digits(currency)
    return f"{Decimal(amount).scaleb(-places):,.{places}f} {currency}"
