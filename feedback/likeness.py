"""How much two texts say the same. Pure; the same for every script, because no words are looked for."""

from collections import Counter

MUCH = 0.6
LOOKED_AT = 600  # characters


def likeness(one: str, other: str) -> float:
    """From 0 (nothing in common) to 1 (the same letters in a row).

    >>> likeness("My parcel is late", "My parcel is late!"), likeness("parcel", "택배")
    (1.0, 0.0)
    """
    first, second = _pairs(one), _pairs(other)
    both = first.total() + second.total()
    return 2 * (first & second).total() / both if both else 0.0


def _pairs(text: str) -> Counter[str]:
    letters = "".join(sign for sign in text[:LOOKED_AT].casefold() if sign.isalnum())
    return Counter(letters[at : at + 2] for at in range(len(letters) - 1))
