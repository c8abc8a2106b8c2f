"""What is asked of pages of figures. Types only."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.forms import Plain
from insights.models import FigureView
from insights.queries.asked import DIMENSIONS

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
        try:
            return date.fromisoformat(f"{text}-01")
        except ValueError:
            raise forms.ValidationError(_("A month is written as 2026-03.")) from None


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


class ViewForm(Plain):
    name = forms.CharField(label=_("Name"), max_length=60, widget=forms.TextInput(attrs=INPUT))
    mailed = forms.ChoiceField(
        label=_("Send it to me"), required=False, choices=FigureView.Mailed.choices, widget=forms.Select(attrs=INPUT)
    )
    page = forms.CharField(widget=forms.HiddenInput)
    argument = forms.CharField(required=False, widget=forms.HiddenInput)
    query = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)
