"""What staff say when they take a step with a case. Types only; what may be is said by the actions."""

from typing import Any
from uuid import uuid4

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from customers.currencies import digits
from feedback.actions.replies import SPOKEN
from feedback.models import Case, Redress, RootCause
from feedback.queries.causes import paths
from feedback.queries.threads import address_of
from loyalty.models import Reward
from people.forms import Plain

MOST = 10_000_000


class StepForm(Plain):
    """Made for a case: some fields depend on what it is."""

    def __init__(self, case: Case, *args: Any, **kwargs: Any) -> None:
        self.case = case
        super().__init__(*args, **kwargs)


class Channelled(StepForm):
    """Says something to the customer: by e-mail where there is an address, else what they were told is kept."""

    channel = forms.ChoiceField(label=_("By"), widget=UnfoldAdminSelectWidget)

    def __init__(self, case: Case, *args: Any, **kwargs: Any) -> None:
        super().__init__(case, *args, **kwargs)
        spoken = [(channel.value, channel.label) for channel in Case.Channel if channel in SPOKEN]
        address = address_of(case)
        field: Any = self.fields["channel"]
        field.choices = [*([(Case.Channel.EMAIL.value, f"{_('e-mail')}: {address}")] if address else []), *spoken]
        field.initial = case.channel if case.channel in SPOKEN else field.choices[0][0]


def letter(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 9}), strip=False,
        help_text=_("Filled in from the template; change what you like."),
    )  # fmt: skip


class AcknowledgeForm(Channelled):
    text = letter(_("Acknowledgement"))
    field_order = ["text", "channel"]


class DecideForm(StepForm):
    outcome = forms.ChoiceField(label=_("Outcome"), choices=Case.Outcome.choices, widget=UnfoldAdminSelectWidget)
    reason = forms.CharField(
        label=_("Why"), widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        help_text=_("In words that may stand in the answer to the customer."),
    )  # fmt: skip


class ProposeForm(StepForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=Redress.Kind.choices, widget=UnfoldAdminSelectWidget)
    points = forms.IntegerField(
        label=_("Points"), required=False, min_value=1, max_value=MOST, widget=UnfoldAdminIntegerFieldWidget
    )
    reward = forms.ModelChoiceField(
        label=_("Reward or voucher"), required=False, widget=UnfoldAdminSelectWidget,
        queryset=Reward.objects.filter(status=Reward.Status.LIVE).order_by("name"),
    )  # fmt: skip
    money = forms.DecimalField(
        label=_("Money"), required=False, min_value=0, max_value=MOST, widget=UnfoldAdminTextInputWidget
    )
    words = forms.CharField(label=_("What for"), required=False, max_length=200, widget=UnfoldAdminTextInputWidget)
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=90)

    def __init__(self, case: Case, *args: Any, **kwargs: Any) -> None:
        super().__init__(case, *args, **kwargs)
        self.fields["money"].label = _("Money (%(currency)s)") % {"currency": settings.BUSINESS_CURRENCY}
        self.fields["key"].initial = f"page:{uuid4()}"

    def clean_money(self) -> int | None:
        """In minor units."""
        said = self.cleaned_data["money"]
        if said is None:
            return None
        minor = said.scaleb(digits(settings.BUSINESS_CURRENCY))
        if minor != int(minor):
            raise forms.ValidationError(_("There is no such small coin."), code="too_precise")
        return int(minor)


class OfferForm(Channelled):
    text = letter(_("Offer"))
    field_order = ["text", "channel"]


class CauseForm(StepForm):
    root_cause = forms.TypedChoiceField(
        label=_("Root cause"), required=False, coerce=int, empty_value=None, widget=UnfoldAdminSelectWidget,
        help_text=_("Why it happened, as the business sees it."),
    )  # fmt: skip

    def __init__(self, case: Case, *args: Any, **kwargs: Any) -> None:
        super().__init__(case, *args, **kwargs)
        field: Any = self.fields["root_cause"]
        field.choices = [("", "—"), *paths(RootCause, keep=case.root_cause_id)]
        field.initial = case.root_cause_id or ""

    def clean_root_cause(self) -> RootCause | None:
        chosen = self.cleaned_data["root_cause"]
        return RootCause.objects.get(pk=chosen) if chosen else None


class CloseForm(CauseForm, Channelled):
    text = letter(_("Final response"))
    field_order = ["root_cause", "text", "channel"]


class PlainCloseForm(CauseForm):
    """Of what is no complaint: it was answered already, or asks for no answer."""


class ResolveForm(CauseForm, Channelled):
    answer = forms.CharField(label=_("Answer"), widget=UnfoldAdminTextareaWidget(attrs={"rows": 6}))
    outcome = forms.ChoiceField(label=_("Outcome"), choices=Case.Outcome.choices, widget=UnfoldAdminSelectWidget)
    reason = forms.CharField(
        label=_("Why"), required=False, widget=UnfoldAdminTextInputWidget, help_text=_("Empty: as the answer says.")
    )
    goodwill = forms.IntegerField(
        label=_("Goodwill points"), required=False, min_value=0, max_value=MOST, widget=UnfoldAdminIntegerFieldWidget
    )
    field_order = ["answer", "channel", "outcome", "reason", "goodwill", "root_cause"]

    def __init__(self, case: Case, *args: Any, **kwargs: Any) -> None:
        super().__init__(case, *args, **kwargs)
        if case.kind != Case.Kind.COMPLAINT:
            del self.fields["outcome"], self.fields["reason"]


class ReferForm(StepForm):
    to = forms.CharField(label=_("To whom"), max_length=120, widget=UnfoldAdminTextInputWidget)
    reference = forms.CharField(
        label=_("Their reference"), max_length=80, required=False, widget=UnfoldAdminTextInputWidget
    )


class TakeUpForm(StepForm):
    text = forms.CharField(label=_("What the customer says now"), widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}))
