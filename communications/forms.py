"""What people enter about addresses. The rules are in the actions."""

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from communications.models import Suppression
from people.forms import Plain


class SuppressForm(Plain):
    address = forms.CharField(label=_("E-mail address"), max_length=254, widget=UnfoldAdminTextInputWidget)
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[(one, one.label) for one in (Suppression.Reason.ASKED, Suppression.Reason.COMPLAINED)],
        widget=UnfoldAdminSelectWidget,
    )
