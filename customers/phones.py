"""Phone numbers as they are kept: +49301234567. Pure; no database."""

import re

import phonenumbers

FORM = re.compile(r"\+[1-9][0-9]{5,14}")


def normalised(text: str, country: str) -> str | None:
    """A number in international form, or None where it cannot be one.

    ``country`` says how one without a country code is read.

    >>> normalised("030 / 123 45 67", "DE")
    '+49301234567'
    """
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        return None
    if number.extension or not phonenumbers.is_possible_number(number):
        return None
    form = str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return form if FORM.fullmatch(form) else None


def in_words(number: str) -> str:
    """As people write it: +49 30 1234567."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL))
