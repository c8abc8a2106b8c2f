"""What differs between two plans, in words."""

from collections.abc import Iterator
from itertools import pairwise

from django.utils import formats
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from calendars import holidays
from calendars.plans import OwnDay, Plan, Shifts


def between(old: Plan | None, new: Plan) -> list[str]:
    """One sentence for each difference; of the first version what it says."""
    return list(_differences(old or Plan(zone=""), new))


def _differences(old: Plan, new: Plan) -> Iterator[str]:
    if old.zone != new.zone:
        yield _("Zone: %(zone)s") % {"zone": new.zone}
    for first, last, shifts in _runs(old, new):
        days = str(WEEKDAYS_ABBR[first]) if first == last else f"{WEEKDAYS_ABBR[first]}-{WEEKDAYS_ABBR[last]}"
        yield f"{days}: {hours(shifts)}"
    if (old.country, old.subdivision) != (new.country, new.subdivision):
        yield _("Public holidays: %(place)s") % {"place": place(new)}
    for day in sorted(set(new.own) - set(old.own)):
        yield _("Added: %(day)s") % {"day": _told(day)}
    for day in sorted(set(old.own) - set(new.own)):
        yield _("Removed: %(day)s") % {"day": _told(day)}


def _runs(old: Plan, new: Plan) -> Iterator[tuple[int, int, Shifts]]:
    """Weekdays with other hours than before, those beside each other with the same hours as one."""
    changed = [day for day in range(7) if old.week[day] != new.week[day]]
    ends = [day for day, later in pairwise([*changed, 99]) if later != day + 1 or new.week[later] != new.week[day]]
    for end in ends:
        first = end
        while first - 1 in changed and first - 1 not in ends:
            first -= 1
        yield first, end, new.week[end]


def week(plan: Plan) -> list[str]:
    """The week in a few words: weekdays with the same hours together, closed ones left out."""
    return list(_differences(Plan(zone=plan.zone), Plan(zone=plan.zone, week=plan.week)))


def hours(shifts: Shifts) -> str:
    return ", ".join(map(str, shifts)) if shifts else _("closed")


def place(plan: Plan) -> str:
    if not plan.country:
        return _("none")
    country = holidays.countries().get(plan.country, plan.country)
    region = holidays.subdivisions(plan.country).get(plan.subdivision, plan.subdivision)
    return f"{country}, {region}" if region else country


def _told(day: OwnDay) -> str:
    date = formats.date_format(day.date, "MONTH_DAY_FORMAT" if day.yearly else "DATE_FORMAT")
    parts = [date, _("every year") if day.yearly else "", day.name, hours(day.shifts)]
    return ", ".join(part for part in parts if part)
