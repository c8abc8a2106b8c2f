"""What marketers write of a step: what goes, when, on which conditions. Types only: ``flaws`` says what may be."""

import json
from dataclasses import replace
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDecimalFieldWidget

from communications import sayings
from communications.designs import Design, StepDesign
from communications.models import HumanTask, Step, Template
from communications.plan_forms import Sections, choice, chosen, lines, number, time
from customers import currencies
from customers.forms import text
from customers.models import ConsentDecision, Segment, Verb
from loyalty.models import Reward

CHANNELS = [("", _("as its kind")), *((one.value, one.label) for one in ConsentDecision.Channel if one != "phone")]
SIDES = [("after", _("after")), ("before", _("before"))]
# What customers may have done or not done before a step is due, and what may follow a letter.
DEEDS = (
    Verb.BOUGHT, Verb.RETURNED, Verb.DELIVERED, Verb.COMPLAINT_OPENED, Verb.CASE_OPENED, Verb.REVIEWED,
    Verb.VOUCHER_USED, Verb.POINTS_SPENT, Verb.VISITED, Verb.REFERRED, Verb.SURVEY_ANSWERED, Verb.TIER_REACHED,
    Verb.SEAT_ACCEPTED,
)  # fmt: skip
ANSWERS = (Verb.EMAIL_OPENED, Verb.EMAIL_CLICKED, Verb.BOUGHT, Verb.VOUCHER_USED, Verb.CASE_OPENED)
OUTCOMES = [one for one in HumanTask.Outcome if one not in (HumanTask.Outcome.SENT, HumanTask.Outcome.RETURNED)]
ROWS = 3  # conditions that a form offers at least
HOWS = [("", _("if")), ("not", _("if not"))]


