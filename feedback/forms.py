"""What staff write in cases. Types only: what may be is said by the actions."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from customers.models import Customer, Purchase
from customers.queries.search import Why, find
from feedback.models import Case, Team, Theme
from feedback.queries import cases, history, people
from people.forms import Plain
from people.requests import number


class AgentForm(Plain):
    to: Any = forms.ModelChoiceField(
        label=_("Agent"), queryset=None, required=False, empty_label=_("nobody: back to the queue"),
        widget=UnfoldAdminSelectWidget,
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = people.agents()  # type: ignore[attr-defined]


class TeamForm(Plain):
    team = forms.ModelChoiceField(
        label=_("Team"), queryset=Team.objects.order_by("name"), required=False, empty_label=_("no team"),
        widget=UnfoldAdminSelectWidget,
    )  # fmt: skip


class ThemeForm(Plain):
    theme = forms.ModelChoiceField(
        label=_("Theme"), queryset=Theme.objects.filter(retired=False).order_by("name"), required=False,
        empty_label=_("none"), widget=UnfoldAdminSelectWidget,
    )  # fmt: skip


class SeverityForm(Plain):
    severity = forms.TypedChoiceField(
        label=_("Severity"), choices=Case.Level.choices, coerce=int, widget=UnfoldAdminSelectWidget,
        help_text=_("How bad it is for this customer. With the impact it decides the priority."),
    )  # fmt: skip
    impact = forms.TypedChoiceField(
        label=_("Impact"), choices=Case.Level.choices, coerce=int, widget=UnfoldAdminSelectWidget,
        help_text=_("How many it concerns, and how much."),
    )  # fmt: skip


class OrderField(forms.ModelChoiceField):
    def label_from_instance(self, order: Any) -> str:
        return f"{order.number}, {date_format(timezone.localtime(order.at))}"


class DetailsForm(SeverityForm, ThemeForm):
    """Details of a case, edited beside the conversation."""

    customer = forms.CharField(
        label=_("Customer"), max_length=200, required=False, widget=UnfoldAdminTextInputWidget,
        help_text=_("By number or e-mail address. Empty: it stays as it is."),
    )  # fmt: skip
    subject = forms.CharField(label=_("Subject"), max_length=200, widget=UnfoldAdminTextInputWidget)
    wanted = forms.ChoiceField(
        label=_("Asks for"), choices=Case.Wanted.choices, required=False, widget=UnfoldAdminSelectWidget
    )
    product = forms.CharField(
        label=_("Product code"), max_length=60, required=False, widget=UnfoldAdminTextInputWidget
    )
    store = forms.CharField(label=_("Store"), max_length=60, required=False, widget=UnfoldAdminTextInputWidget)
    purchase = OrderField(
        label=_("Order"), queryset=Purchase.objects.none(), required=False, empty_label=_("none"),
        widget=UnfoldAdminSelectWidget,
    )  # fmt: skip

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    field_order = ["customer", "subject", "severity", "impact", "theme", "wanted", "product", "store", "purchase"]

    @classmethod
    def of(cls, case: Case, posted: Any = None) -> "DetailsForm":
        known = {name: getattr(case, name) for name in cls.base_fields if name not in ("customer", "version")}
        known["customer"] = case.customer.number if case.customer else ""
        form = cls(posted, initial=known | {"version": history.version(case)})
        form.fields["purchase"].queryset = cases.orders_for(case)  # type: ignore[attr-defined]
        return form

    def clean_customer(self) -> Customer | None:
        """Somebody else than it was; None where nobody else is named."""
        who = self.cleaned_data["customer"].strip()
        if who in ("", self.initial["customer"]):
            return None
        hits = find(who, most=2)
        if len(hits) != 1 or hits[0].why == Why.NAME:
            raise ValidationError(_("Nobody was found by this. Write the customer's number or e-mail address."))
        return hits[0].customer

    def said(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "customer" or value}


class SleepForm(Plain):
    until = forms.DateTimeField(
        label=_("Until"), widget=forms.DateTimeInput(attrs={"type": "datetime-local", "class": "ms-input"})
    )
    firmly = forms.BooleanField(
        label=_("Keep asleep although the customer writes again"), required=False, widget=forms.CheckboxInput
    )


SAID_TO_US = [
    (one.value, one.label)
    for one in (Case.Channel.PHONE, Case.Channel.PERSON, Case.Channel.PAPER, Case.Channel.SOCIAL, Case.Channel.EMAIL)
]


class NewCaseForm(SeverityForm):
    """What was said, taken down by somebody of the house."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Case.Kind.choices, widget=UnfoldAdminSelectWidget)
    channel = forms.ChoiceField(label=_("Came by"), choices=SAID_TO_US, widget=UnfoldAdminSelectWidget)
    sender_name = forms.CharField(label=_("Name"), max_length=200, required=False, widget=UnfoldAdminTextInputWidget)
    sender_address = forms.CharField(
        label=_("E-mail or phone"), max_length=254, required=False, widget=UnfoldAdminTextInputWidget
    )
    subject = forms.CharField(
        label=_("Subject"), max_length=200, required=False, widget=UnfoldAdminTextInputWidget,
        help_text=_("Left empty, it is the first words."),
    )  # fmt: skip
    text = forms.CharField(label=_("What was said"), widget=UnfoldAdminTextareaWidget)

    field_order = ["kind", "channel", "sender_name", "sender_address", "subject", "text", "severity", "impact"]


class NumberField(forms.CharField):
    """A case by the number that people say: 12 or #12."""

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip().removeprefix("#")
        case = Case.objects.filter(pk=number(text, 0)).first()
        if case is None and text:
            raise ValidationError(_("There is no case of this number."), code="no_such_case")
        return case

    def validate(self, value: Any) -> None:
        if value is None:
            raise ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        """What is found is a case."""


class IntoForm(Plain):
    into = NumberField(
        label=_("Into the case"), help_text=_("Its number, such as #12."), widget=UnfoldAdminTextInputWidget
    )


class SubjectForm(Plain):
    subject = forms.CharField(label=_("Subject of the new case"), max_length=200, widget=UnfoldAdminTextInputWidget)
