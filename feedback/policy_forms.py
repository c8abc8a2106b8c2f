"""What is typed into the editor of a policy. Types only: what may be is said by the actions."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from calendars.models import Calendar
from calendars.targets import Unit
from customers.forms import text
from customers.models import Segment
from feedback.actions.policies import Goal, Rung, Terms
from feedback.models import Case, Metric, PolicyVersion, Step, Target, Team
from people.forms import Plain

PRIORITIES = Case.Priority.choices
SPARE = 2  # empty steps at the end of the ladder
UNITS = [
    (Unit.MINUTES.value, _("open minutes")),
    (Unit.HOURS.value, _("open hours")),
    (Unit.BUSINESS_DAYS.value, _("business days")),
    (Unit.CALENDAR_DAYS.value, _("calendar days")),
]
USUAL_UNITS = {Metric.UPDATE: Unit.BUSINESS_DAYS, Metric.FINAL_RESPONSE: Unit.CALENDAR_DAYS}
MEANING = {
    Metric.ACKNOWLEDGE: _("From receipt until we confirm it, by whatever means."),
    Metric.FIRST_RESPONSE: _("From receipt until a person answers."),
    Metric.NEXT_RESPONSE: _("From the oldest message without an answer until a person answers."),
    Metric.UPDATE: _("From our last word to the next one, for as long as it is open."),
    Metric.RESOLUTION: _("From receipt until it is closed."),
    Metric.FINAL_RESPONSE: _("What regulation asks for: in days, and nothing stops it."),
}


def _select(choices: Any, label: Any = "") -> forms.Select:
    return forms.Select(choices=choices, attrs={"class": "ms-input", **({"aria-label": label} if label else {})})


def _several(label: Any, choices: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple(attrs={"class": "ms-check"})
    )


class PolicyForm(Plain):
    """Whom a policy is for."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = text(_("Name"), 100, required=True)
    kinds = _several(_("Kinds of case"), Case.Kind.choices)
    priorities = _several(_("Priorities"), PRIORITIES)
    channels = _several(_("Came by"), Case.Channel.choices)
    tiers = text(_("Tiers"), 200, help_text=_("Codes with commas between them; empty: any."))
    segment = forms.ModelChoiceField(
        Segment.objects.order_by("name"), label=_("Segment"), required=False, empty_label=_("any")
    )
    team = forms.ModelChoiceField(Team.objects.order_by("name"), label=_("Team"), required=False, empty_label=_("any"))
    warn_percent = forms.IntegerField(label=_("Warn when so much of the time is used (percent, 0: never)"), initial=75)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("segment", "team", "warn_percent"):
            self.fields[name].widget.attrs["class"] = "ms-input"

    @staticmethod
    def of(version: PolicyVersion) -> dict[str, Any]:
        return {
            "version": version.number, "name": version.policy.name, "kinds": version.kinds,
            "priorities": [str(one) for one in version.priorities], "channels": version.channels,
            "tiers": ", ".join(version.tiers), "segment": version.segment_id, "team": version.team_id,
            "warn_percent": version.warn_percent,
        }  # fmt: skip

    def terms(self, goals: Sequence[Goal], rungs: Sequence[Rung]) -> Terms:
        said = self.cleaned_data
        tiers = [code.strip() for code in said["tiers"].split(",") if code.strip()]
        return Terms(
            goals, rungs, kinds=said["kinds"], priorities=[int(one) for one in said["priorities"]],
            channels=said["channels"], tiers=tiers, segment=said["segment"], team=said["team"],
            warn_percent=said["warn_percent"],
        )  # fmt: skip


