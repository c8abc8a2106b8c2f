"""Remarks on days, saved views, and what the business means by its words."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from config.admin import site
from customers.pages.listing import keyset
from insights.actions import annotations, views
from insights.forms import AnnotationForm, ViewForm
from insights.models import Annotation, FigureView
from insights.pages.figures import VIEW
from insights.queries.letters import address
from people.requests import StaffRequest

ADD, DELETE = "insights.add_annotation", "insights.delete_annotation"
PER_PAGE = 50


@site.page("figures/remarks/days/", name="annotations", permission=VIEW)
def remarks(request: StaffRequest) -> HttpResponse:
    """What happened on which day: charts show it."""
    may_add = request.user.has_perm(ADD)
    form = AnnotationForm(request.POST or None)
    if request.method == "POST" and may_add and form.is_valid():
        try:
            annotations.write(form.cleaned_data["day"], form.cleaned_data["text"], by=request.user)
        except ValidationError as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("The remark stands in the charts now."))
            return redirect("admin:annotations")
    return site.render(
        request, "insights/remarks.html", title=_("Remarks on days"),
        breadcrumbs=[(_("Figures"), reverse("admin:figures"))], form=form,
        page=keyset(request, Annotation.objects.select_related("by"), limit=PER_PAGE), may_add=may_add,
        may_remove=request.user.has_perm(DELETE),
    )  # fmt: skip


@site.page("figures/remarks/days/<int:pk>/remove/", name="remove_annotation", permission=DELETE)
@require_POST
def remove_remark(request: StaffRequest, pk: int) -> HttpResponse:
    annotations.remove(get_object_or_404(Annotation, pk=pk))
    messages.success(request, _("The remark is removed."))
    return redirect("admin:annotations")


@site.page("figures/views/save/", name="save_figure_view", permission=VIEW)
@require_POST
def save_view(request: StaffRequest) -> HttpResponse:
    form = ViewForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("The view could not be saved: give it a name."))
        return redirect("admin:figures")
    try:
        view = views.save(**form.cleaned_data, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("admin:figures")
    messages.success(request, _("The view is saved."))
    return redirect(address(view))


@site.page("figures/views/<int:pk>/", name="open_figure_view", permission=VIEW)
def open_view(request: StaffRequest, pk: int) -> HttpResponse:
    return redirect(address(get_object_or_404(FigureView, pk=pk, owner=request.user)))


@site.page("figures/views/<int:pk>/remove/", name="remove_figure_view", permission=VIEW)
@require_POST
def remove_view(request: StaffRequest, pk: int) -> HttpResponse:
    views.remove(get_object_or_404(FigureView, pk=pk, owner=request.user), by=request.user)
    messages.success(request, _("The view is removed."))
    return redirect("admin:figures")
