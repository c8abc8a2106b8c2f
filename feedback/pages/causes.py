"""Themes and root causes with their figures, and what is behind one case."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.admin import site
from config.menu import Group
from feedback.models import Case, RootCause, Theme
from feedback.pages.case import address_of_page, found, trail
from feedback.queries import causes
from people.requests import StaffRequest

VIEW = "feedback.view_case"
SPANS = {"30": gettext_lazy("30 days"), "90": gettext_lazy("90 days"), "365": gettext_lazy("a year")}
LISTED = 50


@site.page(
    "root-causes/", name="root_causes", permission=VIEW, menu=gettext_lazy("Themes and causes"), icon="account_tree",
    group=Group.FIGURES, order=30,
)  # fmt: skip
def overview(request: StaffRequest) -> HttpResponse:
    days = request.GET.get("days", "90")
    days = days if days in SPANS else "90"
    until = timezone.now()
    span: dict[str, datetime] = {"since": until - timedelta(days=int(days)), "until": until}
    return site.render(
        request,
        "feedback/causes/overview.html",
        title=_("Themes and causes"),
        themes=causes.tree(Theme, **span),
        root_causes=causes.tree(RootCause, **span),
        spans=SPANS.items(),
        days=days,
    )


@site.page("root-causes/<int:pk>/", name="root_cause", permission=VIEW)
def root_cause(request: StaffRequest, pk: int) -> HttpResponse:
    cause = get_object_or_404(RootCause.objects.select_related("parent"), pk=pk)
    cases = Case.objects.filter(root_cause=cause, merged_into=None).select_related("customer")
    return site.render(
        request,
        "feedback/causes/cause.html",
        title=cause.name,
        breadcrumbs=[(_("Themes and causes"), reverse("admin:root_causes"))],
        cause=cause,
        count=cases.count(),
        cases=cases.order_by("-received_at", "-pk")[:LISTED],
        actions=causes.actions_about(cause),
        today=timezone.localdate(),
    )


@site.page("desk/<int:pk>/behind/", name="case_behind", permission=VIEW)
def behind(request: StaffRequest, pk: int) -> HttpResponse:
    """Other cases with the same root cause, what is done about it, and where the case was taken."""
    case = found(pk)
    others = causes.same_cause(case)
    context: dict[str, Any] = {"case": case, "others": others[:LISTED], "count": others.count()}
    return site.render(
        request,
        "feedback/causes/behind.html",
        title=_("What is behind it"),
        breadcrumbs=[*trail(request), (case.number, address_of_page(request, case))],
        actions=causes.actions_of(case),
        referrals=case.referrals.order_by("at"),
        today=timezone.localdate(),
        may_add=request.user.has_perm("feedback.add_correctiveaction"),
        **context,
    )
