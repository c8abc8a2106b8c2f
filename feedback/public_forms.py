"""What customers fill in on pages without an account. Shape only; the rules are in ``feedback.actions.forms``."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from feedback import files as kinds
from feedback.mail import File
from feedback.models import Case

LONGEST = 20_000


class Files(forms.FileField):
    """Several files; what is in them is the action's matter."""

    def __init__(self, **options: Any) -> None:
        widget = forms.ClearableFileInput()
        widget.allow_multiple_selected = True
        widget.attrs["multiple"] = True
        super().__init__(required=False, widget=widget, **options)

    def clean(self, data: Any, initial: Any = None) -> list[File]:
        return uploaded(data if isinstance(data, list | tuple) else [data])


def uploaded(sent: Iterable[Any]) -> list[File]:
    """What a form was sent with. One file more than may be is read, and of each one byte more: that is refused."""
    files = [one for one in sent if isinstance(one, UploadedFile)][: kinds.MOST + 1]
    return [File(one.name or "", one.content_type or "", one.read(kinds.LARGEST + 1)) for one in files]


class FeedbackForm(forms.Form):
    kind = forms.ChoiceField(label=_("What is it about?"), choices=Case.Kind.choices, initial=Case.Kind.COMPLAINT)
    text = forms.CharField(label=_("Your message"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 7}))
    order = forms.CharField(label=_("Order number (if you have one)"), max_length=100, required=False)
    email = forms.EmailField(
        label=_("Your e-mail address"), max_length=254, help_text=_("We answer there, and use it for nothing else."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )  # fmt: skip
    name = forms.CharField(
        label=_("Your name (if you like)"), max_length=200, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    files = Files(  # type: ignore[assignment]
        label=_("Photos or documents (if you like)"), help_text=_("Up to 20 files of 10 MB each.")
    )
    website = forms.CharField(required=False, label=_("Leave this empty"))  # only machines see it
    begun = forms.CharField(widget=forms.HiddenInput, required=False)


class MoreForm(forms.Form):
    text = forms.CharField(label=_("Add something"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5}))
    files = Files(  # type: ignore[assignment]
        label=_("Photos or documents (if you like)"), help_text=_("Up to 20 files of 10 MB each.")
    )
