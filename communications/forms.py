"""What people enter about addresses. The rules are in the actions."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from communications.models import Suppression


class SuppressForm(forms.Form):
    address = forms.CharField(label=_("E-mail address"), max_length=254, widget=UnfoldAdminTextInputWidget)
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[(one, one.label) for one in (Suppression.Reason.ASKED, Suppression.Reason.COMPLAINED)],
        widget=UnfoldAdminSelectWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
