"""The rules of points without a database: exact fractions, rounded once at the end, calendar arithmetic in a zone."""

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo


def whole(exact: Fraction, rounding: str = "down") -> int:
    """Whole points, by the programme's rounding. The only place where a part of a point is lost or given.

    >>> [whole(Fraction(19, 2), rounding) for rounding in ("down", "nearest", "up")]
    [9, 10, 10]
    """
    if rounding == "up":
        return exact.__ceil__()
    return (exact + Fraction(1, 2) if rounding == "nearest" else exact).__floor__()


def points_for(money: Fraction | int, rate: Fraction, rounding: str = "down") -> int:
    """Points for so much money (minor units) at so many points per minor unit, rounded once."""
    return max(0, whole(money * rate, rounding))


def eligible(goods: int, *, gift_card: int = 0, paid_with_points: int = 0, returned: int = 0) -> Fraction:
    """The part of a purchase that earns: its goods (shipping is none) without gift cards and without what points paid.

    What was returned takes with it the same share of each way to pay: half the goods back, half of all back.
    """
    earning = max(0, goods - gift_card - paid_with_points)
    return Fraction(0) if goods == 0 else Fraction(earning * (goods - returned), goods)


def given_back(paid: int, *, goods: int, returned: int) -> int:
    """Points out of ``paid`` that belong to the returned part of the goods; all of them when all is returned."""
    return paid * returned // goods if goods else 0


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day where it is shorter."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def local_day(moment: datetime, zone: str) -> date:
    return moment.astimezone(ZoneInfo(zone)).date()


def start_of(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(zone))


def last_day(earned: datetime, *, months: int, at_month_end: bool, zone: str) -> date:
    """The last day on which points earned then are worth something."""
    day = add_months(earned.astimezone(ZoneInfo(zone)).date(), months)
    return day.replace(day=monthrange(day.year, day.month)[1]) if at_month_end else day


def expiry(earned: datetime, *, months: int | None, at_month_end: bool, zone: str) -> datetime | None:
    """The moment from which the points are gone: the beginning of the day after their last, in the zone."""
    if months is None:
        return None
    return start_of(last_day(earned, months=months, at_month_end=at_month_end, zone=zone) + timedelta(days=1), zone)


def activation(earned: datetime, *, days: int, zone: str) -> datetime | None:
    """The moment from which pending points can be spent: the beginning of the day on which the window has closed."""
    if days == 0:
        return None
    return start_of(earned.astimezone(ZoneInfo(zone)).date() + timedelta(days=days), zone)
