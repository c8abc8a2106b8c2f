"""The A/B test of a step: written beside it, taken out again."""

from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from communications import designs
from communications.actions import plans
from communications.models import Plan
from communications.pages.plans import above
from communications.variant_forms import VariantsForm
from config.admin import site
from people.requests import StaffRequest, number
from people.telling import showing


@site.page("plans/<int:pk>/steps/<slug:key>/test/", name="edit_test", permission="communications.change_plan")
def edit(request: StaffRequest, pk: int, key: str) -> HttpResponse:
    """Size and end are said here, before it begins; who gets what is drawn by the customer's number."""
    plan = get_object_or_404(Plan, pk=pk)
    design = designs.of(plans.latest(plan))
    step = next((one for one in design.steps if one.key == key), None)
    if step is None:
        raise Http404
    form = VariantsForm(request.POST or None, step=step)
    away = "away" in request.POST
    if away or form.is_valid():
        salt = step.test.salt if step.test else f"plan-{plan.pk}-{key}"
        said = replace(step, test=None if away else form.test(salt))
        steps = tuple(said if one.key == key else one for one in design.steps)
        with showing(form):
            expected = number(request.POST.get("expected", ""))
            plans.edit(plan, replace(design, steps=steps), by=request.user, expected=expected)
            messages.success(
                request, _("The test is out of the draft.") if away else _("The test is kept in the draft.")
            )
            return redirect("admin:plan", pk)
    return site.render(
        request,
        "communications/plans/form.html",
        title=_("A/B test of %(step)s") % {"step": step.name},
        breadcrumbs=above(plan),
        form=form,
        plan=plan,
        expected=request.POST.get("expected", plan.version),
        away=step.test is not None,
        panels=site.panels(request, "plan_test", plan),
    )
