"""A purchase while somebody writes it down: head and lines as the page posts them, complete or not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSelectWidget

from customers.currencies import digits
from customers.forms import MomentField, text
from customers.models import Customer, Line, Profile, Purchase, Source
from customers.orders import TEXTS, Order, OrderLine, flaw_of_line, price_of
from loyalty.actions.counter import BY_HAND, suggested_number
from people.forms import Plain

ROWS, MOST_ROWS = 3, 100
FINER = 4  # digits that a unit price may have beyond those of its currency
AMOUNTS = ("shipping", "gift_card", "points_paid")  # of the head, in minor units
NEVER = {"autocomplete": "off"}


def money(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DecimalField:
    widget = UnfoldAdminDecimalFieldWidget(attrs={"step": "any", "inputmode": "decimal"})
    return forms.DecimalField(
        label=label, required=required, help_text=help_text, min_value=0, max_digits=18, widget=widget
    )


def in_minor_units(form: forms.Form, names: Iterable[str], currency: str, *, finer: int = 0) -> None:
    """Turn what was typed into minor units of the currency; say so where it has more digits than that has."""
    places = digits(currency)
    for name in names:
        typed = form.cleaned_data.get(name)
        minor = (typed or Decimal(0)).scaleb(places)
        if minor != minor.quantize(Decimal(1).scaleb(-finer)):
            words = {"currency": currency, "places": places + finer}
            form.add_error(name, _("At most %(places)s digits after the point in %(currency)s.") % words)
        elif not finer:
            form.cleaned_data[name] = int(minor)
        elif typed is not None:
            form.cleaned_data[name] = minor


class PurchaseForm(Plain):
    source = forms.ChoiceField(
        label=gettext_lazy("Where it was bought"),
        widget=UnfoldAdminSelectWidget,
        help_text=gettext_lazy("Of a shop or till that reports by itself, choose it: so it never counts twice."),
    )
    number = text(
        gettext_lazy("Order number"),
        100,
        required=True,
        help_text=gettext_lazy("As on the receipt; where it has none, leave this one."),
    )
    at = MomentField(label=gettext_lazy("Bought"))
    currency = text(gettext_lazy("Currency"), 3, required=True, help_text=gettext_lazy("Three letters, such as EUR."))
    channel = text(gettext_lazy("Channel"), 30, help_text=gettext_lazy("Such as shop, web or phone."))
    store = text(gettext_lazy("Store"), 60)
    shipping = money(gettext_lazy("Shipping"))
    gift_card = money(
        gettext_lazy("Gift cards"), help_text=gettext_lazy("Sold, or used to pay: this part earns nothing.")
    )

    points_paid = money(
        gettext_lazy("Paid with points"),
        help_text=gettext_lazy("So much money of it. The points are taken when it is recorded, and earn nothing."),
    )

    def __init__(self, *args: Any, points: bool, **kwargs: Any) -> None:
        """``points``: whether who writes may take points for it."""
        super().__init__(*args, **kwargs)
        if not points:
            del self.fields["points_paid"]
        known = [(source.code, source.name) for source in Source.objects.order_by("name", "pk")]
        if all(code != BY_HAND for code, _name in known):
            known.insert(0, (BY_HAND, _("Recorded by hand")))
        self.fields["source"].choices = known  # type: ignore[attr-defined]
        for name in ("number", "currency", "channel", "store"):
            self.fields[name].widget.attrs |= NEVER
        self.fields["channel"].widget.attrs["list"] = "channels"  # those of this customer's last purchases
        self.fields["store"].widget.attrs["list"] = "stores"

    def clean_currency(self) -> str:
        currency = str(self.cleaned_data["currency"]).strip().upper()
        if len(currency) != 3 or not currency.isascii() or not currency.isalpha():
            raise ValidationError(_("A currency has three letters, such as EUR."), code="currency_unknown")
        return currency

    def clean(self) -> dict[str, Any]:
        super().clean()
        in_minor_units(self, AMOUNTS, self.cleaned_data.get("currency", ""))
        return self.cleaned_data


class LineForm(Plain):
    product = text(gettext_lazy("Product code"), 60)
    name = text(gettext_lazy("Name"), 200)
    category = text(gettext_lazy("Category"), 100)
    brand = text(gettext_lazy("Brand"), 100)
    quantity = forms.DecimalField(
        label=gettext_lazy("Quantity"),
        initial=1,
        min_value=Decimal("0.001"),
        max_digits=12,
        decimal_places=3,
        widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "any", "inputmode": "decimal"}),
    )
    unit_price = money(gettext_lazy("Unit price"), required=True)
    discount = money(gettext_lazy("Discount"))
    tax = money(gettext_lazy("Tax in it"))
    supplier = text(gettext_lazy("Supplier"), 100)
    margin_class = text(gettext_lazy("Margin class"), 20)

    def __init__(self, data: Any = None, *, currency: str = "", new: bool = False, **kwargs: Any) -> None:
        super().__init__(data, empty_permitted=True, use_required_attribute=False, **kwargs)
        self.currency = currency
        if new:
            self.fields["product"].widget.attrs["autofocus"] = True
        for name in TEXTS:
            self.fields[name].widget.attrs |= NEVER

    @property
    def blank(self) -> bool:
        """Nothing was written into this row."""
        said = {name: str(self.data.get(self.add_prefix(name), "")).strip() for name in self.fields}
        return said.pop("quantity") in ("", "1") and not any(said.values())

    def has_changed(self) -> bool:
        return not self.blank

    @property
    def main(self) -> list[Any]:
        return [self[name] for name in self.fields if name not in ("supplier", "margin_class")]

    @property
    def more(self) -> list[Any]:
        return [self["supplier"], self["margin_class"]]

    @property
    def has_more(self) -> bool:
        return any(part.value() or part.errors for part in self.more)

    def clean(self) -> dict[str, Any]:
        super().clean()
        if not self.blank:
            in_minor_units(self, ("discount", "tax"), self.currency)
            in_minor_units(self, ("unit_price",), self.currency, finer=FINER)
            if not self.errors and not (self.cleaned_data["product"] or self.cleaned_data["name"]):
                self.add_error("name", _("Say what it was: a name or a product code."))
        return self.cleaned_data

    def line(self) -> OrderLine:
        return OrderLine(**self.cleaned_data)


@dataclass
class Draft:
    """The page's form and its rows."""

    head: PurchaseForm
    rows: list[LineForm] = field(default_factory=list)
    dropped: int | None = None  # the place of a row that has just gone: what is there now takes the focus

    @classmethod
    def new(cls, customer: Customer, *, points: bool) -> "Draft":
        """For the next purchase of a customer: now, as they usually pay."""
        currency = Profile.objects.filter(customer=customer).values_list("currency", flat=True).first()
        initial = {
            "source": BY_HAND,
            "number": suggested_number(),
            "at": timezone.localtime(),
            "currency": currency or settings.BUSINESS_CURRENCY,
        }
        return cls(PurchaseForm(initial=initial, points=points), _rows([{}] * ROWS))

    @classmethod
    def of(cls, wrong: Purchase, *, points: bool) -> "Draft":
        """To bill a purchase again: as it was, under a number of its own."""
        names = ("channel", "store", "currency")
        initial = {name: getattr(wrong, name) for name in names} | {"at": timezone.localtime(wrong.at)}
        initial |= {"source": wrong.source.code, "number": f"{wrong.number[:98]}-2"}
        initial |= {name: typed(getattr(wrong, name), wrong.currency) for name in AMOUNTS}
        lines = wrong.lines.order_by("position")
        return cls(PurchaseForm(initial=initial, points=points), _rows(_again(line, wrong.currency) for line in lines))

    @classmethod
    def posted(cls, post: Mapping[str, str], *, judged: bool, points: bool) -> "Draft":
        """What the page says, after the button that was pressed to add or drop a row.

        Not ``judged``, nothing is said about what is wrong with it: somebody is still writing.
        """
        if judged:
            head = PurchaseForm(post, points=points)
            head.is_valid()
            currency = head.cleaned_data.get("currency", "")
            return cls(head, [LineForm(post, prefix=prefix, currency=currency) for prefix in _prefixes(post)])
        kept = [prefix for prefix in _prefixes(post) if post.get("drop") != prefix]
        said = [{name: post.get(f"{prefix}-{name}", "") for name in LineForm.base_fields} for prefix in kept]
        added = ("add" in post or not said) and len(said) < MOST_ROWS
        written = {name: post.get(name, "") for name in PurchaseForm.base_fields}
        head = PurchaseForm(initial=written, points=points)
        rows = [*_rows(said), *([_row(len(said), {}, new=True)] if added else [])]
        gone = [place for place, prefix in enumerate(_prefixes(post)) if post.get("drop") == prefix]
        return cls(head, rows, min(gone[0], len(rows) - 1) if gone else None)

    @property
    def may_add(self) -> bool:
        return len(self.rows) < MOST_ROWS

    @property
    def written(self) -> list[LineForm]:
        return [row for row in self.rows if not row.blank]

    def is_valid(self) -> bool:
        """Whether head and rows can be read; each is asked, so that each says what is wrong with it."""
        sound = [form.is_valid() for form in [self.head, *self.rows]]
        return all(sound)

    def said(self) -> dict[str, Any]:
        """What it says so far, as far as that can be read: the head's fields, and the lines that can be so."""
        points = "points_paid" in self.head.fields
        read = self if self.head.is_bound else Draft.posted(self._as_posted(), judged=True, points=points)
        read.head.is_valid()
        known = {"currency": "", "store": "", "channel": "", "at": None} | read.head.cleaned_data
        return known | {name: known.get(name) or 0 for name in AMOUNTS} | {"lines": read.sound_lines()}

    def _as_posted(self) -> dict[str, str]:
        forms_ = [self.head, *self.rows]
        return {form.add_prefix(name): str(form[name].value() or "") for form in forms_ for name in form.fields}

    def sound_lines(self) -> list[OrderLine]:
        """The rows that say something that can be so."""
        lines = [row.line() for row in self.written if row.is_valid()]
        return [line for line in lines if flaw_of_line(line) is None]

    def order(self, customer: Customer) -> Order:
        lines = tuple(row.line() for row in self.written)
        return Order(customer=customer.number, lines=lines, **self.head.cleaned_data)

    def show(self, refusal: ValidationError) -> None:
        """Put what an action refuses beside the field that it is about, or above the form."""
        for error in refusal.error_list:
            place = str(getattr(error, "field", None) or "")
            if place.startswith("lines."):
                _lines, row, name = place.split(".")
                self.written[int(row)].add_error(name, error)
            else:
                self.head.add_error(place if place in self.head.fields else None, error)


