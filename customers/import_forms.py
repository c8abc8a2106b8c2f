"""What staff say about a file. Types only: what may be is said by the actions."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from customers.currencies import digits
from customers.files import mappings, values
from customers.files.mappings import COLUMNS, DATES, SEPARATORS, Mapping
from customers.models import ImportRun, Source
from people.forms import Plain

ENCODINGS = [
    ("utf-8-sig", "UTF-8"),
    ("cp1252", "Windows-1252"),
    ("iso-8859-1", "ISO 8859-1"),
    ("utf-16", "UTF-16"),
    ("cp949", _("Korean (CP949)")),
    ("tis-620", _("Thai (TIS-620)")),
]
LABELS = {
    "number": _("Order number"),
    "customer": _("Customer's number"),
    "at": _("Date"),
    "time": _("Time, where it has its own column"),
    "product": _("Product code"),
    "name": _("Product name"),
    "category": _("Category"),
    "brand": _("Brand"),
    "supplier": _("Supplier"),
    "margin_class": _("Margin class"),
    "quantity": _("Quantity"),
    "unit_price": _("Unit price"),
    "amount": _("Amount of the row"),
    "discount": _("Discount"),
    "tax": _("Tax contained"),
    "shipping": _("Shipping of the order"),
    "gift_card": _("Paid with gift cards"),
    "points_paid": _("Paid with points"),
    "channel": _("Channel"),
    "store": _("Store"),
    "currency": _("Currency"),
}
OF_CASES = {
    "number": _("Number of the case"),
    "at": _("Received"),
    "name": _("Name of who wrote"),
    "email": _("E-mail of who wrote"),
    "kind": _("Kind of case"),
    "language": _("Language"),
    "subject": _("Subject"),
    "text": _("What was said"),
    "theme": _("Theme"),
    "theme_part": _("Theme within it"),
    "severity": _("Severity"),
    "impact": _("Impact"),
    "moment": _("Moment of the row, where a case has several"),
    "state": _("State"),
    "acknowledged": _("Acknowledged"),
    "answered": _("First answered"),
    "closed": _("Closed"),
    "outcome": _("Outcome"),
    "outcome_reason": _("Reason of the outcome"),
    "root_cause": _("Root cause"),
    "root_cause_part": _("Root cause within it"),
    "kept": _("Whether its promise was kept, as the file says"),
    "message": _("What was said further, a message for each row"),
    "said_by": _("Who said it: customer, us or note"),
    "author": _("Name of who said it, of us"),
}
OF_CUSTOMERS = {
    "number": _("Customer's number"),
    "name": _("Name"),
    "email": _("E-mail addresses"),
    "phone": _("Phones"),
    "birthday": _("Birthday"),
    "language": _("Language"),
    "zone": _("Time zone"),
    "country": _("Country"),
    "city": _("City"),
    "street": _("Street and house"),
    "postcode": _("Postcode"),
    "region": _("Region"),
    "like": _("Likes"),
    "dislike": _("Dislikes"),
}
OF_FACTS = {"key": _("Key of the fact"), "verb": _("What happened")}
OF_KIND = {"cases": OF_CASES, "customers": OF_CUSTOMERS, "facts": OF_FACTS}
RULES = {
    "purchases": ("numbered", "returns_start", "leave_free", "create_customers", "customer_prefix"),
    "cases": ("numbered", "create_customers", "customer_prefix", "kind_of_all", "channel_of_all", "empty", "judged"),
}
KEPT = (
    "returns_start",
    "adjustments",
    "constants",
    "products",
    "left_out",
    "values",
    "empty",
)  # of a ready-made mapping


class UploadForm(Plain):
    kind = forms.ChoiceField(
        label=_("The file has"), choices=ImportRun.Kind.choices, required=False, widget=UnfoldAdminSelectWidget
    )
    source = forms.ModelChoiceField(
        Source.objects.order_by("name"),
        label=_("Source"),
        required=False,
        empty_label=_("a new source"),
        help_text=_("Where the orders come from. Order numbers are unique within one source."),
        widget=UnfoldAdminSelectWidget,
    )
    new_source = forms.SlugField(
        label=_("Code of the new source"),
        required=False,
        max_length=60,
        help_text=_("Short and lasting, such as web-shop."),
        widget=UnfoldAdminTextInputWidget,
    )

    def __init__(self, *args: Any, kinds: Iterable[str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        wanted = set(kinds)
        self.fields["kind"].choices = [one for one in ImportRun.Kind.choices if one[0] in wanted]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not said.get("source") and not said.get("new_source") and not self.errors:
            self.add_error("new_source", _("Choose a source, or give a new one a code."))
        return said


class MappingForm(Plain):
    """How a file is read. Its columns are those that the file shows under the settings said last."""

    encoding = forms.ChoiceField(label=_("Characters"), choices=ENCODINGS, widget=UnfoldAdminSelectWidget)
    separator = forms.ChoiceField(
        label=_("Columns are divided by"), choices=list(SEPARATORS.items()), widget=UnfoldAdminSelectWidget
    )
    header = forms.BooleanField(label=_("The first row names the columns"), required=False, widget=UnfoldBooleanWidget)
    decimal = forms.ChoiceField(
        label=_("Decimal sign"),
        choices=[(".", _("point: 1.50")), (",", _("comma: 1,50"))],
        widget=UnfoldAdminSelectWidget,
    )
    date = forms.ChoiceField(
        label=_("Dates are written"), choices=[("", "—"), *DATES.items()], widget=UnfoldAdminSelectWidget
    )
    zone = forms.CharField(label=_("Times are in the zone"), max_length=50, widget=UnfoldAdminTextInputWidget)
    currency = forms.CharField(label=_("Currency"), max_length=3, required=False, widget=UnfoldAdminTextInputWidget)
    numbered = forms.BooleanField(
        label=_("Orders have numbers"),
        required=False,
        help_text=_("Without, every row is an order of its own, numbered within its customer and day."),
        widget=UnfoldBooleanWidget,
    )
    returns_start = forms.CharField(
        label=_("Order numbers of returns begin with"),
        required=False,
        max_length=10,
        help_text=_("Rows with a negative quantity are returns in any case."),
        widget=UnfoldAdminTextInputWidget,
    )
    leave_free = forms.BooleanField(
        label=_("Leave rows with the price 0 out, and keep the rest of their orders"),
        required=False,
        widget=UnfoldBooleanWidget,
    )
    create_customers = forms.BooleanField(
        label=_("Add customers that are not known yet"), required=False, widget=UnfoldBooleanWidget
    )
    customer_prefix = forms.CharField(
        label=_("Put before the customer's number"), required=False, max_length=20, widget=UnfoldAdminTextInputWidget
    )
    kind_of_all = forms.CharField(
        label=_("Kind of all cases, where no column says it"), required=False, widget=UnfoldAdminTextInputWidget
    )
    channel_of_all = forms.CharField(
        label=_("Channel of all cases, where no column says it"), required=False, widget=UnfoldAdminTextInputWidget
    )
    empty = forms.CharField(
        label=_("Cells that say nothing"), required=False, help_text=_("Such as ? or N/A, divided by commas."),
        widget=UnfoldAdminTextInputWidget,
    )  # fmt: skip
    judged = forms.BooleanField(
        label=_("Judge what is closed by the promises that hold now"),
        required=False,
        help_text=_("As if they had held then. Open cases get their clocks in any case."),
        widget=UnfoldBooleanWidget,
    )
    translated = forms.CharField(
        label=_("What its words mean"), required=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 12})
    )
    expect_rows = forms.IntegerField(
        label=_("Rows"), required=False, min_value=0, widget=UnfoldAdminIntegerFieldWidget
    )
    expect_total = forms.DecimalField(
        label=_("Sum of the orders"), required=False, widget=UnfoldAdminDecimalFieldWidget
    )

    def __init__(self, *args: Any, base: Mapping, header: Iterable[str] = (), **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.base = base
        choices = [("", "—"), *((name, name) for name in header)]
        for name in COLUMNS[base.kind]:
            joined = [(column, column)] if "+" in (column := base.columns.get(name, "")) else []
            self.fields[f"column_{name}"] = forms.ChoiceField(
                label=self._label(name), choices=[*choices, *joined], required=False, widget=UnfoldAdminSelectWidget
            )
        if base.kind == "cases":
            self.fields["decimal"].required = False
            self.fields["numbered"].label = _("Cases have numbers")
            self.fields["numbered"].help_text = _("Without, every row is a case of its own.")

    def _label(self, name: str) -> Any:
        return OF_KIND.get(self.base.kind, {}).get(name) or LABELS.get(name, name)

    @property
    def written_fields(self) -> list[forms.BoundField]:
        names = ("encoding", "separator", "header", "decimal", "date", "zone", "currency")
        return [self[name] for name in names if self.base.kind != "cases" or name not in ("decimal", "currency")]

    @property
    def column_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("column_")]

    @property
    def rule_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in RULES.get(self.base.kind, RULES["purchases"])]

    @property
    def word_fields(self) -> list[forms.BoundField]:
        return [self["translated"]] if self.base.kind == "cases" else []

    @property
    def total_fields(self) -> list[forms.BoundField]:
        return [
            self[name] for name in ("expect_rows", "expect_total") if self.base.kind == "purchases" or "rows" in name
        ]

    @staticmethod
    def initial_of(mapping: Mapping) -> dict[str, Any]:
        said = mapping.as_json()
        plain = {name: said[name] for name in MappingForm.base_fields if name in said}
        plain["zone"] = mapping.zone if mapping.zone != "UTC" else settings.BUSINESS_ZONE
        plain["currency"] = mapping.currency or settings.BUSINESS_CURRENCY
        plain["leave_free"] = "price_zero" in mapping.left_out
        plain |= {f"{name}_of_all": mapping.constants.get(name, "") for name in ("kind", "channel")}
        plain["empty"], plain["translated"] = ", ".join(mapping.empty), values.written(mapping.values)
        return plain | {f"column_{name}": column for name, column in mapping.columns.items()}

    def mapping(self) -> Mapping:
        """The mapping that was said. Raises MappingRefused."""
        said = self.cleaned_data
        plain = {name: said[name] for name in said if name in Mapping.__dataclass_fields__}
        left_out = set(self.base.left_out) - {"price_zero"} | ({"price_zero"} if said["leave_free"] else set())
        kept = {name: value for name, value in self.base.as_json().items() if name in KEPT}
        columns = {name: said[f"column_{name}"] for name in COLUMNS[self.base.kind] if said.get(f"column_{name}")}
        if self.base.kind == "cases":
            constants = {name: said[f"{name}_of_all"] for name in ("kind", "channel") if said[f"{name}_of_all"]}
            kept["constants"] = {**kept.get("constants", {}), "kind": "", "channel": ""} | constants
            plain["empty"] = [part.strip() for part in said["empty"].split(",") if part.strip()]
            plain["values"] = values.read(said["translated"])
            plain |= {"decimal": self.base.decimal, "currency": ""}
        base = {"kind": self.base.kind, "name": self.base.name, "left_out": sorted(left_out), "columns": columns}
        return mappings.from_json(kept | base | plain)

    def expected(self) -> dict[str, int]:
        """The control totals that were given."""
        said = self.cleaned_data
        total: Decimal | None = said["expect_total"]
        amount = None if total is None else int(total.scaleb(digits(said["currency"])))
        return {
            name: value for name, value in (("rows", said["expect_rows"]), ("amount", amount)) if value is not None
        }
