"""Names as they are sorted and searched: without case, accents and doubled blanks. Pure; no database."""

import re
import unicodedata

# Letters that Unicode does not take apart.
PLAIN = str.maketrans(
    {"đ": "d", "ð": "d", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "\u0131": "i", "ħ": "h"}
)
ACCENTS = re.compile("[\u0300-\u036f]")  # only these: marks of other scripts (Thai vowels) are letters of their own


def sort_key(name: str) -> str:
    """The name to sort and search by.

    >>> sort_key("  Łukasz  ÅNGSTRÖM-Weiß ")
    'lukasz angstrom-weiss'
    >>> sort_key("김민준")
    '김민준'
    """
    apart = unicodedata.normalize("NFKD", name).casefold()
    plain = ACCENTS.sub("", unicodedata.normalize("NFKD", apart)).translate(PLAIN)
    return " ".join(unicodedata.normalize("NFC", plain).split())[:200]
