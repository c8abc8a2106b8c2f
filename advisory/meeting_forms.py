"""What staff write about meetings. Types only: what may be is said by the actions."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from advisory.confidentiality import Level
from advisory.models import Ballot, Board, Item, Meeting
from people.forms import Plain
from people.models import User

MOMENT = {"type": "datetime-local", "class": "ms-input"}


def words(label: Any, most: int = 150, *, required: bool = True, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=required, widget=UnfoldAdminTextInputWidget, **more)


def whole(label: Any, initial: int | None = None, *, least: int = 1, most: int = 600) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, initial=initial, min_value=least, max_value=most, widget=UnfoldAdminIntegerFieldWidget
    )


def choice(label: Any, choices: Any, **more: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=label, choices=choices, widget=UnfoldAdminSelectWidget, **more)


class WallTime(forms.DateTimeField):
    """What a clock somewhere shows; where, another field says."""

    def to_python(self, value: Any) -> Any:
        with timezone.override(dt.UTC):
            at = super().to_python(value)
        return at and at.replace(tzinfo=None)


def instant(wall: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """When it is that late there; the first of two where clocks are put back. Raises ValidationError where they
    skip it, or the year is out of all reach."""
    try:
        at = wall.replace(tzinfo=zone).astimezone(dt.UTC)
        exists = at.astimezone(zone).replace(tzinfo=None, fold=0) == wall.replace(tzinfo=None, fold=0)
    except OverflowError:
        exists = False
    if not exists:
        raise ValidationError(
            _("%(time)s does not exist in %(zone)s: clocks skip it that day."), code="no_such_time",
            params={"time": f"{wall:%Y-%m-%d %H:%M}", "zone": zone.key},
        )  # fmt: skip
    return at


class PlanForm(Plain):
    board = forms.ModelChoiceField(label=_("Board"), queryset=Board.objects.none(), widget=UnfoldAdminSelectWidget)
    title = words(_("Title"))
    purpose = forms.CharField(
        label=_("What it is for"), required=False, max_length=2000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3})
    )
    level = choice(_("Who may know of it"), Level.choices, coerce=int, initial=Level.BOARD)
    facilitator = forms.ModelChoiceField(
        label=_("Facilitator"), queryset=User.objects.none(), required=False, widget=UnfoldAdminSelectWidget
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["board"].queryset = Board.objects.standing().order_by("name")  # type: ignore[attr-defined]
        staff = User.objects.filter(is_active=True, is_staff=True).order_by("first_name", "last_name", "pk")
        self.fields["facilitator"].queryset = staff  # type: ignore[attr-defined]


class WordsForm(PlanForm):
    board = None  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super(PlanForm, self).__init__(*args, **kwargs)
        staff = User.objects.filter(is_active=True, is_staff=True).order_by("first_name", "last_name", "pk")
        self.fields["facilitator"].queryset = staff  # type: ignore[attr-defined]


class TimeForm(Plain):
    """A wall time in the zone of the meeting."""

    starts_at = WallTime(label=_("Starts"), widget=forms.DateTimeInput(attrs=MOMENT, format="%Y-%m-%dT%H:%M"))
    minutes = whole(_("Minutes"), 120, least=15, most=1440)
    zone = choice(_("Zone"), [])
    mode = choice(_("How"), Meeting.Mode.choices)
    place = words(_("Place"), 200, required=False)
    video_url = forms.URLField(
        label=_("Video link"), required=False, max_length=500, assume_scheme="https", widget=UnfoldAdminTextInputWidget
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"].choices = [(zone, zone) for zone in sorted(available_timezones())]  # type: ignore[attr-defined]

    @classmethod
    def of(cls, meeting: Meeting, posted: Any = None) -> "TimeForm":
        local = meeting.starts_at.astimezone(meeting.clock).replace(tzinfo=None) if meeting.starts_at else None
        return cls(
            posted,
            initial={
                "starts_at": local, "minutes": meeting.minutes_long or 120, "zone": meeting.zone, "mode": meeting.mode,
                "place": meeting.place, "video_url": meeting.video_url,
            },
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if "starts_at" in said and "zone" in said:
            try:
                said["starts_at"] = instant(said["starts_at"], ZoneInfo(said["zone"]))
            except ValidationError as refusal:
                self.add_error("starts_at", refusal)
        return said

    def values(self) -> dict[str, Any]:
        """What the actions take: two instants instead of a wall time and a length."""
        said = dict(self.cleaned_data)
        return said | {"ends_at": said["starts_at"] + dt.timedelta(minutes=said.pop("minutes"))}


class DatesForm(Plain):
    """Some times, one a line: 2027-03-30 15:00."""

    minutes = whole(_("Minutes"), 120, least=15, most=1440)
    times = forms.CharField(
        label=_("Times, one a line"), help_text=_("Such as 2027-03-30 15:00, by the clock of the meeting's zone."),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 5}),
    )  # fmt: skip

    def slots(self, zone: ZoneInfo) -> list[tuple[dt.datetime, dt.datetime]]:
        """Raises ValidationError for a line that is no time, or one that clocks skip."""
        found = []
        for line in filter(None, map(str.strip, self.cleaned_data["times"].splitlines())):
            try:
                starts = instant(dt.datetime.fromisoformat(line.replace(" ", "T", 1)), zone)
            except ValueError:
                raise ValidationError(
                    _("%(line)s is no time."), code="time_unreadable", params={"line": line[:40]}
                ) from None
            found.append((starts, starts + dt.timedelta(minutes=self.cleaned_data["minutes"])))
        return found


class ItemForm(Plain):
    title = words(_("Title"))
    minutes = whole(_("Minutes"), 15)
    presenter = words(_("Presented by"), 100, required=False)
    purpose = choice(_("Purpose"), Item.Purpose.choices, initial=Item.Purpose.DISCUSS)
    by_host = forms.BooleanField(
        label=_("We speak (it counts as time of the host)"), required=False, widget=UnfoldBooleanWidget
    )
    level = choice(_("Who may see it"), Level.choices, coerce=int, initial=Level.BOARD)
    text = forms.CharField(
        label=_("What it is about"),
        required=False,
        max_length=5000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )


class MaterialForm(Plain):
    """A link or a file."""

    name = words(_("Name"), required=False, help_text=_("A file keeps its own where you give none."))
    url = forms.URLField(
        label=_("Link"), max_length=500, assume_scheme="https", required=False, widget=UnfoldAdminTextInputWidget
    )
    file = forms.FileField(
        label=_("Or a file"), required=False, widget=UnfoldAdminFileFieldWidget,
        help_text=_("A picture, PDF, text or office file without macros, of 10 MB at most."),
    )  # fmt: skip
    level = choice(_("Who may see it"), Level.choices, coerce=int, initial=Level.BOARD)
    from_at = forms.DateTimeField(
        label=_("Members see it from"), required=False, help_text=_("Empty: at once. By your own clock."),
        widget=forms.DateTimeInput(attrs=MOMENT, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if bool(said.get("url")) == bool(said.get("file")) and not self.errors:
            raise ValidationError(_("Give a link or a file."), code="link_or_file")
        return said


class BallotForm(Plain):
    question = words(_("Question"), 300)
    kind = choice(_("How"), Ballot.Kind.choices)
    options = forms.CharField(
        label=_("Options, one a line"), required=False, max_length=4000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )  # fmt: skip
    secrecy = choice(_("Secrecy"), Ballot.Secrecy.choices, initial=Ballot.Secrecy.NAMED)
    shown = forms.BooleanField(
        label=_("Everybody sees how it stands while it is open (a secret vote never does)"), required=False,
        widget=UnfoldBooleanWidget,
    )  # fmt: skip

    def values(self) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        return said | {"options": said["options"].splitlines(), "hidden": not said.pop("shown")}


class DueForm(Plain):
    day = forms.DateField(
        label=_("Day"), widget=forms.DateInput(attrs={"type": "date", "class": "ms-input"}, format="%Y-%m-%d")
    )
