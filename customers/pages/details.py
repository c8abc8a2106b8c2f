"""Correct what is known of a customer: details, addresses, traits."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from config.admin import site
from customers.actions import contacts, customers, history, traits
from customers.forms import (
    AddressCorrection,
    AddressForm,
    DetailsForm,
    EmailCorrection,
    EmailForm,
    PhoneCorrection,
    PhoneForm,
    TraitForm,
)
from customers.models import AccessLog, Customer, EmailAddress, Phone, PostalAddress, Trait
from customers.newcomers import Address, Knowledge
from customers.pages.customer import trail
from people.forms import Plain
from people.models import User
from people.requests import StaffRequest
from people.telling import telling

CHANGE = "customers.change_customer"
HERE = "back office"

FORMS: dict[str, type[Plain]] = {"email": EmailForm, "phone": PhoneForm, "address": AddressForm, "trait": TraitForm}
CORRECTIONS: dict[str, type[Plain]] = {
    "email": EmailCorrection,
    "phone": PhoneCorrection,
    "address": AddressCorrection,
}
# The field of the form that says a contact, where it is one field.
WHERE = {"email": "address", "phone": "number", "address": ""}
MODELS: dict[str, Any] = {"email": EmailAddress, "phone": Phone, "address": PostalAddress, "trait": Trait}


@site.page("customers/<int:pk>/details/", name="customer_details", permission=CHANGE)
def details(request: StaffRequest, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer.objects.standing(), pk=pk)
    form = DetailsForm.of(customer, request.POST or None)
    if form.is_valid():
        try:
            customers.change(customer, **form.cleaned_data, by=request.user)
        except ValidationError as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("The details are changed."))
            return redirect("admin:customer", pk)
    history.note(customer, AccessLog.What.VIEWED, by=request.user, fields=["details"])
    return _page(request, customer, form=form)


def _page(request: StaffRequest, customer: Customer, form: Plain | None = None, **wrong: Plain) -> HttpResponse:
    theirs = {
        "email": customer.email_addresses.order_by("-primary", "pk"),
        "phone": customer.phones.order_by("-primary", "pk"),
        "address": customer.postal_addresses.order_by("-primary", "pk"),
        "trait": customer.traits.order_by("kind", "name", "value"),
    }
    titles = {
        "email": _("E-mail addresses"),
        "phone": _("Phones"),
        "address": _("Postal addresses"),
        "trait": _("Traits, likes and dislikes"),
    }
    sections = [
        (kind, titles[kind], theirs[kind], wrong.get(kind) or FORMS[kind](prefix=kind), kind in wrong)
        for kind in FORMS
    ]
    return site.render(
        request,
        "customers/details.html",
        title=_("Details"),
        breadcrumbs=trail(customer),
        customer=customer,
        form=form or DetailsForm.of(customer, None),
        sections=sections,
    )


@site.page("customers/<int:pk>/details/<str:kind>/add/", name="add_contact", permission=CHANGE)
@require_POST
def add(request: StaffRequest, pk: int, kind: str) -> HttpResponse:
    customer = get_object_or_404(Customer.objects.standing(), pk=pk)
    if kind not in FORMS:
        raise Http404
    form = FORMS[kind](request.POST, prefix=kind)
    if form.is_valid():
        try:
            ADD[kind](customer, form, request.user)
        except ValidationError as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("Added."))
            return redirect("admin:customer_details", pk)
    return _page(request, customer, **{kind: form})


def _learn(customer: Customer, form: Any, by: User) -> None:
    traits.learn(customer, [Knowledge(**form.cleaned_data)], came_from=HERE, by=by)


ADD: dict[str, Callable[[Customer, Any, User], Any]] = {
    "email": lambda customer, form, by: contacts.add_email(customer, **form.cleaned_data, came_from=HERE, by=by),
    "phone": lambda customer, form, by: contacts.add_phone(customer, **form.cleaned_data, came_from=HERE, by=by),
    "address": lambda customer, form, by: contacts.add_address(customer, form.address(), came_from=HERE, by=by),
    "trait": _learn,
}


@site.page("customers/<int:pk>/details/<str:kind>/<int:row>/", name="correct_contact", permission=CHANGE)
def correct(request: StaffRequest, pk: int, kind: str, row: int) -> HttpResponse:
    """Put right an address, a phone: what was typed wrongly once."""
    if kind not in WHERE:
        raise Http404
    one = get_object_or_404(
        MODELS[kind].objects.select_related("customer"), pk=row, customer=pk, customer__status=Customer.Status.ACTIVE
    )
    now = {name: getattr(one, name) for name in FORMS[kind].base_fields} | {"version": one.customer.version}
    form = CORRECTIONS[kind](request.POST or None, initial=now)
    if form.is_valid():
        version = form.cleaned_data.pop("version")
        said = Address(**form.cleaned_data) if kind == "address" else form.cleaned_data[WHERE[kind]]
        try:
            contacts.correct(one, said, came_from=HERE, by=request.user, version=version)
        except ValidationError as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("Corrected."))
            return redirect("admin:customer_details", pk)
    history.note(one.customer, AccessLog.What.VIEWED, by=request.user, fields=[kind])
    back = reverse("admin:customer_details", args=[pk])
    return site.render(
        request,
        "components/form_page.html",
        title=_("Correct %(what)s") % {"what": one},
        breadcrumbs=[*trail(one.customer), (_("Details"), back)],
        form=form,
        back=back,
    )


@site.page("customers/<int:pk>/details/<str:kind>/<int:row>/<str:verb>/", name="change_contact", permission=CHANGE)
@require_POST
def change(request: StaffRequest, pk: int, kind: str, row: int, verb: str) -> HttpResponse:
    """Take one away, or make it the primary one."""
    if kind not in MODELS or verb not in ("remove", "primary") or (kind, verb) == ("trait", "primary"):
        raise Http404
    one = get_object_or_404(MODELS[kind].objects.select_related("customer"), pk=row, customer=pk)
    act = contacts.make_primary if verb == "primary" else traits.forget if kind == "trait" else contacts.remove
    done = _("%(what)s is the primary one now.") if verb == "primary" else _("%(what)s is removed.")
    with telling(request) as say:
        act(one, by=request.user)
        say(done % {"what": one})
    return redirect("admin:customer_details", pk)
