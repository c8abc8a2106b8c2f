"""Which language a message is written in, as far as its letters tell. Pure."""

from django.conf import settings

SCRIPTS = {"ko": ("\uac00", "\ud7a3"), "th": ("\u0e01", "\u0e5b")}
ENOUGH = 0.2  # of all letters: names and order numbers are in Latin ones


def guessed(text: str, otherwise: str = "") -> str:
    """Of the languages that we write: Korean and Thai by their letters, else what is known otherwise, else English.

    >>> guessed("택배가 아직 안 왔어요 (order R-1024)"), guessed("Where is it?", "th"), guessed("Où est-il?", "fr")
    ('ko', 'th', 'en')
    """
    letters = [letter for letter in text[:2_000] if letter.isalpha()]
    for language, (first, last) in SCRIPTS.items():
        if letters and sum(first <= letter <= last for letter in letters) >= ENOUGH * len(letters):
            return language
    ours = {code for code, _name in settings.LANGUAGES}
    return otherwise if otherwise in ours else "en"
