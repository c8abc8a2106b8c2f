"""Points for a segment: drafted, looked at, started, followed, undone."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from config.admin import site
from config.menu import Group
from customers.forms import OneLine
from customers.models import Segment
from customers.pages.listing import keyset
from loyalty.actions import bulk_grants
from loyalty.forms import ReasonForm
from loyalty.models import BulkGrant
from loyalty.queries import bulk_grants as questions
from people.forms import Plain
from people.requests import StaffRequest
from people.telling import showing, telling

VIEW, ADD, START = "loyalty.view_bulkgrant", "loyalty.add_bulkgrant", "loyalty.start_bulkgrant"


class BulkGrantForm(Plain):
    segment = forms.ModelChoiceField(
        Segment.objects.order_by("name"), label=gettext_lazy("Segment"), widget=UnfoldAdminSelectWidget
    )
    points = forms.IntegerField(
        label=gettext_lazy("Points for each"), min_value=1, max_value=10**9, widget=UnfoldAdminIntegerFieldWidget
    )
    reason = OneLine(
        label=gettext_lazy("Reason"),
        max_length=200,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("Customers read it on their statement."),
    )


@site.page(
    "grants/",
    name="bulk_grants",
    permission=VIEW,
    menu=gettext_lazy("Bulk grants"),
    icon="featured_seasonal_and_gifts",
    group=Group.LOYALTY,
    order=25,
)
def grant_list(request: StaffRequest) -> HttpResponse:
    found = BulkGrant.objects.select_related("segment", "made_by")
    return site.render(
        request,
        "loyalty/grants/list.html",
        title=_("Bulk grants"),
        page=keyset(request, found, limit=25),
        may_add=request.user.has_perm(ADD),
    )


@site.page("grants/new/", name="new_bulk_grant", permission=ADD)
def new(request: StaffRequest) -> HttpResponse:
    form = BulkGrantForm(request.POST or None)
    if form.is_valid():
        said = form.cleaned_data
        with showing(form):
            made = bulk_grants.draft(said["segment"], said["points"], reason=said["reason"], by=request.user)
            return redirect("admin:bulk_grant", made.pk)
    return site.render(
        request, "components/form_page.html", title=_("New bulk grant"), breadcrumbs=_above(), form=form,
        lead=_("Nothing is granted yet: the next page shows whom it would reach."),
        verb=_("Preview"), back=reverse("admin:bulk_grants"),
    )  # fmt: skip


def _above() -> list[tuple[str, str]]:
    return [(_("Bulk grants"), reverse("admin:bulk_grants"))]


def _found(pk: int) -> BulkGrant:
    return get_object_or_404(BulkGrant.objects.select_related("segment", "made_by", "started_by", "programme"), pk=pk)


@site.page("grants/<int:pk>/", name="bulk_grant", permission=VIEW)
def grant(request: StaffRequest, pk: int) -> HttpResponse:
    return _page(request, _found(pk), ReasonForm())


def _page(request: StaffRequest, found: BulkGrant, form: ReasonForm) -> HttpResponse:
    return site.render(
        request,
        "loyalty/grants/grant.html",
        title=found.reason,
        breadcrumbs=_above(),
        grant=found,
        preview=questions.preview(found) if found.state == "draft" else None,
        progress=questions.progress(found),
        form=form,
        may_start=request.user.has_perm(START) and found.state == "draft",
        may_undo=request.user.has_perm(START) and found.state in ("running", "done"),
    )


@site.page("grants/<int:pk>/progress/", name="bulk_grant_progress", permission=VIEW)
def progress(request: StaffRequest, pk: int) -> HttpResponse:
    """The moving part of the page; asked for again as long as the grant is under way."""
    found = _found(pk)
    return site.render(request, "loyalty/grants/_progress.html", grant=found, progress=questions.progress(found))


@site.page("grants/<int:pk>/start/", name="start_bulk_grant", permission=START)
@require_POST
def start(request: StaffRequest, pk: int) -> HttpResponse:
    with telling(request) as say:
        bulk_grants.start(_found(pk), by=request.user)
        say(_("The points are on their way."))
    return redirect("admin:bulk_grant", pk)


@site.page("grants/<int:pk>/undo/", name="undo_bulk_grant", permission=START)
@require_POST
def undo(request: StaffRequest, pk: int) -> HttpResponse:
    form = ReasonForm(request.POST)
    if form.is_valid():
        with showing(form):
            bulk_grants.undo(_found(pk), reason=form.cleaned_data["reason"], by=request.user)
            messages.success(request, _("The points are being taken back."))
            return redirect("admin:bulk_grant", pk)
    return _page(request, _found(pk), form)
