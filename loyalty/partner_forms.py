"""What staff write about partners: rates, packs, the month of a statement."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextInputWidget

from customers.forms import OneLine
from loyalty import arithmetic
from loyalty.forms import Money
from people.forms import Plain

MOST = 10**9


def number(label: Any, least: int, help_text: Any = "") -> forms.IntegerField:
    widget = UnfoldAdminIntegerFieldWidget
    return forms.IntegerField(label=label, min_value=least, max_value=MOST, widget=widget, help_text=help_text)


class RateForm(Plain):
    issue_money = Money(label=_("Pays"), required=True, help_text=_("Exact: 0.12 for 10 points are 0.012 a point."))
    issue_points = number(_("for points given"), 1)
    redeem_money = Money(label=_("Is paid"), required=True)
    redeem_points = number(_("for points taken"), 1)
    begins_on = forms.DateField(
        label=_("From"),
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"type": "date"}),
        help_text=_("Empty: from now on."),
    )

    def agreed(self, zone: str) -> dict[str, Any]:
        said = self.cleaned_data
        day: date | None = said["begins_on"]
        begins_at: datetime | None = arithmetic.start_of(day, zone) if day else None
        return {
            "issue": (said["issue_money"], said["issue_points"]),
            "redeem": (said["redeem_money"], said["redeem_points"]),
            "begins_at": begins_at,
        }


class PackForm(Plain):
    points = number(_("Points"), 1)
    price = Money(label=_("Price"), required=True)
    reference = OneLine(
        label=_("Reference"),
        max_length=60,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Of the order or the invoice."),
    )
