"""What is promised: the policies in their order, the editor of one, and what a change would do to open cases."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from config.admin import site
from config.menu import Group
from feedback.actions import policies
from feedback.models import Policy, PolicyVersion, Rejudging
from feedback.policy_forms import Editor
from feedback.queries import policies as queries
from feedback.queries import preview
from feedback.sayings import conditions, ladder, promises
from people.requests import StaffRequest
from people.telling import telling

VIEW, CHANGE, ADD = "feedback.view_policy", "feedback.change_policy", "feedback.add_policy"


@site.page(
    "sla/", name="policies", permission=VIEW, menu=gettext_lazy("Promises (SLA)"), icon="timer", group=Group.SETUP,
    order=40,
)  # fmt: skip
def policy_list(request: StaffRequest) -> HttpResponse:
    return site.render(
        request,
        "feedback/policies/list.html",
        title=_("Promises (SLA)"),
        rows=[
            (version.policy, conditions(version), promises(version), ladder(version))
            for version in queries.versions_that_hold()
        ],
        job=Rejudging.objects.filter(done_at=None).order_by("pk").first(),
        may_change=request.user.has_perm(CHANGE),
        may_add=request.user.has_perm(ADD),
    )


@site.page("sla/new/", name="new_policy", permission=ADD)
def new_policy(request: StaffRequest) -> HttpResponse:
    return _edit(request, None)


@site.page("sla/<int:pk>/", name="policy", permission=CHANGE)
def policy(request: StaffRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Policy, pk=pk, retired_at=None))


def _edit(request: StaffRequest, policy: Policy | None) -> HttpResponse:
    editor = Editor(_version(policy) if policy else None, request.POST if request.method == "POST" else None)
    shown: dict[str, Any] = {}
    if request.method == "POST" and editor.is_valid():
        terms = editor.terms()
        try:
            if "preview" in request.POST:
                shown["preview"] = _preview(policy, terms)
            elif policy is None:
                policies.create(editor.name, terms, by=request.user)
            else:
                expected = editor.policy.cleaned_data["version"]
                policies.change(policy, terms, name=editor.name, expected=expected, by=request.user)
        except ValidationError as refusal:
            editor.policy.show(refusal)
        else:
            if not shown:
                messages.success(request, _("Saved. Open cases are being judged by it now."))
                return redirect("admin:policies")
    return site.render(
        request,
        "feedback/policies/edit.html",
        title=policy.name if policy else _("New policy"),
        breadcrumbs=[(_("Promises (SLA)"), reverse("admin:policies"))],
        policy=policy,
        editor=editor,
        wrong=request.method == "POST" and not shown,
        versions=policy.versions.select_related("by").order_by("-number")[:20] if policy else (),
        **shown,
    )


def _preview(policy: Policy | None, terms: policies.Terms) -> preview.Preview:
    policies.check(terms)
    version = PolicyVersion(
        kinds=list(terms.kinds), priorities=list(terms.priorities), channels=list(terms.channels),
        tiers=list(terms.tiers), segment=terms.segment, team=terms.team, warn_percent=terms.warn_percent,
    )  # fmt: skip
    held = queries.read(version, *policies.rows(terms, version))
    return preview.would_change(preview.book_with(held, instead_of=policy), at=timezone.now())


def _version(policy: Policy) -> PolicyVersion:
    return queries.versions_that_hold().get(policy=policy)


@site.page("sla/<int:pk>/move/", name="move_policy", permission=CHANGE)
@require_POST
def move_policy(request: StaffRequest, pk: int) -> HttpResponse:
    """One place up or down."""
    rows = list(queries.in_order())
    found = get_object_or_404(Policy, pk=pk, retired_at=None)
    here = rows.index(found)
    there = here + (1 if request.POST.get("to") == "down" else -1)
    if 0 <= there < len(rows):
        rows.insert(there, rows.pop(here))
        policies.put_in_order(rows, by=request.user)
        messages.success(request, _("The order is changed. Open cases are being judged by it now."))
    return redirect("admin:policies")


@site.page("sla/<int:pk>/retire/", name="retire_policy", permission=CHANGE)
@require_POST
def retire_policy(request: StaffRequest, pk: int) -> HttpResponse:
    with telling(request) as say:
        policies.retire(get_object_or_404(Policy, pk=pk), by=request.user)
        say(_("It is promised no more."))
    return redirect("admin:policies")
