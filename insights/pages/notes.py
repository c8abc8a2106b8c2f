"""Remarks on days."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from config.admin import site
from customers.pages.listing import keyset
from insights.actions import annotations
from insights.forms import AnnotationForm
from insights.models import Annotation
from insights.pages.figures import VIEW
from people.requests import StaffRequest
from people.telling import showing

ADD, DELETE = "insights.add_annotation", "insights.delete_annotation"
PER_PAGE = 50


@site.page("figures/remarks/days/", name="annotations", permission=VIEW)
def remarks(request: StaffRequest) -> HttpResponse:
    """What happened on which day: charts show it."""
    may_add = request.user.has_perm(ADD)
    if request.method == "POST" and not may_add:
        raise PermissionDenied
    form = AnnotationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with showing(form):
            annotations.write(form.cleaned_data["day"], form.cleaned_data["text"], by=request.user)
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
    """Removed twice, by two people or two clicks, it is gone as was wished."""
    if found := Annotation.objects.filter(pk=pk).first():
        annotations.remove(found)
    messages.success(request, _("The remark is removed."))
    return redirect("admin:annotations")
