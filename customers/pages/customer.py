"""The customer page: who, what happened, what was bought, what is allowed, and what one may do about it."""

import json
from typing import Any

from django.contrib import messages
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from config.admin import site
from customers.actions import consents, history, privacy
from customers.forms import DecisionForm
from customers.models import AccessLog, ConsentDecision, Customer, Profile
from customers.pages.listing import LATEST, all_of, as_file, chosen, keyset
from customers.queries import access, lists
from customers.queries import consents as consent_queries
from customers.spreadsheets import rows_to_csv
from customers.telling import GROUPS, particulars
from people.requests import StaffRequest
from people.telling import showing

VIEW, EXPORT = "customers.view_customer", "customers.export_customer"
DECIDE, AUDIT = "customers.add_consentdecision", "customers.audit_access"
FACTS, PURCHASES = 20, 8


def trail(customer: Customer | None = None) -> list[tuple[str, str]]:
    """The pages above one of a customer's pages."""
    above = [(_("Customers"), reverse("admin:customers"))]
    return [*above, (str(customer), reverse("admin:customer", args=[customer.pk]))] if customer else above


@site.page("customers/<int:pk>/", name="customer", permission=VIEW)
def customer_page(request: StaffRequest, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer.objects.select_related("merged_into"), pk=pk)
    if customer.merged_into_id:
        return redirect("admin:customer", customer.merged_into_id)
    what = AccessLog.What.FOUND if "found" in request.GET else AccessLog.What.VIEWED
    history.note(customer, what, by=request.user)
    return site.render(
        request,
        "customers/customer.html",
        title=str(customer),
        breadcrumbs=trail(),
        customer=customer,
        form=DecisionForm(),
        **_about(request, customer),
    )


def _about(request: StaffRequest, customer: Customer) -> dict[str, Any]:
    profile = Profile.objects.filter(customer=customer).first() or Profile(customer=customer)
    group = chosen(request, "group", list(GROUPS))
    quiet = timezone.now() - profile.last_purchase_at if profile.last_purchase_at else None
    return {
        "profile": profile,
        "quiet": quiet.days if quiet else None,
        "emails": customer.email_addresses.order_by("-primary", "pk"),
        "phones": customer.phones.order_by("-primary", "pk"),
        "addresses": customer.postal_addresses.order_by("-primary", "pk"),
        "traits": customer.traits.order_by("kind", "name", "value"),
        "merged": list(customer.merged.order_by("pk")),
        "duplicates": lists.duplicates_of(customer),
        "consents": consent_rows(customer),
        "purposes": ConsentDecision.Purpose.labels,
        "facts": keyset(request, lists.timeline(customer, group=group), LATEST, limit=FACTS),
        "groups": [(key, label) for key, (label, _verbs) in GROUPS.items()],
        "group": group,
        "purchases": keyset(request, lists.purchases(customer), LATEST, limit=PURCHASES),
        "figures": site.panels(request, "customer-figures", customer),
        "actions": site.panels(request, "customer-actions", customer),
        "purchase_actions": site.panels(request, "customer-purchases", customer),
        "panels": site.panels(request, "customer", customer),
        "before": access.before(customer, most=10) if request.user.has_perm(AUDIT) else [],
        "may": {
            name: request.user.has_perm(f"customers.{permission}")
            for name, permission in (
                ("change", "change_customer"),
                ("decide", "add_consentdecision"),
                ("export", "export_customer"),
                ("audit", "audit_access"),
                ("tell", "add_fact"),
            )
        },
    }


def consent_rows(customer: Customer) -> list[tuple[str, list[consent_queries.Consent]]]:
    """One row per channel, one consent per purpose in it."""
    current = consent_queries.current(customer)
    return [
        (str(channel.label), [consent for consent in current if consent.channel == channel])
        for channel in ConsentDecision.Channel
    ]


@site.page("customers/<int:pk>/timeline/", name="customer_timeline", permission=VIEW)
def timeline(request: StaffRequest, pk: int) -> HttpResponseBase:
    customer = get_object_or_404(Customer, pk=pk)
    group = chosen(request, "group", list(GROUPS))
    facts = lists.timeline(customer, group=group)
    if as_file(request) and request.user.has_perm(EXPORT):
        history.note(customer, AccessLog.What.LISTED, by=request.user, fields=["timeline"])
        rows = (
            [fact.at, fact.label, particulars(fact.verb, fact.about), fact.by or ""] for fact in all_of(facts, LATEST)
        )
        return rows_to_csv([_("When"), _("What"), _("Details"), _("By")], rows, filename="timeline.csv")
    history.note(customer, AccessLog.What.VIEWED, by=request.user, fields=["timeline"])
    context: dict[str, Any] = {
        "customer": customer,
        "facts": keyset(request, facts, LATEST, limit=FACTS),
        "groups": [(key, label) for key, (label, _verbs) in GROUPS.items()],
        "group": group,
        "may": {"export": request.user.has_perm(EXPORT)},
    }
    if request.htmx:  # type: ignore[attr-defined]
        template = "customers/_facts.html" if "after" in request.GET else "customers/_timeline.html"
        return render(request, template, context)
    return site.render(
        request, "customers/timeline.html", title=_("What happened"), breadcrumbs=trail(customer), **context
    )


@site.page("customers/<int:pk>/consent/", name="decide_consent", permission=DECIDE)
@require_POST
def decide(request: StaffRequest, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=pk)
    form = DecisionForm(request.POST)
    if form.is_valid():
        with showing(form):
            consents.decide(customer, **form.cleaned_data, by=request.user)
            messages.success(request, _("The decision is written down."))
            return redirect(f"{reverse('admin:customer', args=[pk])}#consent")
    return site.render(
        request,
        "components/form_page.html",
        title=_("Consent"),
        breadcrumbs=trail(customer),
        form=form,
        verb=_("Write down"),
        back=reverse("admin:customer", args=[pk]),
    )


@site.page("customers/<int:pk>/export/", name="export_customer", permission=EXPORT)
@require_POST
def export(request: StaffRequest, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=pk)
    everything = privacy.export(customer, by=request.user)
    text = json.dumps(everything, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
    headers = {"Content-Disposition": f'attachment; filename="customer-{customer.pk}.json"'}
    return HttpResponse(text, content_type="application/json; charset=utf-8", headers=headers)
