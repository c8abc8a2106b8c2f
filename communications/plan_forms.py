"""What marketers write of plans and steps. Types only: what may be is said by the actions and by ``flaws``."""

import datetime as dt
from dataclasses import replace
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from calendars.models import Calendar
from communications.designs import Design, StepDesign
from communications.models import Plan, PlanVersion, Step, Template
from customers import currencies
from customers.forms import Plain, text
from customers.models import ConsentDecision, Segment, Verb
from loyalty.models import Reward

VERBS = [("", "-"), *Verb.choices]
PURPOSES = [*ConsentDecision.Purpose.choices, ("", _("none: part of what they ordered or asked for"))]


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


class PlanForm(Plain):
    """What campaigns and sequences share."""

    name = text(_("Name"), 120, required=True)
    segment = chosen(_("Whom"), Segment.objects.order_by("name"), empty=_("everybody"))
    purpose = choice(_("They consented to"), PURPOSES, required=False)
    quiet_from = time(_("Nothing arrives from"))
    quiet_to = time(_("until"), help_text=_("On the customer's clock; it may cross midnight."))
    calendar = chosen(
        _("Business days by"), Calendar.objects.filter(retired_at=None).order_by("-main", "name"), empty="-"
    )
    priority = number(
        _("Priority"), most=100, help_text=_("Higher ones go first where a customer would get too many.")
    )
    holdout_percent = number(_("Held out to compare (percent)"), most=50)
    daily_limit = number(_("At most a day"), least=1, most=10_000_000)
    expiry_hours = number(_("Still worth sending for (hours)"), least=1)
    needs_approval = forms.BooleanField(
        label=_("Somebody else approves it before it goes live"), required=False, widget=UnfoldBooleanWidget
    )

    COLUMNS: tuple[str, ...] = ("purpose", "holdout_percent", "daily_limit", "expiry_hours", "priority")

    @classmethod
    def initial_of(cls, plan: Plan, design: Design) -> dict[str, Any]:
        quiet = design.quiet[0] if design.quiet else ("", "")
        return {name: getattr(design, name) for name in cls.COLUMNS} | {
            "name": plan.name,
            "needs_approval": plan.needs_approval,
            "segment": design.segment_id,
            "calendar": design.calendar_id,
            "quiet_from": quiet[0],
            "quiet_to": quiet[1],
        }

    def design(self, before: Design) -> Design:
        """What was said, on top of what stood there before."""
        said = self.cleaned_data
        columns = {name: said[name] for name in self.COLUMNS}
        columns |= {name: said[name] or 0 for name in ("priority", "holdout_percent")}
        begin, end = said["quiet_from"], said["quiet_to"]
        columns["quiet"] = ((f"{begin:%H:%M}", f"{end:%H:%M}"),) if begin and end else ()
        return replace(
            before,
            segment_id=said["segment"].pk if said["segment"] else None,
            calendar_id=said["calendar"].pk if said["calendar"] else None,
            **columns,
        )


class CampaignForm(PlanForm):
    starts_on = date(_("Day"))
    at_time = time(_("At (customer's time)"))
    ends_on = date(_("Until"), help_text=_("Who comes into the segment until then is reached as well."))
    field_order = ["name", "starts_on", "at_time", "ends_on", "segment", "purpose"]
    COLUMNS = (*PlanForm.COLUMNS, "starts_on", "at_time", "ends_on")


class SequenceForm(PlanForm):
    anchor = choice(_("Counts from"), [one for one in PlanVersion.Anchor.choices if one[0] != "date"])
    anchor_verb = choice(_("What happened"), VERBS, required=False, help_text=_("Where it counts from that."))
    anchor_days = number(_("Days without a purchase"), least=1, most=3650, help_text=_("Where it counts from those."))
    anchor_trait = text(_("Name of the date"), 60, help_text=_("Where it counts from a date of the customer."))
    reentry = choice(_("May begin again"), PlanVersion.Reentry.choices)
    goal_verb = choice(_("Ends when the customer"), VERBS, required=False)
    field_order = ["name", "anchor", "anchor_verb", "anchor_days", "anchor_trait", "reentry", "goal_verb"]
    COLUMNS = (
        *PlanForm.COLUMNS,
        "anchor",
        "anchor_verb",
        "anchor_days",
        "anchor_trait",
        "reentry",
        "goal_verb",
    )


CHANNELS = [("", _("as its kind")), *((one.value, one.label) for one in ConsentDecision.Channel if one != "phone")]
SIDES = [("after", _("after")), ("before", _("before"))]
BRANCHES = [
    ("", _("always")),
    ("bought", _("only if they have bought since")),
    ("not-bought", _("only if they have not bought since")),
    ("not-complaint_opened", _("only if they have not complained since")),
    ("keep", _("as it is")),
]


class StepForm(Plain):
    name = text(_("Name"), 120, required=True)
    kind = choice(_("Kind"), Step.Kind.choices)
    channel = choice(_("Goes by"), CHANNELS, required=False, help_text=_("For offers, content and invitations."))
    amount = number(_("How long"), most=36_500, required=True)
    unit = choice(_("Unit"), Step.Unit.choices)
    side = choice(_("Before or after"), SIDES)
    time = time(_("At (customer's time)"))
    template = chosen(
        _("Text"), Template.objects.filter(archived_at=None).order_by("name"), empty="-",
        help_text=_("What is written; for calls and notes, what to say or write."),
    )  # fmt: skip
    script = forms.CharField(
        label=_("Note for whoever does it"), required=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3})
    )
    reward = chosen(_("Reward"), Reward.objects.order_by("name"), empty="-", help_text=_("For an offer."))
    only_if = choice(_("Condition"), BRANCHES, required=False)
    cost = forms.DecimalField(
        label=_("Costs (each)"), min_value=0, required=False, widget=UnfoldAdminDecimalFieldWidget
    )

    @staticmethod
    def initial_of(step: StepDesign) -> dict[str, Any]:
        return {
            "name": step.name,
            "kind": step.kind,
            "channel": step.channel if step.kind in ("offer", "content", "event") else "",
            "amount": abs(step.amount),
            "unit": step.unit,
            "side": "before" if step.amount < 0 else "after",
            "time": step.time,
            "template": step.template_id,
            "script": step.script,
            "reward": step.reward_id,
            "only_if": _branch(step),
            "cost": _units(step.cost) if step.cost else None,
        }

    def step(self, before: StepDesign) -> StepDesign:
        said = self.cleaned_data
        return replace(
            before,
            name=said["name"],
            kind=said["kind"],
            channel=said["channel"],
            amount=-said["amount"] if said["side"] == "before" else said["amount"],
            unit=said["unit"],
            time=said["time"],
            template_id=said["template"].pk if said["template"] else None,
            script=said["script"],
            reward_id=said["reward"].pk if said["reward"] else None,
            only_if=before.only_if if said["only_if"] == "keep" else _condition(said["only_if"]),
            cost=int((said["cost"] or 0) * 10 ** currencies.digits(settings.BUSINESS_CURRENCY)),
        )


def _units(cost: int) -> str:
    places = currencies.digits(settings.BUSINESS_CURRENCY)
    return f"{cost / 10**places:.{places}f}"


def _branch(step: StepDesign) -> str:
    """The word for its conditions, where there is one."""
    return next((word for word, _label in BRANCHES if _condition(word) == step.only_if), "keep")


def _condition(word: str) -> tuple[dict[str, Any], ...]:
    if word in ("", "keep"):
        return ()
    did = word.removeprefix("not-")
    return ({"did": did, "since": "anchor", **({"not": True} if word != did else {})},)
