"""What staff write about points."""

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextInputWidget,
)

from customers.currencies import digits
from customers.forms import OneLine
from customers.models import Customer
from loyalty import lasting
from loyalty.models import ACTIVITIES, Programme
from people.forms import Plain


class Money(forms.DecimalField):
    """An amount as people write it; minor units come out."""

    def __init__(self, *, label: Any, required: bool = False, help_text: Any = "", currency: str = "") -> None:
        places = digits(currency or settings.BUSINESS_CURRENCY)
        super().__init__(
            label=label, required=required, help_text=help_text, min_value=0, max_digits=15, decimal_places=places
        )
        self.places = places
        self.widget = UnfoldAdminDecimalFieldWidget()

    def clean(self, value: Any) -> int | None:
        said = super().clean(value)
        return None if said is None else int(Decimal(said).scaleb(self.places))

    def prepare_value(self, value: Any) -> Any:
        return Decimal(value).scaleb(-self.places) if isinstance(value, int) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


# Columns that hold minor units, and what people are asked for instead.
MONEY = {
    "rate_money": _("for money of"),
    "pay_money": _("so much money"),
    "cost_money": _("a point costs"),
    "value_money": _("pays"),
    "price": _("price"),
    "minimum": _("the friend's purchase is worth at least"),
}


def in_major_units(field: Any) -> Money | None:
    """The field of a form for a column that holds minor units; None for any other."""
    label = MONEY.get(field.name)
    if label is None:
        return None
    return Money(label=capfirst(str(label)), required=not field.blank, help_text=field.help_text)


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


class WhoForm(Plain):
    """A customer by number."""

    number = OneLine(label=_("Customer number"), max_length=100, widget=UnfoldAdminTextInputWidget)

    def clean_number(self) -> Customer:
        number = self.cleaned_data["number"].strip()
        found = Customer.objects.standing().filter(number=number).first()
        if found is None:
            raise ValidationError(_("There is no customer with this number."), "unknown_customer")
        return found


class PointGiftForm(WhoForm):
    points = forms.IntegerField(label=_("Points"), min_value=1, max_value=10**12, widget=UnfoldAdminIntegerFieldWidget)
    key = forms.CharField(max_length=90, widget=forms.HiddenInput)


class AdjustmentForm(Plain):
    points = forms.IntegerField(
        label=_("Points"),
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("Below zero takes points away."),
    )
    reason = OneLine(label=_("Reason"), max_length=200, widget=UnfoldAdminTextInputWidget)
    key = forms.CharField(max_length=90, widget=forms.HiddenInput)


class ReasonForm(Plain):
    reason = OneLine(label=_("Reason"), max_length=200, widget=UnfoldAdminTextInputWidget)
