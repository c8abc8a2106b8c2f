"""What staff write about tiers, memberships and causes. Types only: what may be is said by the actions."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from customers.currencies import digits
from customers.forms import OneLine
from loyalty.models import Cause, Plan, TierTable
from people.forms import Plain


class TableForm(Plain):
    qualify_by = forms.ChoiceField(
        label=_("Customers qualify by"), choices=TierTable.By.choices, widget=UnfoldAdminSelectWidget
    )
    span = forms.ChoiceField(label=_("Counted over"), choices=TierTable.Span.choices, widget=UnfoldAdminSelectWidget)
    months = forms.IntegerField(
        label=_("Months"),
        min_value=1,
        max_value=120,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("Of the rolling window; a calendar year has 12."),
    )
    lowering = forms.ChoiceField(
        label=_("They come down"), choices=TierTable.Lowering.choices, widget=UnfoldAdminSelectWidget
    )
    review_months = forms.TypedChoiceField(
        label=_("Review every (months)"),
        choices=[(1, "1"), (3, "3"), (6, "6"), (12, "12")],
        coerce=int,
        widget=UnfoldAdminSelectWidget,
        help_text=_("Counted from January; only where they come down at a review."),
    )
    step = forms.ChoiceField(label=_("By how much"), choices=TierTable.Step.choices, widget=UnfoldAdminSelectWidget)
    grace_days = forms.IntegerField(
        label=_("Grace (days)"),
        min_value=0,
        max_value=1000,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("So long does a tier last after the sum has become too small."),
    )


class StepForm(forms.Form):
    """A row without a name is left out."""

    name = OneLine(label=_("Name"), max_length=60, required=False, widget=UnfoldAdminTextInputWidget)
    code = forms.SlugField(label=_("Code"), max_length=40, required=False, widget=UnfoldAdminTextInputWidget)
    threshold = forms.DecimalField(
        label=_("From"), min_value=0, max_digits=18, required=False, widget=UnfoldAdminDecimalFieldWidget
    )
    keeps = forms.BooleanField(label=_("Never lost"), required=False, widget=UnfoldBooleanWidget)
    points_last = forms.IntegerField(
        label=_("Points last (months)"),
        min_value=0,
        max_value=1200,
        required=False,
        widget=UnfoldAdminIntegerFieldWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = (
                f"{field.label} {self.prefix.rsplit('-', 1)[-1]}" if self.prefix else name
            )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("name"):
            for name in ("code", "threshold"):
                if name not in self.errors and said.get(name) in ("", None):
                    self.add_error(name, _("Say it, or leave the name empty."))
        return said


def typed(threshold: int, *, by: str, currency: str) -> Decimal | int:
    """A threshold as people write it: money as money."""
    return Decimal(threshold).scaleb(-_places(by, currency)) if by == TierTable.By.SPEND else threshold


def kept(threshold: Decimal, *, by: str, currency: str) -> int:
    """What was typed as it is kept. Raises ValidationError for half a point, or half a cent."""
    exact = threshold.scaleb(_places(by, currency))
    if exact != exact.to_integral_value():
        raise ValidationError(_("%(typed)s is no whole number of them."), "not_whole", {"typed": threshold})
    return int(exact)


def _places(by: str, currency: str) -> int:
    return digits(currency) if by == TierTable.By.SPEND else 0


Steps = forms.formset_factory(StepForm, extra=2, max_num=12)


class GrantForm(Plain):
    tier = forms.ChoiceField(label=_("Tier"), widget=UnfoldAdminSelectWidget)
    until = forms.DateField(
        label=_("Until"),
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
        help_text=_("The last day; empty: for good."),
    )
    reason = OneLine(label=_("Reason"), max_length=200, widget=UnfoldAdminTextInputWidget)

    def __init__(self, *args: Any, tiers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tier"].choices = tiers  # type: ignore[attr-defined]


class SaleForm(Plain):
    plan = forms.ModelChoiceField(
        label=_("Plan"), queryset=Plan.objects.filter(on_sale=True).order_by("name"), widget=UnfoldAdminSelectWidget
    )
    key = forms.CharField(max_length=90, widget=forms.HiddenInput)


class GiftForm(Plain):
    cause = forms.ModelChoiceField(label=_("Cause"), queryset=Cause.objects.none(), widget=UnfoldAdminSelectWidget)
    points = forms.IntegerField(
        label=_("Points"), min_value=1, max_value=2**62 - 1, widget=UnfoldAdminIntegerFieldWidget
    )
    key = forms.CharField(max_length=90, widget=forms.HiddenInput)

    def __init__(self, *args: Any, causes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cause"].queryset = causes  # type: ignore[attr-defined]
