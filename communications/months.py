"""Days of a calendar page: which weeks a month shows, and where a day of one month stands in another. Pure."""

import datetime as dt

WEEK = dt.timedelta(days=7)
DAY = dt.timedelta(days=1)


def first_of(day: dt.date) -> dt.date:
    return day.replace(day=1)


def next_month(day: dt.date, months: int = 1) -> dt.date:
    """The first of the month so many months later.

    >>> next_month(dt.date(2026, 12, 24)), next_month(dt.date(2026, 1, 31), -1)
    (datetime.date(2027, 1, 1), datetime.date(2025, 12, 1))
    """
    count = day.year * 12 + day.month - 1 + months
    return dt.date(count // 12, count % 12 + 1, 1)


def monday_of(day: dt.date) -> dt.date:
    return day - day.weekday() * DAY


def weeks_of(day: dt.date) -> list[list[dt.date]]:
    """The weeks of a month, whole, Monday first.

    >>> weeks = weeks_of(dt.date(2026, 6, 15))
    >>> len(weeks), weeks[0][0], weeks[-1][-1]
    (5, datetime.date(2026, 6, 1), datetime.date(2026, 7, 5))
    """
    first, after = first_of(day), next_month(day)
    weeks, monday = [], monday_of(first)
    while monday < after:
        weeks.append([monday + n * DAY for n in range(7)])
        monday += WEEK
    return weeks


def same_place(day: dt.date, to: dt.date) -> dt.date:
    """The day of another month that stands where this one does: the second Tuesday is the second Tuesday.

    Where the month has no fifth one, it is the last.

    >>> same_place(dt.date(2026, 6, 9), dt.date(2026, 7, 1))
    datetime.date(2026, 7, 14)
    >>> same_place(dt.date(2026, 6, 30), dt.date(2026, 7, 1))
    datetime.date(2026, 7, 28)
    """
    first = first_of(to)
    place = (day.day - 1) // 7
    begin = first + ((day.weekday() - first.weekday()) % 7) * DAY
    found = begin + place * WEEK
    return found if found.month == first.month else found - WEEK
