"""Balances from another system: a file, its control total, what came of it."""

import codecs
from collections.abc import Iterator

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminIntegerFieldWidget, UnfoldAdminTextInputWidget

from config.admin import site
from config.menu import Group
from customers.forms import OneLine
from customers.pages.listing import keyset
from loyalty.actions import balance_imports
from loyalty.models import BalanceImport
from people.forms import Plain
from people.requests import StaffRequest

BRING = "loyalty.bring_in_balances"


class BalancesForm(Plain):
    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=UnfoldAdminFileFieldWidget,
        help_text=gettext_lazy("CSV with the columns customer, points and, if you like, expires: the last day."),
    )
    name = OneLine(
        label=gettext_lazy("Name"),
        max_length=60,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("Customers read it on their statement. A name is used once."),
    )
    declared = forms.IntegerField(
        label=gettext_lazy("Control total"),
        min_value=1,
        widget=UnfoldAdminIntegerFieldWidget,
        help_text=gettext_lazy("What all points sum to by the other system. If the file differs, nothing is written."),
    )


@site.page(
    "balances/",
    name="balance_imports",
    permission=BRING,
    menu=gettext_lazy("Imported balances"),
    icon="move_to_inbox",
    group=Group.LOYALTY,
    order=90,
)
def balances(request: StaffRequest) -> HttpResponse:
    form = BalancesForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        said = form.cleaned_data
        try:
            if "check" in request.POST:
                seen = balance_imports.check(_lines(said["file"]), declared=said["declared"])
                told = _("%(rows)s rows with %(points)s points would come in; nothing is written.")
                messages.info(request, told % {"rows": len(seen.rows), "points": seen.points})
            else:
                balance_imports.bring_in(
                    _lines(said["file"]), name=said["name"].strip(), declared=said["declared"], by=request.user
                )
                messages.success(request, _("The balances are brought in."))
                return redirect("admin:balance_imports")
        except UnicodeDecodeError:
            form.add_error("file", _("The file is not UTF-8."))
        except ValidationError as refusal:
            form.add_error(None, refusal)
    found = BalanceImport.objects.select_related("by", "programme")
    return site.render(
        request,
        "loyalty/balances.html",
        title=_("Imported balances"),
        page=keyset(request, found, limit=25),
        form=form,
    )


def _lines(file: UploadedFile) -> Iterator[str]:
    return codecs.iterdecode(iter(file), "utf-8-sig")
