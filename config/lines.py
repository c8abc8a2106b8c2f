"""Texts of one line, as people paste them: names, places, reasons, references. Pure."""

import re

# Control characters that are no white space, marks that turn the direction of a text round, and what nobody sees.
# The joiners U+200C and U+200D are none of them: they are parts of letters and of emoji.
UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufff9-\ufffb]"
)


def one_line(text: str) -> str:
    """The text on one line, without what cannot be seen: nothing that was meant is lost.

    >>> one_line("  Ada\\tKing\\nof \\u202eLovelace\\x07 ")
    'Ada King of Lovelace'
    """
    if not text.isprintable():
        text = UNSEEN.sub("", text)
    return " ".join(text.split())
