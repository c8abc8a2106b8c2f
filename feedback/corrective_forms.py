"""What staff write about corrective actions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from feedback.models import Case, CorrectiveAction, RootCause
from feedback.queries import people
from feedback.queries.causes import paths
from people.forms import Plain
from people.models import User


class ActionForm(Plain):
    what = forms.CharField(label=_("What is done"), max_length=200, widget=UnfoldAdminTextInputWidget)
    root_cause = forms.TypedChoiceField(
        label=_("About the root cause"), required=False, coerce=int, empty_value=None, widget=UnfoldAdminSelectWidget
    )
    owner = forms.ModelChoiceField(
        label=_("By whom"), queryset=User.objects.none(), empty_label="—", widget=UnfoldAdminSelectWidget
    )
    due_on = forms.DateField(
        label=_("Until"), widget=forms.DateInput(attrs={"type": "date", "class": "ms-input"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, keep: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cause: Any = self.fields["root_cause"]
        cause.choices = [("", "—"), *paths(RootCause, keep=keep)]
        self.fields["owner"].queryset = people.agents()  # type: ignore[attr-defined]

    @classmethod
    def of(cls, action: CorrectiveAction, posted: Any = None) -> "ActionForm":
        initial = {"what": action.what, "root_cause": action.root_cause_id or "", "owner": action.owner_id}
        return cls(posted, initial=initial | {"due_on": action.due_on}, keep=action.root_cause_id)

    @classmethod
    def because_of(cls, case: Case | None, posted: Any = None) -> "ActionForm":
        cause = case.root_cause_id if case else None
        return cls(posted, initial={"root_cause": cause or ""}, keep=cause)

    def clean_root_cause(self) -> RootCause | None:
        chosen = self.cleaned_data["root_cause"]
        return RootCause.objects.get(pk=chosen) if chosen else None


class ResultForm(Plain):
    result = forms.CharField(label=_("What came of it"), max_length=500, widget=UnfoldAdminTextInputWidget)
