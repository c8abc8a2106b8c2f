"""What is asked of pages of figures. Types only."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from insights.models import Experiment
from insights.queries.asked import DIMENSIONS
from people.forms import Plain
from people.requests import day

INPUT = {"class": "ms-input"}
COMPARED = [("", _("nothing")), ("previous", _("the months before")), ("year", _("the year before"))]
GROUPS = {"segment": _("segment"), "tier": _("tier"), "channel": _("channel"), "cohort": _("month of the first order")}


class MonthField(forms.CharField):
    """A month such as 2026-03; nothing where it is none."""

    widget = forms.TextInput(attrs={"type": "month", **INPUT})

    def clean(self, value: Any) -> Any:
        text = str(value or "").strip()
        if not text:
            return None
        found = day(f"{text}-01")
        if found is None:
            raise forms.ValidationError(_("A month is written as 2026-03."))
        return found


class RangeForm(Plain):
    """Months, both included."""

    since = MonthField(label=_("From"), required=False)
    until = MonthField(label=_("to"), required=False)
    compare = forms.ChoiceField(label=_("Beside"), required=False, choices=COMPARED, widget=forms.Select(attrs=INPUT))
    by = forms.ChoiceField(
        label=_("By"), required=False, choices=[("", _("everybody")), *GROUPS.items()],
        widget=forms.Select(attrs=INPUT),
    )  # fmt: skip
    currency = forms.ChoiceField(label=_("Currency"), required=False, widget=forms.Select(attrs=INPUT))

    def __init__(self, *args: Any, groups: tuple[str, ...] = DIMENSIONS, currencies: list[str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        shown = [(key, GROUPS[key]) for key in groups if key in GROUPS]
        if shown:
            self.fields["by"].choices = [("", _("everybody")), *shown]  # type: ignore[attr-defined]
        else:
            del self.fields["by"]
        if len(currencies) > 1:
            self.fields["currency"].choices = [(each, each) for each in currencies]  # type: ignore[attr-defined]
        else:
            del self.fields["currency"]


class AnnotationForm(Plain):
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date", **INPUT}, format="%Y-%m-%d"))
    text = forms.CharField(label=_("What happened"), max_length=120, widget=forms.TextInput(attrs=INPUT))


class ExperimentForm(Plain):
    """An experiment as it is planned; the arms are written one to a line."""

    name = forms.CharField(label=_("What is tried"), max_length=100, widget=forms.TextInput(attrs=INPUT))
    key = forms.SlugField(
        label=_("Key"), max_length=60, widget=forms.TextInput(attrs=INPUT), help_text=_("What the shop asks for.")
    )
    hypothesis = forms.CharField(label=_("What we expect, and why"), widget=forms.Textarea(attrs={"rows": 3, **INPUT}))
    arms = forms.CharField(
        label=_("Arms"), initial="today 50 As it is today\nnew 50 The new way",
        widget=forms.Textarea(attrs={"rows": 4, **INPUT}),
        help_text=_("One to a line: code, percent, name. The first is what is done today."),
    )  # fmt: skip
    measure = forms.ChoiceField(
        label=_("Measured by"), choices=Experiment.Measure.choices, widget=forms.Select(attrs=INPUT)
    )
    days = forms.IntegerField(
        label=_("Days after they came in"), initial=30, min_value=1, max_value=365,
        widget=forms.NumberInput(attrs=INPUT),
    )  # fmt: skip
    base = forms.FloatField(
        label=_("Buy now (percent)"), initial=20, widget=forms.NumberInput(attrs={"step": "any", **INPUT})
    )
    better = forms.FloatField(
        label=_("Hoped for (percent)"), initial=25, widget=forms.NumberInput(attrs={"step": "any", **INPUT})
    )
    power = forms.FloatField(
        label=_("Power (percent)"), initial=80, min_value=50, max_value=99,
        widget=forms.NumberInput(attrs={"step": "any", **INPUT}),
        help_text=_("How often a change of this size is found, where there is one."),
    )  # fmt: skip
    ends_on = forms.DateField(
        label=_("Planned end"), widget=forms.DateInput(attrs={"type": "date", **INPUT}, format="%Y-%m-%d")
    )
    looks = forms.BooleanField(
        label=_("Five looks on the way"), required=False,
        help_text=_("O'Brien and Fleming: it may end early where the difference is large."),
    )  # fmt: skip

    def clean_arms(self) -> list[tuple[str, int, str]]:
        found = []
        for line in self.cleaned_data["arms"].splitlines():
            parts = line.split(None, 2)
            if not parts:
                continue
            if len(parts) < 2 or not parts[1].rstrip("%").isdecimal():
                raise forms.ValidationError(_("Each line has a code, a percentage and a name."))
            found.append((parts[0], int(parts[1].rstrip("%")), parts[2] if len(parts) > 2 else parts[0]))
        return found


class CalculatorForm(Plain):
    """How many customers it takes."""

    base = forms.FloatField(
        label=_("Share now (percent)"), initial=20, widget=forms.NumberInput(attrs={"step": "any", **INPUT})
    )
    better = forms.FloatField(
        label=_("Share hoped for (percent)"), initial=25, widget=forms.NumberInput(attrs={"step": "any", **INPUT})
    )
    power = forms.FloatField(
        label=_("Power (percent)"), initial=80, min_value=50, max_value=99,
        widget=forms.NumberInput(attrs={"step": "any", **INPUT}),
    )  # fmt: skip
