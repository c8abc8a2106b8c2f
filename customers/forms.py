"""What staff write about customers. Types only: what may be is said by the actions."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import MONTHS
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from config.lines import one_line
from customers.models import ConsentDecision, Customer, Source, Trait
from customers.newcomers import Address, Birthday, zones
from customers.reports import SEEN
from people.forms import Plain

MONTH_CHOICES = [("", "-"), *MONTHS.items()]


class OneLine(forms.CharField):
    """A text of one line: see ``config.lines``."""

    def to_python(self, value: Any) -> Any:
        said = super().to_python(value)
        return one_line(said) if isinstance(said, str) else said


class EmailLine(OneLine, forms.EmailField):
    """An e-mail address, as it was pasted."""


def text(label: Any, most: int, *, required: bool = False, help_text: Any = "") -> forms.CharField:
    return OneLine(
        label=label, max_length=most, required=required, help_text=help_text, widget=UnfoldAdminTextInputWidget
    )


class Moment(UnfoldAdminTextInputWidget):
    """The browser's own choice of a date and a time."""

    input_type = "datetime-local"

    def format_value(self, value: Any) -> str | None:
        return value.strftime("%Y-%m-%dT%H:%M") if hasattr(value, "strftime") else super().format_value(value)


class MomentField(forms.DateTimeField):
    """A date and a time that can be meant, in the reader's zone."""

    widget = Moment

    def clean(self, value: Any) -> Any:
        at = super().clean(value)
        if at is not None and not 1900 <= at.year <= 2200:
            raise ValidationError(_("There is no such time."), code="invalid")
        return at


class DetailsForm(Plain):
    version = forms.IntegerField(widget=forms.HiddenInput)
    name = text(_("Name"), 200)
    birth_day = forms.IntegerField(
        label=_("Day of birth"), min_value=1, max_value=31, required=False, widget=UnfoldAdminIntegerFieldWidget
    )
    birth_month = forms.TypedChoiceField(
        label=_("Month of birth"),
        choices=MONTH_CHOICES,
        coerce=int,
        empty_value=None,
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    birth_year = forms.IntegerField(
        label=_("Year of birth"), required=False, help_text=_("If known."), widget=UnfoldAdminIntegerFieldWidget
    )
    language = text(_("Language"), 10, help_text=_("Its code, such as en or ko."))
    country = text(_("Country"), 2, help_text=_("Two letters, such as DE."))
    city = text(_("City"), 100)
    latitude = forms.DecimalField(
        label=_("Latitude"),
        max_digits=8,
        decimal_places=5,
        required=False,
        help_text=_("In degrees, such as 52.52; left empty, no place on the map."),
        widget=UnfoldAdminTextInputWidget,
    )
    longitude = forms.DecimalField(
        label=_("Longitude"), max_digits=8, decimal_places=5, required=False, widget=UnfoldAdminTextInputWidget
    )
    zone = text(_("Time zone"), 50, help_text=_("IANA name; left empty, it follows the country where that has one."))

    @classmethod
    def of(cls, customer: Customer, posted: Any) -> "DetailsForm":
        names = [name for name in cls.base_fields if name != "zone"]
        initial = {name: getattr(customer, name) for name in names} | {"zone": customer.zone}
        return cls(posted, initial=initial)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        day, month, year = (values.pop(f"birth_{part}", None) for part in ("day", "month", "year"))
        if bool(day) != bool(month) or (year and not day):
            self.add_error("birth_day", _("A birthday has a day and a month."))
        values["birthday"] = Birthday(month, day, year) if day and month else None
        return values


class NewCustomerForm(Plain):
    name = text(_("Name"), 200, required=True)
    number = text(_("Number"), 60, help_text=_("Left empty, it gets the next free one."))
    email = EmailLine(label=_("E-mail"), required=False, widget=UnfoldAdminEmailInputWidget)
    phone = text(_("Phone"), 40)
    country = text(_("Country"), 2, help_text=_("Two letters, such as DE."))
    language = text(_("Language"), 10, help_text=_("Its code, such as en or ko."))


class EmailForm(Plain):
    address = EmailLine(label=_("E-mail address"), widget=UnfoldAdminEmailInputWidget)


class PhoneForm(Plain):
    number = text(_("Phone number"), 40, required=True)


class AddressForm(Plain):
    lines = forms.CharField(
        label=_("Street and house"), max_length=400, widget=UnfoldAdminTextareaWidget(attrs={"rows": 2})
    )
    postcode = text(_("Postcode"), 20)
    city = text(_("City"), 100)
    region = text(_("Region"), 100)
    country = text(_("Country"), 2, help_text=_("Two letters; left empty, the customer's."))

    def address(self) -> Address:
        return Address(**self.cleaned_data)


# What corrects a contact says which version of the customer was looked at.
class EmailCorrection(EmailForm):
    version = forms.IntegerField(widget=forms.HiddenInput)


class PhoneCorrection(PhoneForm):
    version = forms.IntegerField(widget=forms.HiddenInput)


class AddressCorrection(AddressForm):
    version = forms.IntegerField(widget=forms.HiddenInput)


class TraitForm(Plain):
    kind = forms.ChoiceField(label=_("Kind"), choices=Trait.Kind.choices, widget=UnfoldAdminSelectWidget)
    name = text(_("About"), 60, help_text=_("Such as shoe size, or the network of a handle."))
    value = text(_("What is known"), 200, required=True)


class DecisionForm(Plain):
    channel = forms.ChoiceField(
        label=_("Channel"), choices=ConsentDecision.Channel.choices, widget=UnfoldAdminSelectWidget
    )
    purpose = forms.ChoiceField(
        label=_("Purpose"), choices=ConsentDecision.Purpose.choices, widget=UnfoldAdminSelectWidget
    )
    granted = forms.TypedChoiceField(
        label=_("Decision"),
        choices=[("no", _("does not allow it")), ("yes", _("allows it"))],
        coerce=lambda value: value == "yes",
        widget=UnfoldAdminSelectWidget,
    )
    source = text(_("Where"), 60, required=True, help_text=_("Such as: phone call, letter, shop."))
    wording = forms.CharField(
        label=_("Wording shown"), required=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 2})
    )


