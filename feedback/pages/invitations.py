"""Who was invited to a survey and what became of it; and inviting one customer by hand."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from config.admin import site
from customers.models import Customer
from customers.pages.listing import Order, chosen, keyset
from customers.queries.search import Why, find
from feedback.actions import invitations
from feedback.models import Invitation, Survey
from feedback.pages.surveys import SEND, VIEW, above
from people.requests import StaffRequest, number
from people.telling import telling

PER_PAGE, OF_CUSTOMER = 50, 6
LATEST: Order = (["-id"], [int])


@site.page("surveys/<int:pk>/invitations/", name="survey_invitations", permission=VIEW)
def invited(request: StaffRequest, pk: int) -> HttpResponse:
    survey = get_object_or_404(Survey, pk=pk)
    state = chosen(request, "state", Invitation.State.values)
    rows = Invitation.objects.filter(survey=survey).select_related("customer", "case", "opened", "by")
    page = keyset(request, rows.filter(state=state) if state else rows, LATEST, limit=PER_PAGE)
    return site.render(
        request, "feedback/surveys/invitations.html", title=_("Invitations"), survey=survey, page=page, state=state,
        breadcrumbs=[*above(), (survey.name, reverse("admin:survey_results", args=[pk]))],
        states=Invitation.State.choices, rows=[(row, _why(row)) for row in page.rows],
        may_send=request.user.has_perm(SEND) and survey.state == Survey.State.LIVE,
    )  # fmt: skip


def _why(row: Invitation) -> Any:
    """Why somebody was not asked, in words."""
    return invitations.REASONS.get(row.reason, row.reason)


@site.page("surveys/<int:pk>/invite/", name="survey_invite", permission=SEND)
@require_POST
def invite(request: StaffRequest, pk: int) -> HttpResponse:
    """One customer, now: chosen on their page, or by what only one customer has."""
    return _asked(request, get_object_or_404(Survey, pk=pk))


@site.page("surveys/invite/", name="survey_invite_chosen", permission=SEND)
@require_POST
def invite_chosen(request: StaffRequest) -> HttpResponse:
    """The same, with the survey chosen on the customer's page."""
    return _asked(request, get_object_or_404(Survey, pk=number(request.POST.get("survey", ""), 0)))


def _asked(request: StaffRequest, survey: Survey) -> HttpResponse:
    customer = _customer(request)
    if customer is None:
        messages.error(request, _("Nobody was found by this. Write the customer's number or e-mail address."))
    else:
        _invite(request, survey, customer)
    if "customer" in request.POST and customer is not None:
        return redirect("admin:customer", customer.pk)
    return redirect("admin:survey_invitations", survey.pk)


def _customer(request: StaffRequest) -> Customer | None:
    chosen = number(request.POST.get("customer", ""))
    if chosen is not None:
        return Customer.objects.standing().filter(pk=chosen).first()
    hits = find(request.POST.get("who", "").strip(), most=2)
    return hits[0].customer if len(hits) == 1 and hits[0].why != Why.NAME else None


def _invite(request: StaffRequest, survey: Survey, customer: Customer) -> None:
    """Once a day at most, however often the button is pressed."""
    key = f"hand:{survey.pk}:{customer.pk}:{timezone.localdate()}"
    with telling(request) as say:
        invitations.invite(survey, customer, key=key, by=request.user)
        say(_("%(customer)s is invited.") % {"customer": customer})


@site.panel("customer", title=gettext_lazy("Surveys"), permission=VIEW, order=40)
def of_customer(request: StaffRequest, customer: Customer) -> tuple[str, dict[str, Any]]:
    """The page asks for it when it is there."""
    return "feedback/surveys/panel.html", {"customer": customer}


@site.page("surveys/of/<int:pk>/", name="surveys_of_customer", permission=VIEW)
def asked_of_customer(request: StaffRequest, pk: int) -> HttpResponse:
    """What this customer was asked and said, and asking by hand."""
    customer = get_object_or_404(Customer, pk=pk)
    rows = Invitation.objects.filter(customer=customer).select_related("survey", "case").order_by("-pk")[:OF_CUSTOMER]
    may = request.user.has_perm(SEND) and customer.status == Customer.Status.ACTIVE
    live = Survey.objects.filter(state=Survey.State.LIVE).order_by("name") if may else []
    context: dict[str, Any] = {"customer": customer, "rows": [(row, _why(row)) for row in rows], "live": live}
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "feedback/surveys/_of_customer.html", context)
    above_it = [(str(customer), reverse("admin:customer", args=[pk]))]
    return site.render(
        request, "feedback/surveys/of_customer.html", title=_("Surveys"), breadcrumbs=above_it, **context
    )
