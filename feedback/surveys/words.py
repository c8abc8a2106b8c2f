"""Words of languages that a program cannot cut into words without a dictionary. Pure.

Korean words carry their particles, and Thai is written without blanks. Rather than guess, pairs of neighbouring
characters are counted: frequent pairs are parts of frequent words, and the page says that this is what they are.
"""

import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

# Syllables of Hangul; Thai consonants with the vowels and tone marks that belong to them.
UNITS = re.compile(r"[\uac00-\ud7a3]|[\u0e01-\u0e2e\u0e40-\u0e46][\u0e30-\u0e3a\u0e47-\u0e4e]*")
RUNS = re.compile(r"[\uac00-\ud7a3]+|[\u0e00-\u0e7f]+")


def pairs(texts: Iterable[str], *, most: int) -> list[tuple[str, int]]:
    """Pairs of neighbouring characters, and in how many of the texts each is; those of one text only are left out.

    >>> pairs(["배송이 늦어요", "배송 지연"], most=5)
    [('배송', 2)]
    """
    counted: Counter[str] = Counter()
    for text in texts:
        met: set[str] = set()
        for run in RUNS.findall(text):
            units = UNITS.findall(run)
            met.update(first + second for first, second in pairwise(units))
        counted.update(met)
    found = [(pair, many) for pair, many in counted.items() if many > 1]
    return sorted(found, key=lambda item: (-item[1], item[0]))[:most]
