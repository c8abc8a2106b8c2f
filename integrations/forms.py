"""What managers write about other systems."""

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldAdminURLInputWidget,
)

from customers.models import Verb
from integrations.scopes import Scope
from people.forms import Plain

LASTS = [("", _("until it is revoked")), ("30", _("30 days")), ("90", _("90 days")), ("365", _("a year"))]


class TokenForm(Plain):
    """What is allowed is the action's matter."""

    name = forms.CharField(
        label=_("Integration"),
        max_length=60,
        help_text=_("Which system it is. What it does is written down under this name."),
        widget=UnfoldAdminTextInputWidget,
    )
    scopes = forms.MultipleChoiceField(
        label=_("It may"),
        choices=Scope.choices,
        help_text=_("Give it what it needs and no more."),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    per_minute = forms.IntegerField(
        label=_("Requests per minute"), min_value=1, max_value=1_000_000, widget=UnfoldAdminIntegerFieldWidget
    )
    days = forms.ChoiceField(label=_("Works for"), choices=LASTS, required=False, widget=UnfoldAdminSelectWidget)


class EndpointForm(Plain):
    """What an address may be is the action's matter."""

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


class EndpointChangeForm(EndpointForm):
    """``seen`` is the revision of what was changed."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
