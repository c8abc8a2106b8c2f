"""Numbers, amounts and dates as files write them, read strictly as the mapping says."""

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

LAYOUTS = {
    "iso": re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"),
    "d/m/y": re.compile(r"(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4})"),
    "m/d/y": re.compile(r"(?P<m>\d{1,2})[/.-](?P<d>\d{1,2})[/.-](?P<y>\d{4})"),
    "yyyymmdd": re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
}
TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?")
NUMBERS = {
    ".": re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?|[+-]?\.\d+", re.ASCII),
    ",": re.compile(r"[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+)(?:,\d*)?|[+-]?,\d+", re.ASCII),
}
LONGEST_NUMBER = 25


def number(text: str, decimal: str) -> Decimal | None:
    """The number that a cell shows; None where it shows none.

    >>> number("1.234,50", ","), number("1,234.50", "."), number("1,5", ".")
    (Decimal('1234.50'), Decimal('1234.50'), None)
    """
    text = text.strip()
    if len(text) > LONGEST_NUMBER or not NUMBERS[decimal].fullmatch(text):
        return None
    plain = text.replace(",", "") if decimal == "." else text.replace(".", "").replace(",", ".")
    return Decimal(plain)


def whole(value: Decimal) -> int | None:
    """The integer that a number is; None where it has a fraction."""
    return int(value) if value == value.to_integral_value() else None


def moment_reader(layout: str, zone: str) -> Callable[[str], datetime | None]:
    """A function that reads a moment: a day, with or without a time, in the zone unless it names its own distance."""
    home = ZoneInfo(zone)
    day_of = LAYOUTS[layout]

    def moment(text: str) -> datetime | None:
        text = text.strip()
        found = day_of.match(text)
        if not found:
            return None
        rest = text[found.end() :].lstrip("T ")
        try:
            if layout == "iso" and re.search(r"(Z|[+-]\d\d:?\d\d)$", rest):
                return datetime.fromisoformat(text)
            hour, minute, second = _time(rest)
            return datetime(int(found["y"]), int(found["m"]), int(found["d"]), hour, minute, second, tzinfo=home)
        except ValueError:
            return None

    return moment


def _time(text: str) -> tuple[int, int, int]:
    if not text:
        return 0, 0, 0
    found = TIME.fullmatch(text)
    if not found:
        raise ValueError(text)
    return int(found[1]), int(found[2]), int(found[3] or 0)
