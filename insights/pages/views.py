"""Views of figures: any page of them, and sent to their owner by e-mail where they want that."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from insights.actions import views
from insights.definitions import DEFINITIONS
from insights.forms import INPUT
from insights.models import FigureView
from people.forms import ViewForm
from people.pages.views import PLAIN, Shelf
from people.requests import StaffRequest

NAMES = {"figures": _("Figures"), "retention_board": _("Retention board"), "risk": _("Customers at risk")}
DROPPED = (PLAIN, "format", "page", "after")  # of an address: how it is looked at, not what


class FigureViewForm(ViewForm):
    mailed = forms.ChoiceField(
        label=_("Send it to me"), required=False, choices=FigureView.Mailed.choices, widget=forms.Select(attrs=INPUT)
    )
    page = forms.CharField(required=False, widget=forms.HiddenInput)
    argument = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "query" not in self.fields:
            del self.fields["page"], self.fields["argument"]
        if self.initial.get("page") in views.NEVER_SENT:
            del self.fields["mailed"]

    def kept(self) -> dict[str, Any]:
        said = {name: self.cleaned_data[name] for name in ("page", "argument") if name in self.fields}
        return super().kept() | said | {"mailed": self.cleaned_data.get("mailed", "")}

    def of(self, view: FigureView) -> dict[str, Any]:
        return super().of(view) | {"mailed": view.mailed}


def what(query: str) -> str:
    """What of an address is kept."""
    said = QueryDict(query, mutable=True)
    for name in DROPPED:
        said.pop(name, None)
    return said.urlencode()


def told(view: FigureView) -> str:
    """Which page it is of, and when it is sent."""
    page = DEFINITIONS[view.argument].title if view.argument in DEFINITIONS else NAMES.get(view.page, view.argument)
    if not view.mailed:
        return str(page)
    sent = _("sent to %(owner)s %(when)s") % {"owner": view.owner, "when": view.get_mailed_display()}
    return f"{page}, {sent}"


SHELF = Shelf(
    kind=FigureView, name="figure_view", route="figures/views/", permission="insights.view_snapshot",
    sharing="insights.add_annotation", everybody=_("everybody who sees figures"), page="figures", title=_("Figures"),
    save=views.save, change=views.change, form=FigureViewForm, kept=what,
    told=told,
)  # fmt: skip


def around(request: StaffRequest, page: str, argument: str = "") -> dict[str, Any]:
    """The bar of views above a page of figures, and the form that keeps it."""
    query = what(request.GET.urlencode())
    place = FigureView(page=page, argument=argument).place
    return SHELF.bar(request, place, query) | SHELF.keeping(request, query, page=page, argument=argument)