class TargetForm(forms.Form):
    """One row of the table: a metric with its unit, its pauses, and an amount for each priority."""

    unit = forms.ChoiceField(choices=UNITS, widget=_select(UNITS))
    pauses = forms.MultipleChoiceField(
        choices=Case.Waiting.choices, required=False, widget=forms.CheckboxSelectMultiple(attrs={"class": "ms-check"})
    )
    calendar = forms.ModelChoiceField(
        Calendar.objects.filter(retired_at=None).order_by("name"), required=False, empty_label=_("of the team")
    )

    def __init__(self, metric: Metric, data: QueryDict | None, initial: dict[str, Any] | None) -> None:
        super().__init__(data, initial=initial, prefix=metric.value)
        self.metric = metric
        for value, label in PRIORITIES:
            self.fields[f"amount_{value}"] = forms.IntegerField(
                required=False, min_value=1, widget=forms.NumberInput(
                    attrs={"class": "ms-input ms-short", "min": 1, "aria-label": f"{metric.label}, {label}"}
                ),
            )  # fmt: skip
        self.fields["unit"].widget.attrs["aria-label"] = f"{metric.label}: {_('unit')}"
        self.fields["calendar"].widget.attrs |= {"class": "ms-input", "aria-label": f"{metric.label}: {_('hours')}"}

    @property
    def amounts(self) -> list[Any]:
        return [self[f"amount_{value}"] for value, _label in PRIORITIES]

    @property
    def meaning(self) -> Promise:
        return MEANING[self.metric]

    @property
    def never_pauses(self) -> bool:
        return self.metric == Metric.FINAL_RESPONSE

    @staticmethod
    def of(metric: Metric, targets: Sequence[Target]) -> dict[str, Any]:
        rows = [target for target in targets if target.metric == metric]
        if not rows:
            waits = ["customer"] if metric in (Metric.UPDATE, Metric.RESOLUTION) else []
            return {"unit": USUAL_UNITS.get(metric, Unit.HOURS), "pauses": waits}
        first: dict[str, Any] = {
            "unit": rows[0].unit, "pauses": rows[0].pauses, "calendar": rows[0].calendar_id
        }  # fmt: skip
        return first | {f"amount_{row.priority}": row.amount for row in rows}

    def goals(self) -> list[Goal]:
        said = self.cleaned_data
        stops = said["unit"] != Unit.CALENDAR_DAYS and not self.never_pauses
        return [
            Goal(self.metric, value, amount, said["unit"], said["calendar"], said["pauses"] if stops else ())
            for value, _label in PRIORITIES
            if (amount := said.get(f"amount_{value}"))
        ]


class StepForm(forms.Form):
    """One step of the ladder; without an amount and an action it is left out."""

    amount = forms.IntegerField(
        required=False, min_value=0, widget=forms.NumberInput(attrs={"class": "ms-input ms-short", "min": 0})
    )
    basis = forms.ChoiceField(choices=Step.Basis.choices, required=False, widget=_select(Step.Basis.choices))
    metric = forms.ChoiceField(choices=[("", _("every promise")), *Metric.choices], required=False, widget=_select([]))
    action = forms.ChoiceField(choices=[("", "-"), *Step.Action.choices], required=False, widget=_select([]))
    to = forms.ModelChoiceField(get_user_model().objects.none(), required=False, empty_label=_("nobody in particular"))
    at_any_hour = forms.BooleanField(required=False)

    def __init__(self, number: int, people: Any, data: QueryDict | None, initial: dict[str, Any] | None) -> None:
        super().__init__(data, initial=initial, prefix=f"step-{number}")
        self.number = number
        labels = {
            "amount": _("how much"), "basis": _("when"), "metric": _("of"), "action": _("what"), "to": _("to whom"),
            "at_any_hour": _("at any hour"),
        }  # fmt: skip
        for name, label in labels.items():
            self.fields[name].widget.attrs["aria-label"] = f"{number}: {label}"
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = people
        field.widget.attrs["class"] = "ms-input"

    def rung(self) -> Rung | None:
        said = self.cleaned_data
        if not said["action"] or said["amount"] is None:
            return None
        return Rung(
            said["basis"], said["amount"], said["action"], said["metric"],
            said["to"] if said["action"] == Step.Action.REASSIGN else None, said["at_any_hour"],
        )  # fmt: skip


class Editor:
    """The three parts of the page together."""

    def __init__(self, version: PolicyVersion | None, data: QueryDict | None) -> None:
        targets = list(version.targets.all()) if version else []
        steps = list(version.steps.all()) if version else []
        people = get_user_model().objects.filter(Q(is_active=True) & Q(is_staff=True)).order_by("last_name", "pk")
        self.policy = PolicyForm(data, initial=PolicyForm.of(version) if version else None)
        self.rows = [TargetForm(metric, data, TargetForm.of(metric, targets)) for metric in Metric]
        typed = sum(key.startswith("step-") and key.endswith("-amount") for key in data) if data else 0
        many = max(typed, len(steps) + SPARE)
        self.steps = [
            StepForm(n, people, data, _step(steps[n - 1]) if n <= len(steps) else None) for n in range(1, many + 1)
        ]

    def is_valid(self) -> bool:
        valid = [form.is_valid() for form in (self.policy, *self.rows, *self.steps)]  # all of them show their errors
        return all(valid)

    def terms(self) -> Terms:
        goals = [goal for row in self.rows for goal in row.goals()]
        return self.policy.terms(goals, [rung for step in self.steps if (rung := step.rung())])

    @property
    def name(self) -> str:
        return str(self.policy.cleaned_data["name"])

    @property
    def priorities(self) -> list[Any]:
        return [label for _value, label in PRIORITIES]


def _step(step: Step) -> dict[str, Any]:
    return {
        "amount": step.amount, "basis": step.basis, "metric": step.metric, "action": step.action, "to": step.to_id,
        "at_any_hour": step.at_any_hour,
    }  # fmt: skip