class StepForm(Sections):
    name = text(_("Name"), 120, required=True)
    kind = choice(_("Kind"), Step.Kind.choices)
    channel = choice(_("Goes by"), CHANNELS, required=False)
    amount = number(_("How long"), most=36_500, required=True)
    unit = choice(_("Unit"), Step.Unit.choices)
    side = choice(_("Before or after"), SIDES)
    time = time(_("At (customer's time)"))
    expiry_hours = number(_("Still worth sending for (hours)"), least=1, help_text=_("Empty: as the plan says."))
    template = chosen(
        _("Text"), Template.objects.filter(archived_at=None).order_by("name"), empty="-",
        help_text=_("What is written; for calls and notes, what to say or write."),
    )  # fmt: skip
    script = lines(_("Note for whoever does it"))
    reward = chosen(_("Reward"), Reward.objects.order_by("name"), empty="-", help_text=_("Each gets their own."))
    cost = forms.DecimalField(
        label=_("Costs (each)"), min_value=0, required=False, widget=UnfoldAdminDecimalFieldWidget
    )
    content_title = text(_("Title"), 200)
    content_kind = choice(_("What it is"), [("", "-"), *sayings.PIECES.items()], required=False)
    content_author = text(_("Author"), 120)
    content_status = choice(_("How far it is"), [("", "-"), *sayings.STATES.items()], required=False)
    content_link = text(_("Its address"), 1_000, help_text=_("Such as https://shop.example/tea"))
    event = text(_("Event"), 200)
    event_at = text(_("When it is"), 120, help_text=_("As the letter says it."))
    event_place = text(_("Where it is"), 200)
    event_link = text(_("Where one answers"), 1_000)
    waits_for = choice(_("Waits for the task of"), [("", "-")], required=False)
    waits_hours = number(_("Waits at most (hours)"), least=1, most=10_000, help_text=_("Then it goes all the same."))

    GIVES = (
        "content_title", "content_kind", "content_author", "content_status", "content_link", "event", "event_at",
        "event_place", "event_link",
    )  # fmt: skip

    def __init__(self, *args: Any, design: Design, key: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = [one for one in design.steps if one.key != key]
        people = [(one.key, one.name) for one in others if one.way in Step.BY_PEOPLE]
        self.fields["waits_for"].choices = [("", "-"), *people]  # type: ignore[attr-defined]
        there = next((one.only_if for one in design.steps if one.key == key), ())
        offered = conditions(others, there)
        self.rows = max(ROWS, len(there) + 1)
        for n in range(self.rows):
            said = there[n] if n < len(there) else {}
            self.fields[f"how_{n}"] = choice(_("Only"), HOWS, required=False)
            self.fields[f"what_{n}"] = choice(_("this holds"), offered, required=False)
            self.initial[f"how_{n}"] = "not" if said.get("not") else ""
            self.initial[f"what_{n}"] = coded(said) if said else ""

    @property
    def SECTIONS(self) -> Any:  # type: ignore[override]  # noqa: N802
        return (
            (_("What"), ("name", "kind", "channel", "template", "reward", "script", "cost")),
            (_("When"), ("amount", "unit", "side", "time", "expiry_hours")),
            (_("The content piece"), self.GIVES[:5]),
            (_("The event"), self.GIVES[5:]),
            (_("Only if"), [f"{part}_{n}" for n in range(self.rows) for part in ("how", "what")]),
            (_("After a task"), ("waits_for", "waits_hours")),
        )

    @classmethod
    def initial_of(cls, step: StepDesign) -> dict[str, Any]:
        return {
            "name": step.name,
            "kind": step.kind,
            "channel": step.channel if step.kind in ("offer", "content", "event") else "",
            "amount": abs(step.amount),
            "unit": step.unit,
            "side": "before" if step.amount < 0 else "after",
            "time": step.time,
            "expiry_hours": step.expiry_hours,
            "template": step.template_id,
            "script": step.script,
            "reward": step.reward_id,
            "waits_for": step.waits_for,
            "waits_hours": step.waits_hours,
            "cost": _units(step.cost) if step.cost else None,
        } | {name: step.gives.get(name, "") for name in cls.GIVES}

    def step(self, before: StepDesign) -> StepDesign:
        said = self.cleaned_data
        gives = {name: value for name, value in before.gives.items() if name not in self.GIVES}
        return replace(
            before,
            name=said["name"],
            kind=said["kind"],
            channel=said["channel"],
            amount=-said["amount"] if said["side"] == "before" else said["amount"],
            unit=said["unit"],
            time=said["time"],
            expiry_hours=said["expiry_hours"],
            template_id=said["template"].pk if said["template"] else None,
            script=said["script"],
            gives=gives | {name: said[name] for name in self.GIVES if said[name]},
            reward_id=said["reward"].pk if said["reward"] else None,
            only_if=self._only_if(),
            waits_for=said["waits_for"],
            waits_hours=said["waits_hours"] or before.waits_hours,
            cost=int((said["cost"] or 0) * 10 ** currencies.digits(settings.BUSINESS_CURRENCY)),
        )

    def _only_if(self) -> tuple[dict[str, Any], ...]:
        rows = [(self.cleaned_data[f"how_{n}"], self.cleaned_data[f"what_{n}"]) for n in range(self.rows)]
        return tuple(json.loads(what) | ({"not": True} if how else {}) for how, what in rows if what)


def conditions(steps: list[StepDesign], there: tuple[dict[str, Any], ...]) -> list[tuple[str, Any]]:
    """All that may be asked for, in groups; what stands there already is among them."""
    sent = [one for one in steps if one.way not in Step.BY_PEOPLE]
    groups: list[tuple[Any, list[tuple[dict[str, Any], Any]]]] = [
        (now_("since it began, the customer"), [({"did": one.value, "since": "anchor"}, one.label) for one in DEEDS])
    ]
    for step in sent:
        since = [({"did": one.value, "since": step.key}, one.label) for one in ANSWERS]
        groups.append((now_("since “%(step)s”, the customer") % {"step": step.name}, since))
    reached = [({"reached": one.key}, one.name) for one in steps]
    groups.append((now_("it arrived"), reached))
    for step in steps:
        if step.way == "phone":
            ended = [({"outcome": step.key, "in": [one.value]}, one.label) for one in OUTCOMES]
            groups.append((now_("“%(step)s” ended as") % {"step": step.name}, ended))
    named = Segment.objects.order_by("name").values_list("pk", "name")
    groups.append((now_("the customer is in the segment"), [({"segment": pk}, name) for pk, name in named]))
    offered = [(title, [(coded(one), label) for one, label in rows]) for title, rows in groups if rows]
    known = {code for _title, rows in offered for code, _label in rows}
    names, called = {one.key: one.name for one in steps}, dict(named)
    kept = [(coded(one), sayings.condition(bare(one), names, called)) for one in there if coded(one) not in known]
    return [("", "-"), *offered, *([(now_("as it is"), kept)] if kept else [])]


def bare(one: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in one.items() if name != "not"}


def coded(one: dict[str, Any]) -> str:
    """A condition as the value of a choice, whether it is to hold or not."""
    return json.dumps(bare(one), sort_keys=True)


def _units(cost: int) -> str:
    places = currencies.digits(settings.BUSINESS_CURRENCY)
    return f"{cost / 10**places:.{places}f}"