def _prefixes(post: Mapping[str, str]) -> list[str]:
    found: list[str] = []
    while len(found) < MOST_ROWS and f"line-{len(found)}-quantity" in post:
        found.append(f"line-{len(found)}")
    return found


def _rows(said: Iterable[Mapping[str, Any]]) -> list[LineForm]:
    return [_row(place, each) for place, each in enumerate(said)]


def _row(place: int, said: Mapping[str, Any], *, new: bool = False) -> LineForm:
    return LineForm(prefix=f"line-{place}", initial=dict(said), new=new)


def typed(amount: int | Decimal, currency: str) -> str:
    """Minor units as somebody would type them; nothing for nothing."""
    places = digits(currency)
    said = Decimal(amount).scaleb(-places)
    whole = said == said.quantize(Decimal(1).scaleb(-places))
    return "" if not amount else f"{said:.{places}f}" if whole else f"{said.normalize():f}"


def _again(line: Line, currency: str) -> dict[str, Any]:
    """A line as somebody would type it; where it was recorded by its amount, the discount makes up for it."""
    price, discount = line.unit_price, price_of(line.quantity, line.unit_price) - line.amount
    if discount < 0:
        price = (line.amount / line.quantity).quantize(Decimal(1), ROUND_CEILING)
        discount = price_of(line.quantity, price) - line.amount
    return {name: getattr(line, name) for name in TEXTS} | {
        "quantity": f"{line.quantity.normalize():f}",
        "unit_price": typed(price, currency) or "0",
        "discount": typed(discount, currency),
        "tax": typed(line.tax, currency),
    }


