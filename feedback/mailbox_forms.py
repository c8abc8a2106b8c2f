"""What managers write about a mailbox. What can work is the action's matter."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from feedback.models import Mailbox
from feedback.queries.versions import version
from people.forms import Written


class MailboxForm(Written, forms.ModelForm):
    new_password = forms.CharField(
        label=_("Password"), required=False, strip=False, widget=UnfoldAdminPasswordWidget,
        help_text=_("Kept encrypted. Blank: it stays as it is."),
    )  # fmt: skip

    port = forms.IntegerField(
        label=_("Port"), initial=993, min_value=1, max_value=65_535, widget=UnfoldAdminIntegerFieldWidget
    )

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    field_order = [
        *("name", "address", "kind", "team", "main", "host", "port", "security", "username", "new_password"),
        *(
            "password_name",
            "folder",
            "taken_folder",
            "take_old",
            "list_id",
            "plus_addresses",
            "acknowledges",
            "active",
        ),
    ]

    class Meta:
        model = Mailbox
        fields = [
            *("name", "address", "kind", "team", "main", "host", "port", "security", "username", "password_name"),
            *("folder", "taken_folder", "take_old", "list_id", "plus_addresses", "acknowledges", "active"),
        ]

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.fields["team"].empty_label = "—"  # type: ignore[attr-defined]
        if self.instance.pk:
            self.initial["seen"] = version(self.instance)
        for field in self.fields.values():
            widgets: dict[type, Any] = {
                forms.CheckboxInput: UnfoldBooleanSwitchWidget,
                forms.Select: UnfoldAdminSelectWidget,
                forms.EmailInput: UnfoldAdminEmailInputWidget,
                forms.NumberInput: UnfoldAdminIntegerFieldWidget,
                forms.TextInput: UnfoldAdminTextInputWidget,
            }
            chosen = widgets.get(type(field.widget))
            if chosen is not None:
                choices = getattr(field, "choices", None)
                field.widget = chosen()
                if choices is not None:
                    field.widget.choices = choices

    def _post_clean(self) -> None:
        """Values go onto the row; the rules of the row are told by the action and the database."""
        for name in self._meta.fields or ():
            if name in self.cleaned_data:
                setattr(self.instance, name, self.cleaned_data[name])

    def said(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self._meta.fields or ()}
