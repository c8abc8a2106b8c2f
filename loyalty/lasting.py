"""How long points last: never ending, so many months or days, until a fixed day of the year, or sliding. Pure.

Points of a sliding kind begin again with each activity that the programme chose: what moves them is
``loyalty.actions.sliding``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.dates import MONTHS
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loyalty import arithmetic

Day = tuple[int, int]  # month, day of it


@dataclass(frozen=True, slots=True)
class Lasting:
    """Without any of these, points never expire.

    With ``dates``, they last until the first of these days of a year that is at least ``months`` after they were
    earned: with the 31st of March and three months, all points of a year expire on the 31st of March of the next.
    """

    months: int | None = None
    days: int | None = None
    at_month_end: bool = False
    dates: tuple[Day, ...] = ()
    slides: bool = False

    def until(self, earned: datetime, zone: str) -> datetime | None:
        """The moment from which they are gone: the beginning of the day after their last."""
        if self.dates:
            day = arithmetic.local_day(earned, zone)
            return arithmetic.start_of(next_of(self.dates, arithmetic.add_months(day, self.months or 0)) + DAY, zone)
        if self.days is not None:
            return arithmetic.start_of(arithmetic.local_day(earned, zone) + timedelta(days=self.days + 1), zone)
        return arithmetic.expiry(earned, months=self.months, at_month_end=self.at_month_end, zone=zone)

    def of(self, earned: datetime, activates_at: datetime | None, zone: str) -> datetime | None:
        """The same; counted from when they can be spent, where they would be gone before."""
        found = self.until(earned, zone)
        return self.until(activates_at, zone) if found and activates_at and found <= activates_at else found

    def as_json(self) -> dict[str, Any]:
        if self.dates:
            return {"dates": [written(day) for day in self.dates], "months": self.months or 0}
        if self.days is not None:
            return {"days": self.days}
        if self.slides:
            return {"months": self.months, "at_month_end": self.at_month_end, "slides": True}
        return {"months": self.months, "at_month_end": self.at_month_end}


DAY = timedelta(days=1)
NEVER = Lasting()


def read(said: Mapping[str, Any]) -> Lasting:
    """What ``as_json`` has written."""
    dates = tuple(day_of_year(day) for day in said.get("dates", ()))
    months = said.get("months")
    return Lasting(
        months or None if dates else months,
        said.get("days"),
        said.get("at_month_end") is True,
        dates,
        said.get("slides") is True,
    )


def next_of(dates: tuple[Day, ...], day: date) -> date:
    """The first of these days of a year that is not before ``day``. The 29th of February is the last of February."""
    return min(found for year in (day.year, day.year + 1) for each in dates if (found := _in_year(each, year)) >= day)


def _in_year(day: Day, year: int) -> date:
    return arithmetic.add_months(date(year - 1, 12, day[1]), day[0])


def day_of_year(typed: str) -> Day:
    """``03-31``: month and day. Raises ValueError."""
    month, _dash, day = typed.strip().partition("-")
    if not (month.isascii() and month.isdigit() and day.isascii() and day.isdigit()):
        raise ValueError(typed)
    found = date(2024, int(month), int(day))  # a leap year
    return found.month, found.day


def days_of_year(typed: str) -> tuple[Day, ...]:
    """Several with commas, each once, in the order of the year. Raises ValueError."""
    return tuple(sorted({day_of_year(each) for each in typed.split(",") if each.strip()}))


def written(day: Day) -> str:
    return f"{day[0]:02}-{day[1]:02}"


def in_words(lasting: Lasting) -> str:
    """What follows "points expire"."""
    if lasting.dates:
        return _on_dates(lasting)
    if lasting.days is not None:
        return ngettext("%(n)s day after they were earned", "%(n)s days after they were earned", lasting.days) % {
            "n": lasting.days
        }
    if lasting.months is None:
        return _("never")
    months: dict[str, Any] = {"n": lasting.months}
    if lasting.slides:
        said = ngettext("%(n)s month after the last activity", "%(n)s months after the last activity", lasting.months)
    else:
        said = ngettext("%(n)s month after they were earned", "%(n)s months after they were earned", lasting.months)
    return said % months + (_(", at the end of that month") if lasting.at_month_end else "")


def _on_dates(lasting: Lasting) -> str:
    days = ", ".join(str(format_lazy("{day} {month}", day=day, month=MONTHS[month])) for month, day in lasting.dates)
    if not lasting.months:
        return _("on the next %(days)s") % {"days": days}
    said = ngettext(
        "on the first %(days)s that is at least %(n)s month after they were earned",
        "on the first %(days)s that is at least %(n)s months after they were earned",
        lasting.months,
    )
    return said % {"days": days, "n": lasting.months}
