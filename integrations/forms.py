"""What managers write about other systems."""

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminTextInputWidget,
    UnfoldAdminURLInputWidget,
)

from customers.models import Verb


class EndpointForm(forms.Form):
    """The page writes the form tag and its buttons itself. What an address may be is the action's matter."""

    name = forms.CharField(
        label=_("Name"), help_text=_("Which system it is, for people."), widget=UnfoldAdminTextInputWidget
    )
    url = forms.CharField(
        label=_("Address"),
        help_text=_("Where messages are posted to. It begins with https://."),
        widget=UnfoldAdminURLInputWidget,
    )
    verbs = forms.MultipleChoiceField(
        label=_("Facts"),
        choices=Verb.choices,
        required=False,
        help_text=_("What it is told of. None chosen: of everything."),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        return helper
