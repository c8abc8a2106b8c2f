"""Customers who may be one person."""

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from config.admin import site
from config.menu import Group
from config.waking import NOBODY_THERE, wake
from customers.actions import duplicates
from customers.models import Duplicate, DuplicateSearch
from customers.pages.listing import all_of, as_file, keyset, written_down
from customers.queries import lists
from customers.spreadsheets import rows_to_csv
from people.requests import StaffRequest

MERGE, EXPORT = "customers.merge_customer", "customers.export_customer"
PER_PAGE = 25


@site.page(
    "duplicates/",
    name="duplicates",
    permission=MERGE,
    menu=gettext_lazy("Possible duplicates"),
    icon="join_inner",
    group=Group.CUSTOMERS,
    order=30,
)
def duplicate_list(request: StaffRequest) -> HttpResponseBase:
    exports = request.user.has_perm(EXPORT)
    if as_file(request) and exports:
        header = [_("Number"), _("Name"), _("Other number"), _("Other name"), _("Why")]
        rows = (
            (
                (pair.first.pk, pair.second.pk),
                [
                    pair.first.number,
                    pair.first.name,
                    pair.second.number,
                    pair.second.name,
                    ", ".join(pair.reasons_in_words),
                ],
            )
            for pair in all_of(lists.duplicates())
        )
        return rows_to_csv(header, written_down(rows, by=request.user, of="duplicates"), filename="duplicates.csv")
    page = keyset(request, lists.duplicates(), limit=PER_PAGE)
    rows_shown = [(pair, site.panels(request, "duplicate-actions", pair)) for pair in page.rows]
    return site.render(
        request,
        "customers/duplicates.html",
        title=_("Possible duplicates"),
        page=page,
        rows=rows_shown,
        may_export=exports,
        search=DuplicateSearch.objects.order_by("-pk").first(),
    )


@site.page("duplicates/look/", name="look_for_duplicates", permission=MERGE)
@require_POST
def look(request: StaffRequest) -> HttpResponse:
    duplicates.ask(by=request.user)
    if wake("customers.tasks.look_for_duplicates"):
        messages.success(request, _("Looking. Load this page again in a moment."))
    else:
        messages.warning(request, NOBODY_THERE)
    return redirect("admin:duplicates")


@site.page("duplicates/<int:pk>/dismiss/", name="dismiss_duplicate", permission=MERGE)
@require_POST
def dismiss(request: StaffRequest, pk: int) -> HttpResponse:
    duplicates.dismiss(get_object_or_404(Duplicate, pk=pk), by=request.user)
    messages.success(request, _("These two will not be suggested again."))
    return redirect("admin:duplicates")
