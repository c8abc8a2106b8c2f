"""What marketers write of plans. Types only: what may be is said by the actions and by ``flaws``."""

import datetime as dt
import json
import re
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from calendars.models import Calendar
from communications.designs import Design
from communications.models import Plan, PlanVersion
from communications.models.plans import WHOLE_WEEK
from customers.forms import text
from customers.models import ConsentDecision, Segment, Verb
from people.forms import Plain
from people.models import User

VERBS = [("", "-"), *Verb.choices]
PURPOSES = [*ConsentDecision.Purpose.choices, ("", _("none: part of what they ordered or asked for"))]
# What usually ends a sequence; what a plan says besides is offered as well.
ENDS = (
    Verb.BOUGHT, Verb.RETURNED, Verb.PURCHASE_CANCELLED, Verb.COMPLAINT_OPENED, Verb.REVIEWED, Verb.VOUCHER_USED,
    Verb.POINTS_SPENT, Verb.REFERRED, Verb.SURVEY_ANSWERED, Verb.TIER_REACHED, Verb.MEMBERSHIP_STARTED,
    Verb.SEAT_ACCEPTED, Verb.SEAT_DECLINED,
)  # fmt: skip
QUIET = (("quiet_from", "quiet_to"), ("quiet_from_2", "quiet_to_2"))


class DateInput(UnfoldAdminTextInputWidget):
    input_type = "date"

    def format_value(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, dt.date) else value


class TimeInput(UnfoldAdminTextInputWidget):
    input_type = "time"

    def format_value(self, value: Any) -> Any:
        return value.strftime("%H:%M") if isinstance(value, dt.time) else value


def choice(label: Any, choices: Any, *, required: bool = True, help_text: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, required=required, help_text=help_text, widget=UnfoldAdminSelectWidget
    )


def several(label: Any, choices: Any, *, help_text: Any = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, help_text=help_text, widget=forms.CheckboxSelectMultiple
    )


def chosen(label: Any, rows: Any, *, empty: Any, help_text: Any = "") -> Any:
    return forms.ModelChoiceField(
        rows, label=label, required=False, empty_label=empty, help_text=help_text, widget=UnfoldAdminSelectWidget
    )


def number(label: Any, *, least: int = 0, most: int = 100_000, required: bool = False, help_text: Any = "") -> Any:
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        required=required,
        help_text=help_text,
        widget=UnfoldAdminIntegerFieldWidget,
    )


def date(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=DateInput, **more)


def time(label: Any, **more: Any) -> forms.TimeField:
    return forms.TimeField(label=label, required=False, widget=TimeInput, **more)


def lines(label: Any, *, rows: int = 3, help_text: Any = "") -> forms.CharField:
    widget = UnfoldAdminTextareaWidget(attrs={"rows": rows})
    return forms.CharField(label=label, required=False, help_text=help_text, widget=widget)


def yes(label: Any) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, widget=UnfoldBooleanWidget)


class Sections(Plain):
    """A form in named parts, two beside each other where there is room."""

    SECTIONS: tuple[tuple[Any, tuple[str, ...]], ...] = ()

    @property
    def sections(self) -> list[tuple[Any, list[BoundField]]]:
        found = [(title, [self[name] for name in names if name in self.fields]) for title, names in self.SECTIONS]
        return [(title, fields) for title, fields in found if fields]


