"""What managers write about people, and people about themselves."""

import zoneinfo
from typing import Any

from allauth.account.forms import LoginForm
from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from people.roles import Role

NO_ROLE = ("", _("No role: may sign in, and see nothing"))


class SignInForm(LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Username or e-mail")
        self.fields["login"].widget.attrs = {"autocomplete": "username", "autofocus": True}
        del self.fields["password"].widget.attrs["placeholder"]


class _Plain(forms.Form):
    """The page writes the form tag and its buttons itself."""

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        return helper


def role_choices() -> list[tuple[str, object]]:
    return [NO_ROLE, *Role.choices]


class InvitationForm(_Plain):
    email = forms.EmailField(label=_("E-mail"), max_length=150, widget=UnfoldAdminEmailInputWidget)
    first_name = forms.CharField(label=_("First name"), max_length=150, widget=UnfoldAdminTextInputWidget)
    last_name = forms.CharField(
        label=_("Last name"), max_length=150, required=False, widget=UnfoldAdminTextInputWidget
    )
    role = forms.ChoiceField(label=_("Role"), choices=role_choices, required=False, widget=UnfoldAdminSelectWidget)


class RoleForm(_Plain):
    role = forms.ChoiceField(label=_("Role"), choices=role_choices, required=False, widget=UnfoldAdminSelectWidget)


def zone_choices() -> list[tuple[str, str]]:
    return [(name, name.replace("_", " ")) for name in sorted(zoneinfo.available_timezones()) if "/" in name] + [
        ("UTC", "UTC")
    ]


class SettingsForm(_Plain):
    first_name = forms.CharField(label=_("First name"), max_length=150, widget=UnfoldAdminTextInputWidget)
    last_name = forms.CharField(
        label=_("Last name"), max_length=150, required=False, widget=UnfoldAdminTextInputWidget
    )
    zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=zone_choices,
        widget=UnfoldAdminSelectWidget,
        help_text=_("All times are shown to you in it."),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        widget=UnfoldAdminSelectWidget,
        help_text=_("What is not translated yet stays in English."),
    )
