"""What staff write about calendars. Types only: what may be is said by the actions."""

import re
import zoneinfo
from datetime import date, datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from calendars import dates, holidays
from calendars.plans import Shift, Shifts
from calendars.targets import Unit
from people.forms import Plain

NONE = ("", gettext_lazy("None"))


class DateInput(UnfoldAdminTextInputWidget):
    """The browser's own choice of a date, which works by keyboard and on a phone."""

    input_type = "date"

    def format_value(self, value: Any) -> str | None:
        return value.isoformat() if isinstance(value, date) else super().format_value(value)


class MomentInput(UnfoldAdminTextInputWidget):
    input_type = "datetime-local"


def zones() -> list[tuple[str, str]]:
    named = [(name, name.replace("_", " ")) for name in sorted(zoneinfo.available_timezones()) if "/" in name]
    return [*[pair for pair in named if not pair[0].startswith(("Etc/", "SystemV/"))], ("UTC", "UTC")]


def name_field() -> forms.CharField:
    return forms.CharField(label=_("Name"), max_length=100, widget=UnfoldAdminTextInputWidget)


def zone_field() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Time zone"), choices=zones, widget=UnfoldAdminSelectWidget)


class NewForm(Plain):
    name = name_field()
    zone = zone_field()
    country = forms.ChoiceField(
        label=gettext_lazy("Closed on the public holidays of"),
        choices=lambda: [NONE, *holidays.countries().items()],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )


class NameForm(Plain):
    name = name_field()


class HolidaysForm(Plain):
    """The regions offered are those of the country that is chosen."""

    country = forms.ChoiceField(
        label=gettext_lazy("Country"),
        choices=lambda: [NONE, *holidays.countries().items()],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    subdivision = forms.CharField(label=gettext_lazy("Region"), required=False, widget=UnfoldAdminSelectWidget)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regions = holidays.subdivisions(str(self["country"].value() or ""))
        whole = gettext_lazy("the whole country") if regions else gettext_lazy("this country has no regions")
        self.fields["subdivision"].widget.choices = [("", whole), *regions.items()]


class DayForm(Plain):
    date = forms.DateField(label=gettext_lazy("Date"), widget=DateInput)
    until = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        help_text=gettext_lazy("Empty: this one day."),
        widget=DateInput,
    )
    name = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Company outing, Christmas Eve …"),
        widget=UnfoldAdminTextInputWidget,
    )
    hours = forms.CharField(
        label=gettext_lazy("Open"),
        required=False,
        help_text=gettext_lazy("As 09:00-12:00, 13:00-15:00. Empty: closed all day."),
        widget=UnfoldAdminTextInputWidget,
    )
    yearly = forms.BooleanField(label=gettext_lazy("Every year"), required=False, widget=UnfoldBooleanWidget)

    def clean_hours(self) -> Shifts:
        return tuple(shift_of(part) for part in re.split(r"[,;]", self.cleaned_data["hours"]) if part.strip())


def shift_of(text: str) -> Shift:
    try:
        opens, closes = re.split(r"\s*[-\u2013]\s*", text.strip())
        return between(opens, closes)
    except ValueError:
        raise forms.ValidationError(_("Hours are written as 09:00-17:30."), code="hours_unread") from None


def between(opens: str, closes: str) -> Shift:
    """Raises ValueError. 24:00 is the end of the day; what closes no later than it opens runs over midnight."""
    begin, end = clock(opens), clock(closes)
    if begin == dates.DAY:
        raise ValueError(opens)
    return Shift.between(begin, end)


def clock(text: str) -> int:
    """9, 9:30 and 0930 are times as well. Raises ValueError."""
    text = text.strip()
    if ":" not in text:
        text = f"{text[:-2]}:{text[-2:]}" if len(text) > 2 else f"{text}:00"
    return dates.clock(text)


class WeekForm(Plain):
    """Zone and hours of Monday to Sunday. Hours come as ``opens-0``, ``closes-0`` as often as there are shifts."""

    zone = zone_field()
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *, week: tuple[Shifts, ...], **options: Any) -> None:
        super().__init__(data, **options)
        self.week = week
        self.rows = (
            [[tuple(shift.pair()) for shift in shifts] for shifts in week]
            if data is None
            else [
                list(zip(data.getlist(f"opens-{day}"), data.getlist(f"closes-{day}"), strict=False))
                for day in range(7)
            ]
        )

    def clean(self) -> dict[str, Any]:
        week: list[Shifts] = []
        for row in self.rows:
            try:
                week.append(tuple(sorted(between(*pair) for pair in row if any(pair))))
            except ValueError:
                week.append(())
                self.add_error(None, forms.ValidationError(_("Each shift needs both times."), code="hours_unread"))
        self.week = tuple(week)
        return self.cleaned_data

    def state(self) -> list[list[dict[str, str]]]:
        """For the page, which lets rows be added and taken away."""
        return [[{"opens": opens, "closes": closes} for opens, closes in row] for row in self.rows]


class DueForm(Plain):
    amount = forms.IntegerField(
        label=gettext_lazy("Due within"), initial=8, widget=UnfoldAdminIntegerFieldWidget(attrs={"min": 0})
    )
    unit = forms.ChoiceField(
        label=gettext_lazy("Counted in"), choices=Unit.choices, initial=Unit.HOURS, widget=UnfoldAdminSelectWidget
    )
    start = forms.DateTimeField(
        label=gettext_lazy("Opened"),
        required=False,
        help_text=gettext_lazy("On the clock of the calendar. Empty: now."),
        widget=MomentInput,
    )

    def start_in(self, zone: zoneinfo.ZoneInfo) -> datetime | None:
        """What was written is on the clock of this zone."""
        start: datetime | None = self.cleaned_data.get("start")
        return start.replace(tzinfo=zone, fold=0) if start else None