class PlanForm(Sections):
    """What campaigns and sequences share."""

    name = text(_("Name"), 120, required=True)
    segment = chosen(_("Whom"), Segment.objects.order_by("name"), empty=_("everybody"))
    purpose = choice(_("They consented to"), PURPOSES, required=False)
    owner = chosen(_("Owner"), User.objects.filter(is_active=True).order_by("first_name", "username"), empty="-")
    quiet_from = time(_("Nothing arrives from"))
    quiet_to = time(_("until"), help_text=_("On the customer's clock; it may cross midnight."))
    quiet_from_2 = time(_("Nor from"))
    quiet_to_2 = time(_("until"))
    weekdays = several(
        _("Only on"), [(str(day), name) for day, name in WEEKDAYS.items()], help_text=_("None: on every day.")
    )
    blackout = lines(_("Not on these days"), help_text=_("Dates such as 2026-12-24, one a line."))
    calendar = chosen(
        _("Business days by"), Calendar.objects.filter(retired_at=None).order_by("-main", "name"), empty="-"
    )
    priority = number(
        _("Priority"), most=100, help_text=_("Higher ones go first where a customer would get too many.")
    )
    holdout_percent = number(_("Held out to compare (percent)"), most=50)
    daily_limit = number(_("At most a day"), least=1, most=10_000_000)
    expiry_hours = number(
        _("Still worth sending for (hours)"), least=1, help_text=_("What would come later is left out.")
    )
    grace_hours = number(
        _("Late beginners get what was due within (hours)"), help_text=_("What was due earlier is left out.")
    )
    needs_approval = yes(_("Somebody else approves it before it goes live"))

    COLUMNS: tuple[str, ...] = (
        "purpose", "holdout_percent", "daily_limit", "expiry_hours", "priority", "grace_hours"
    )  # fmt: skip
    ZEROS = ("priority", "holdout_percent", "grace_hours")
    CLOCK = ("quiet_from", "quiet_to", "quiet_from_2", "quiet_to_2", "weekdays", "blackout", "calendar")
    PRESSURE = ("priority", "holdout_percent", "daily_limit", "expiry_hours", "grace_hours")

    @classmethod
    def initial_of(cls, plan: Plan, design: Design) -> dict[str, Any]:
        windows = dict(zip(QUIET, design.quiet, strict=False))
        quiet = {name: said for names, pair in windows.items() for name, said in zip(names, pair, strict=True)}
        return (
            {name: getattr(design, name) for name in cls.COLUMNS}
            | quiet
            | {
                "name": plan.name,
                "owner": plan.owner_id,
                "needs_approval": plan.needs_approval,
                "segment": design.segment_id,
                "calendar": design.calendar_id,
                "weekdays": [str(day) for day in design.weekdays],
                "blackout": "\n".join(design.blackout),
            }
        )

    def clean_blackout(self) -> tuple[str, ...]:
        found = []
        for said in re.split(r"[\s,;]+", self.cleaned_data["blackout"].strip()):
            try:
                found += [dt.date.fromisoformat(said).isoformat()] if said else []
            except ValueError:
                raise ValidationError(_("“%(said)s” is no date such as 2026-12-24."), params={"said": said}) from None
        return tuple(sorted(set(found)))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for begin, end in QUIET:
            if bool(said.get(begin)) != bool(said.get(end)):
                self.add_error(end, _("Quiet hours have a beginning and an end."))
        return said

    def design(self, before: Design) -> Design:
        """What was said, on top of what stood there before."""
        said = self.cleaned_data
        columns = {name: said[name] for name in self.COLUMNS} | {name: said[name] or 0 for name in self.ZEROS}
        pairs = [(said[begin], said[end]) for begin, end in QUIET]
        quiet = tuple((f"{begin:%H:%M}", f"{end:%H:%M}") for begin, end in pairs if begin and end)
        return replace(
            before,
            segment_id=said["segment"].pk if said["segment"] else None,
            calendar_id=said["calendar"].pk if said["calendar"] else None,
            quiet=(*quiet, *before.quiet[len(QUIET) :]),
            weekdays=tuple(sorted(int(day) for day in said["weekdays"])) or tuple(WHOLE_WEEK),
            blackout=said["blackout"],
            **columns,
        )


class CampaignForm(PlanForm):
    starts_on = date(_("Day"))
    at_time = time(_("At (customer's time)"))
    ends_on = date(_("Until"), help_text=_("Who comes into the segment until then is reached as well."))
    COLUMNS = (*PlanForm.COLUMNS, "starts_on", "at_time", "ends_on")
    SECTIONS = (
        (_("What and when"), ("name", "starts_on", "at_time", "ends_on")),
        (_("Whom"), ("segment", "purpose", "owner", "needs_approval")),
        (_("When nobody is disturbed"), PlanForm.CLOCK),
        (_("How much"), PlanForm.PRESSURE),
    )