# What the refusals that other systems read mean to somebody at a form.
IN_PLAIN_WORDS = {
    "unknown_particular": _("This does not belong to it: leave it empty."),
    "particular_invalid": _("A short code without blanks, such as bonn-1."),
    "duplicate_key": _(
        "This form was sent before and says something else now. Open it anew from the customer's page."
    ),
}


class SeenForm(Plain):
    """Something that somebody saw or heard of: a visit, a review. Codes only, as other systems report them."""

    verb = forms.ChoiceField(
        label=_("What happened"),
        choices=[(verb.value, capfirst(str(verb.label))) for verb in SEEN],
        widget=UnfoldAdminSelectWidget,
    )
    at = MomentField(label=_("When"))
    store = text(_("Store"), 60, help_text=_("Its code, without blanks."))
    product = text(_("Product code"), 60)
    purchase = text(_("Order number"), 60)
    network = text(_("Network"), 60, help_text=_("Where it was shared or linked, such as instagram."))
    rating = forms.IntegerField(
        label=_("Rating"),
        required=False,
        min_value=0,
        max_value=10,
        help_text=_("Of a review, 0 to 10."),
        widget=UnfoldAdminIntegerFieldWidget,
    )
    key = forms.CharField(max_length=90, widget=forms.HiddenInput)

    def about(self) -> dict[str, Any]:
        """The particulars that were filled in."""
        names = ("store", "product", "purchase", "network", "rating")
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data[name] not in ("", None)}

    def show(self, refusal: ValidationError) -> None:
        for error in refusal.error_list:
            field = str(getattr(error, "field", None) or "").removeprefix("about.")
            self.add_error(
                field if field in self.fields and field != "key" else None,
                IN_PLAIN_WORDS.get(str(error.code), error),
            )


class EraseForm(Plain):
    number = text(_("Type the customer's number"), 60, required=True)
    sure = forms.BooleanField(label=_("I know that this cannot be undone."), widget=UnfoldBooleanWidget)

    def __init__(self, customer: Customer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.customer = customer

    def clean_number(self) -> str:
        number = str(self.cleaned_data["number"]).strip()
        if number != self.customer.number:
            raise ValidationError(_("This is not the number of this customer."), code="other_number")
        return number


class MergeForm(Plain):
    into = text(_("Merge into"), 60, required=True, help_text=_("The number of the customer who stays."))


def zone_choices() -> list[tuple[str, str]]:
    return [("", "-"), *((name, name.replace("_", " ")) for name in sorted(zones()))]


class SourceForm(forms.ModelForm):
    """Where purchases come from; an empty currency or zone is said by each purchase or file itself."""

    currency = forms.RegexField(
        "^[A-Z]{3}$",
        label=_("Currency"),
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Three capital letters, such as EUR: of its files where they do not say another."),
    )
    zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=zone_choices,
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text=_("Where its times are meant that name no zone."),
    )

    class Meta:
        model = Source
        fields = ("name", "code", "currency", "zone")
