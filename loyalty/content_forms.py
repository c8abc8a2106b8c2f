"""What staff type of a receipt."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminTextInputWidget,
)

from customers import currencies
from customers.forms import OneLine
from loyalty.actions.contents import Typed
from loyalty.models import Submission
from people.forms import Plain


class ReceiptForm(Plain):
    """What stands on a receipt; before it is confirmed all of it."""

    store = OneLine(label=_("Store"), max_length=60, widget=UnfoldAdminTextInputWidget, required=False)
    number = OneLine(label=_("Receipt number"), max_length=60, widget=UnfoldAdminTextInputWidget, required=False)
    bought_on = forms.DateField(
        label=_("Bought on"), widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}), required=False
    )
    total = forms.DecimalField(
        label=_("Total"),
        max_digits=12,
        decimal_places=3,
        min_value=0,
        widget=UnfoldAdminDecimalFieldWidget,
        required=False,
        help_text=_("In the currency of the programme, such as 19.99."),
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency, self.digits = currency, currencies.digits(currency)
        self.fields["total"].label = _("Total (%(currency)s)") % {"currency": currency}

    @classmethod
    def initial_of(cls, sent: Submission) -> dict[str, Any]:
        digits = currencies.digits(sent.programme.currency)
        total = None if sent.total is None else Decimal(sent.total).scaleb(-digits)
        return {"store": sent.store, "number": sent.number, "bought_on": sent.bought_on, "total": total}

    def clean_total(self) -> int | None:
        """In minor units; half a cent is refused."""
        said: Decimal | None = self.cleaned_data["total"]
        minor = None if said is None else said.scaleb(self.digits)
        if minor is not None and minor != int(minor):
            raise forms.ValidationError(_("The currency has fewer digits."), code="invalid")
        return None if minor is None else int(minor)

    def typed(self) -> Typed:
        said = self.cleaned_data
        return Typed(said["store"], said["number"], said["bought_on"], said["total"])