class SequenceForm(PlanForm):
    anchor = choice(_("Counts from"), [one for one in PlanVersion.Anchor.choices if one[0] != "date"])
    anchor_verb = choice(_("What happened"), VERBS, required=False, help_text=_("Where it counts from that."))
    anchor_match = lines(
        _("Only where"),
        rows=2,
        help_text=_("What the timeline says of it, one a line, such as tier = gold. Empty: always."),
    )
    anchor_particular = text(
        _("By a date that it names"), 40, help_text=_("Such as expires_on. Empty: from when it happened.")
    )
    anchor_days = number(_("Days without a purchase"), least=1, most=3650, help_text=_("Where it counts from those."))
    anchor_trait = text(_("Name of the date"), 60, help_text=_("Where it counts from a date of the customer."))
    leap_day = choice(_("29 February is kept on"), PlanVersion.LeapDay.choices, required=False)
    reentry = choice(_("May begin again"), PlanVersion.Reentry.choices)
    goal_verb = choice(_("Goal: it has done its work when the customer"), VERBS, required=False)
    exit_verbs = several(_("It also stops when the customer"), [(one.value, one.label) for one in ENDS])
    exit_on_partial_return = yes(_("It stops as well when only a part is brought back"))
    COLUMNS = (
        *PlanForm.COLUMNS, "anchor", "anchor_verb", "anchor_particular", "anchor_days", "anchor_trait", "reentry",
        "goal_verb", "exit_on_partial_return",
    )  # fmt: skip
    START = (
        "name", "anchor", "anchor_verb", "anchor_match", "anchor_particular", "anchor_days", "anchor_trait", "leap_day"
    )  # fmt: skip
    SECTIONS = (
        (_("What it follows"), START),
        (_("Whom"), ("segment", "purpose", "owner", "needs_approval")),
        (_("When it begins again and ends"), ("reentry", "goal_verb", "exit_verbs", "exit_on_partial_return")),
        (_("When nobody is disturbed"), PlanForm.CLOCK),
        (_("How much"), PlanForm.PRESSURE),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        more = [one for one in self.initial.get("exit_verbs", ()) if one in Verb and one not in ENDS]
        offered = [(one.value, one.label) for one in (*ENDS, *map(Verb, more))]
        self.fields["exit_verbs"].choices = offered  # type: ignore[attr-defined]

    @classmethod
    def initial_of(cls, plan: Plan, design: Design) -> dict[str, Any]:
        return super().initial_of(plan, design) | {
            "leap_day": design.leap_day,
            "anchor_match": "\n".join(f"{name} = {written(value)}" for name, value in design.anchor_match.items()),
            "exit_verbs": [str(one) for one in design.exit_verbs],
        }

    def clean_anchor_match(self) -> dict[str, Any]:
        found = {}
        for line in filter(None, map(str.strip, self.cleaned_data["anchor_match"].splitlines())):
            name, sign, value = (part.strip() for part in line.partition("="))
            if not (sign and name and value):
                raise ValidationError(_("“%(line)s” has no name and value."), params={"line": line})
            found[name] = read(value)
        return found

    def design(self, before: Design) -> Design:
        said = self.cleaned_data
        return replace(
            super().design(before),
            anchor_match=said["anchor_match"],
            exit_verbs=tuple(said["exit_verbs"]),
            leap_day=said["leap_day"] or before.leap_day,
        )


def written(value: Any) -> str:
    """A particular as people write it; ``read`` understands it.

    >>> written("gold"), written(["gold", "silver"]), written(5), written("5")
    ('gold', 'gold, silver', '5', '"5"')
    """
    if isinstance(value, list) and not any("," in str(one) for one in value):
        return ", ".join(map(written, value))
    if isinstance(value, str) and read(value) == value:
        return value
    return json.dumps(value, ensure_ascii=False)


def read(said: str) -> Any:
    """A number, yes or no, a text, or any of several.

    >>> read("gold"), read("gold, silver"), read("5"), read('"5"'), read("true")
    ('gold', ['gold', 'silver'], 5, '5', True)
    """
    try:
        return json.loads(said)
    except ValueError:
        return [read(part.strip()) for part in said.split(",") if part.strip()] if "," in said else said
