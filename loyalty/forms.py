"""What staff write about points."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextInputWidget

from loyalty import lasting
from loyalty.models import ACTIVITIES, Programme


def fixed_days(typed: str) -> str:
    """Days of the year as they are kept. Raises ValidationError."""
    try:
        return ",".join(lasting.written(each) for each in lasting.days_of_year(typed))
    except ValueError:
        raise ValidationError(_("Days of the year are written 03-31: month and day.")) from None


class ActivitiesField(forms.MultipleChoiceField):
    """Verbs with commas, chosen one by one."""

    def prepare_value(self, value: Any) -> Any:
        return value.split(",") if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        return ",".join(super().clean(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return set((initial or "").split(",")) - {""} != set(data or [])


class ProgrammeForm(forms.ModelForm):
    expiry_activities = ActivitiesField(
        label=_("Moved by"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(verb.value, capfirst(str(verb.label))) for verb in ACTIVITIES],
        help_text=_("Each time a customer does one of these, the months of all their points begin again."),
    )

    class Meta:
        model = Programme
        fields = "__all__"  # noqa: DJ007  (the admin names them)

    def clean_expiry_dates(self) -> str:
        return fixed_days(self.cleaned_data["expiry_dates"])

    def clean(self) -> dict[str, Any] | None:
        said = super().clean() or self.cleaned_data
        if said.get("expiry_activities") and (said.get("expiry_dates") or not said.get("expiry_months")):
            self.add_error("expiry_activities", _("That needs so many months, and no fixed days."))
        return said


class AdjustmentForm(forms.Form):
    points = forms.IntegerField(
        label=_("Points"),
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("Below zero takes points away."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=200, widget=UnfoldAdminTextInputWidget)
    key = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200, widget=UnfoldAdminTextInputWidget)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