class ReturnForm(Plain):
    """One field per line that can still come back. The number keeps a second press from taking the same back twice."""

    reason = text(gettext_lazy("Reason"), 200, help_text=gettext_lazy("Why it comes back; no personal details."))
    at = MomentField(label=gettext_lazy("Brought back"))
    number = text(
        gettext_lazy("Number of the return"),
        100,
        required=True,
        help_text=gettext_lazy("As on the receipt; where it has none, leave this one."),
    )

    def __init__(self, lines: list[Line], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = [line for line in lines if line.quantity > line.returned]
        for line in self.lines:
            left = line.quantity - line.returned
            self.fields[f"line_{line.position}"] = forms.DecimalField(
                label=line.name or line.product or _("Line %(position)s") % {"position": line.position},
                required=False,
                min_value=Decimal(0),
                max_value=left,
                decimal_places=3,
                help_text=_("Up to %(left)s can come back.") % {"left": f"{left.normalize():f}"},
                widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "any", "inputmode": "decimal"}),
            )
        self.order_fields([f"line_{line.position}" for line in self.lines])

    def quantities(self) -> dict[int, Decimal]:
        given = {line.position: self.cleaned_data.get(f"line_{line.position}") for line in self.lines}
        return {position: quantity for position, quantity in given.items() if quantity}
