"""What a calendar says is changed by writing its next version; one that says the same is not written."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import formats, timezone
from django.utils.dates import WEEKDAYS

from calendars import holidays, queries
from calendars.actions.refusals import CalendarRefused
from calendars.hours import Calendar as Hours
from calendars.hours import NeverOpens
from calendars.models import Calendar, Day, Opening, Version
from calendars.plans import OwnDay, Plan, Shifts, clashing_weekdays, overlapping
from people.models import User

YEARS_BACK, YEARS_AHEAD = 10, 5
RENEWED_AT = 3  # years ahead that must be known
DAYS_AT_ONCE = 62


def set_week(
    calendar: Calendar,
    week: Sequence[Shifts],
    *,
    zone: str,
    by: User | None = None,
    at: datetime | None = None,
    expected: int | None = None,
) -> Version:
    """Give it these hours for Monday to Sunday, in this zone.

    Raises CalendarRefused: ``hours_overlap``, ``zone_unknown``, ``never_opens``, ``retired``; ``changed_meanwhile``
    where the version that holds is not the ``expected`` one.
    """
    return _change(calendar, lambda plan: replace(plan, week=tuple(week), zone=zone), by=by, at=at, expected=expected)


def choose_holidays(
    calendar: Calendar, country: str, *, subdivision: str = "", by: User | None = None, at: datetime | None = None
) -> Version:
    """Close it on the public holidays of a country ("" for none) and one of its regions.

    Raises CalendarRefused: ``holidays_unknown``, ``never_opens``, ``retired``.
    """
    return _change(calendar, lambda plan: replace(plan, country=country, subdivision=subdivision), by=by, at=at)


def add_days(
    calendar: Calendar,
    first: date,
    *,
    last: date | None = None,
    name: str = "",
    shifts: Shifts = (),
    yearly: bool = False,
    by: User | None = None,
    at: datetime | None = None,
) -> Version:
    """Give one date, or all up to ``last``, hours of its own; without shifts it is closed then.

    Raises CalendarRefused: ``hours_overlap``, ``date_taken``, ``dates_too_many``, ``date_out_of_reach``,
    ``never_opens``, ``retired``.
    """
    length = ((last or first) - first).days + 1
    if not 1 <= length <= DAYS_AT_ONCE:
        raise CalendarRefused("dates_too_many", most=DAYS_AT_ONCE)
    added = [OwnDay(first + timedelta(n), name.strip()[:200], tuple(sorted(shifts)), yearly) for n in range(length)]

    def with_days(plan: Plan) -> Plan:
        taken = {day.date for day in plan.own}
        for day in added:
            if day.date in taken:
                raise CalendarRefused("date_taken", date=formats.date_format(day.date))
        return replace(plan, own=tuple(sorted([*plan.own, *added])))

    return _change(calendar, with_days, by=by, at=at)


def remove_day(calendar: Calendar, day: date, *, by: User | None = None, at: datetime | None = None) -> Version:
    """Let a date be like its weekday again, or the public holiday that it is.

    Raises CalendarRefused: ``date_free``, ``never_opens``, ``retired``.
    """

    def without(plan: Plan) -> Plan:
        left = tuple(own for own in plan.own if own.date != day)
        if len(left) == len(plan.own):
            raise CalendarRefused("date_free")
        return replace(plan, own=left)

    return _change(calendar, without, by=by, at=at)


@transaction.atomic
def renew(calendar: Calendar, *, at: datetime | None = None) -> Version:
    """Learn the public holidays of coming years, and those that a government has moved since.

    A version is written where the known years come to their end, or where the holidays from now on differ.
    """
    at = at or timezone.now()
    calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
    version = queries.current(calendar)
    plan, known = queries.plan(version), queries.public_holidays(version)
    years = range(at.year, version.last_year + 1)
    own = {day.date for day in plan.own}
    told = {
        day
        for day in holidays.between(version.country, version.subdivision, years)
        if day >= at.date() and day not in own
    }
    ahead = version.last_year - at.year
    if ahead >= RENEWED_AT and told == {day for day in known if day >= at.date()}:
        return version
    return write(calendar, plan, by=None, at=at)


def _change(
    calendar: Calendar,
    change: Callable[[Plan], Plan],
    *,
    by: User | None,
    at: datetime | None,
    expected: int | None = None,
) -> Version:
    with transaction.atomic():
        calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
        if calendar.retired_at:
            raise CalendarRefused("retired")
        if expected is not None and expected != calendar.version:
            raise CalendarRefused("changed_meanwhile")
        version = queries.current(calendar)
        before = queries.plan(version)
        after = change(before)
        return version if after == before else write(calendar, after, by=by, at=at or timezone.now())


def write(calendar: Calendar, plan: Plan, *, by: User | None, at: datetime) -> Version:
    """The next version of a calendar that the caller has locked. Raises CalendarRefused."""
    years = range(at.year - YEARS_BACK, at.year + YEARS_AHEAD + 1)
    check(plan, years)
    public = holidays.between(plan.country, plan.subdivision, years)
    try:
        Hours.from_dict(plan.rules(public, years[-1]))
    except NeverOpens:
        raise CalendarRefused("never_opens") from None
    calendar.version += 1
    version = Version.objects.create(
        calendar=calendar,
        number=calendar.version,
        zone=plan.zone,
        country=plan.country,
        subdivision=plan.subdivision,
        first_year=years[0],
        last_year=years[-1],
        made_at=at,
        by=by,
    )
    _write_hours(version, plan, public)
    calendar.save(update_fields=["version"])
    return queries.version_at(version.pk)


def _write_hours(version: Version, plan: Plan, public: dict[date, str]) -> None:
    own = {day.date for day in plan.own}
    days = [
        Day(version=version, date=day, name=name, kind=Day.Kind.HOLIDAY)
        for day, name in public.items()
        if day not in own
    ]
    for day in plan.own:
        kind = Day.Kind.HOURS if day.shifts else Day.Kind.OFF
        days.append(Day(version=version, date=day.date, name=day.name, kind=kind, yearly=day.yearly))
    written = {day.date: day for day in Day.objects.bulk_create(days)}
    Opening.objects.bulk_create(
        [
            Opening(version=version, weekday=weekday, opens=shift.opens, closes=shift.closes)
            for weekday, shifts in enumerate(plan.week)
            for shift in shifts
        ]
        + [
            Opening(version=version, day=written[day.date], opens=shift.opens, closes=shift.closes)
            for day in plan.own
            for shift in day.shifts
        ]
    )


def check(plan: Plan, years: range) -> None:
    """Raises CalendarRefused where the plan makes no sense."""
    if not zone_is_known(plan.zone):
        raise CalendarRefused("zone_unknown")
    if (plan.country or plan.subdivision) and not holidays.known(plan.country, plan.subdivision):
        raise CalendarRefused("holidays_unknown")
    if clashing := clashing_weekdays(plan.week):
        raise CalendarRefused("hours_overlap", days=", ".join(str(WEEKDAYS[number]) for number in clashing))
    for day in plan.own:
        if overlapping(day.shifts):
            raise CalendarRefused("hours_overlap", days=formats.date_format(day.date))
        if not years[0] - 40 <= day.date.year <= years[-1] + 40:
            raise CalendarRefused("date_out_of_reach", first=years[0] - 40, last=years[-1] + 40)


def zone_is_known(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (KeyError, OSError, ValueError):
        return False
    return True
