"""Whom a plan is for, and why each of them got it, did not, or has not yet: by plan, and by customer."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from communications import wording
from communications.actions import enrolments, plans
from communications.models import Enrolment, Plan, Touchpoint
from communications.pages.plans import above
from communications.queries import plans as questions
from communications.queries import why
from config.admin import site
from customers.actions import history
from customers.models import AccessLog, Customer
from customers.pages.listing import Order, chosen, keyset
from people.requests import StaffRequest, number
from people.telling import telling

VIEW, TAKE_OUT = "communications.view_touchpoint", "communications.enrol_customer"
PER_PAGE, ON_CUSTOMER = 50, 5
BY_CUSTOMER: Order = (["step_key", "anchor_key", "customer_id"], [str, str, int])  # as the index has them
State = Touchpoint.State


@site.page("plans/<int:pk>/customers/", name="plan_customers", permission=VIEW)
def of_a_plan(request: StaffRequest, pk: int) -> HttpResponse:
    """One row for each step and customer, and the way to whoever has none."""
    plan = get_object_or_404(Plan.objects.select_related("owner"), pk=pk)
    said = request.GET.get("number", "").strip()
    wrong = ""
    if said:
        asked = Customer.objects.filter(number=said).first()
        if asked is not None:
            return redirect(f"{reverse('admin:customer_plans', args=[asked.pk])}?plan={plan.pk}")
        wrong = _("Nobody has this number.")
    named = {step.key: step.name for step in questions.steps(plans.latest(plan))}
    state, step = chosen(request, "state", State.values), chosen(request, "step", list(named))
    rows = Touchpoint.objects.filter(
        plan=plan, **{"state": state} if state else {}, **{"step_key": step} if step else {}
    )
    page = keyset(request, rows.select_related("customer"), BY_CUSTOMER, limit=PER_PAGE)
    history.note_many([row.customer_id for row in page.rows], AccessLog.What.LISTED, by=request.user, fields=["plan"])
    return site.render(
        request,
        "communications/recipients/plan.html",
        title=_("Customers of %(plan)s") % {"plan": plan.name},
        breadcrumbs=above(plan),
        plan=plan,
        page=page,
        rows=[(row, named.get(row.step_key, row.step_key), _reason(row)) for row in page.rows],
        steps=named.items(),
        step=step,
        states=State.choices,
        state=state,
        number=said,
        wrong=wrong,
    )


@site.page("customers/<int:pk>/plans/", name="customer_plans", permission=VIEW)
def of_a_customer(request: StaffRequest, pk: int) -> HttpResponse:
    """All that was planned for somebody, each with its story; and why nothing of a plan was."""
    customer = get_object_or_404(Customer, pk=pk)
    history.note(customer, AccessLog.What.VIEWED, by=request.user, fields=["plans"])
    plan = Plan.objects.filter(pk=number(request.GET.get("plan", "")) or 0).first()
    listed = why.listed(customer, plan=plan)
    return site.render(
        request,
        "communications/recipients/customer.html",
        title=_("Plans for %(customer)s") % {"customer": customer},
        breadcrumbs=[(str(customer), reverse("admin:customer", args=[pk]))],
        customer=customer,
        listed=listed,
        inside=Enrolment.objects.filter(customer=customer, state=Enrolment.State.ACTIVE).select_related("plan"),
        plan=plan,
        nothing=why.nothing_of(plan, customer) if plan and not listed else None,
        plans=Plan.objects.exclude(status__in=Plan.NOT_YET).order_by("name").values_list("pk", "name")[:500],
        may_take_out=request.user.has_perm(TAKE_OUT),
    )


@site.page("enrolments/<int:pk>/leave/", name="leave_plan", permission=TAKE_OUT)
@require_POST
def leave(request: StaffRequest, pk: int) -> HttpResponse:
    enrolment = get_object_or_404(Enrolment, pk=pk)
    with telling(request) as say:
        enrolments.leave(enrolment, by=request.user)
        say(_("The customer is out of the plan; what was to come is cancelled."))
    return redirect("admin:customer_plans", enrolment.customer_id)


@site.panel("customer", title=gettext_lazy("Plans"), permission=VIEW, order=44)
def on_the_customer_page(request: HttpRequest, customer: Customer) -> tuple[str, dict[str, Any]] | None:
    listed = why.listed(customer, ON_CUSTOMER)
    return ("communications/recipients/panel.html", {"listed": listed, "customer": customer}) if listed else None


def _reason(row: Touchpoint) -> Any:
    return wording.reason(row.reason or row.deferred) if row.reason or row.deferred else ""
