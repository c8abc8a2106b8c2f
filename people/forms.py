"""What managers write about people, and people about themselves."""

import zoneinfo
from collections.abc import Callable
from typing import Any

from allauth.account.forms import LoginForm
from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Model
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


class Written:
    """The page writes the form tag and its buttons itself; refusals of an action find their fields."""

    fields: dict[str, forms.Field]
    data: Any
    add_error: Callable[[str | None, Any], None]

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        return helper

    def show(self, refusal: ValidationError) -> None:
        """Put a refusal beside the fields that it is about, or above the form."""
        by_field = getattr(refusal, "error_dict", {getattr(refusal, "field", None): [refusal]})
        for field, errors in by_field.items():
            self.add_error(field if field in self.fields else None, errors)

    def renew(self, name: str, value: object) -> None:
        """A hidden field says what holds now: what was refused because of it may be sent again, knowingly."""
        self.data = self.data.copy()
        self.data[name] = str(value)


def held_by(model: type[Model], fields: dict[str, Any]) -> dict[str, Any]:
    """Fields of a form by columns of the same names; numbers that a column could not hold are refused."""
    for name, field in fields.items():
        if isinstance(field, forms.IntegerField):
            field.validators = [*field.validators, *model._meta.get_field(name).validators]  # type: ignore[union-attr]
    return fields


class Plain(Written, forms.Form):
    """What almost every form of the back office stands on."""


def role_choices() -> list[tuple[str, object]]:
    return [NO_ROLE, *Role.choices]


class InvitationForm(Plain):
    email = forms.EmailField(label=_("E-mail"), max_length=150, widget=UnfoldAdminEmailInputWidget)
    first_name = forms.CharField(label=_("First name"), max_length=150, widget=UnfoldAdminTextInputWidget)
    last_name = forms.CharField(
        label=_("Last name"), max_length=150, required=False, widget=UnfoldAdminTextInputWidget
    )
    role = forms.ChoiceField(label=_("Role"), choices=role_choices, required=False, widget=UnfoldAdminSelectWidget)


class RoleForm(Plain):
    role = forms.ChoiceField(label=_("Role"), choices=role_choices, required=False, widget=UnfoldAdminSelectWidget)


def zone_choices() -> list[tuple[str, str]]:
    return [(name, name.replace("_", " ")) for name in sorted(zoneinfo.available_timezones()) if "/" in name] + [
        ("UTC", "UTC")
    ]


class SettingsForm(Plain):
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


class ViewForm(Plain):
    """A view of a page: its name, and who sees it. What it keeps of the address is hidden in it."""

    EVERYBODY = "all"

    name = forms.CharField(
        label=_("Name"), max_length=60, widget=forms.TextInput(attrs={"class": "ms-input", "autocomplete": "off"})
    )
    who = forms.ChoiceField(label=_("Who sees it"), required=False, widget=forms.Select(attrs={"class": "ms-input"}))
    query = forms.CharField(required=False, widget=forms.HiddenInput)
    replace = forms.BooleanField(label=_("in place of my view of this name"), required=False)

    def __init__(self, *args: Any, circles: list[tuple[Any, Any]], new: bool = True, **kwargs: Any) -> None:
        """``circles`` are those with whom this person may share, beside themselves."""
        super().__init__(*args, **{"auto_id": "view-%s", **kwargs})
        self.fields["who"].choices = [("", _("only me")), *circles]  # type: ignore[attr-defined]
        if not circles:
            del self.fields["who"]
        if new:
            self.fields["name"].label = _("Keep this view as")
        else:
            del self.fields["query"], self.fields["replace"]

    def kept(self) -> dict[str, Any]:
        """What the action is told beside the name and the filters."""
        return {"shared": self.cleaned_data.get("who") == self.EVERYBODY}

    def of(self, view: Any) -> dict[str, Any]:
        """What stands in the form of a view that there is."""
        return {"name": view.name, "who": self.EVERYBODY if view.shared else ""}
