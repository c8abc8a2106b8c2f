"""Customers: one box that finds them, and the list of all."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.admin import site
from config.menu import Group
from customers.actions import customers, history
from customers.forms import NewCustomerForm
from customers.models import AccessLog, Profile
from customers.money import in_words
from customers.newcomers import CustomerRefused, Newcomer
from customers.pages.listing import Order, all_of, as_file, chosen, keyset
from customers.queries import lists
from customers.queries.search import Why, find, who_has
from customers.spreadsheets import rows_to_csv
from people.requests import StaffRequest

VIEW, ADD, EXPORT = "customers.view_customer", "customers.add_customer", "customers.export_customer"
PER_PAGE = 25
BY_CUSTOMER: Order = (["-customer_id"], [int])


@site.page(
    "customers/",
    name="customers",
    permission=VIEW,
    menu=gettext_lazy("Customers"),
    icon="group",
    group=Group.CUSTOMERS,
    order=10,
)
def search(request: StaffRequest) -> HttpResponseBase:
    question = request.GET.get("query", "").strip()
    stage = chosen(request, "stage", Profile.Stage.values)
    if as_file(request) and request.user.has_perm(EXPORT):
        return customers_as_file(request, lists.customers(stage=stage), filename="customers.csv")
    hits = find(question) if question else []
    if len(hits) == 1 and not request.htmx and hits[0].why != Why.NAME:  # type: ignore[attr-defined]
        return redirect(f"{reverse('admin:customer', args=[hits[0].customer.pk])}?found=1")
    page = None if question else keyset(request, lists.customers(stage=stage), BY_CUSTOMER, limit=PER_PAGE)
    context: dict[str, Any] = {"question": question, "hits": hits, "page": page, "stage": stage}
    context |= {"stages": Profile.Stage.choices, "may_export": request.user.has_perm(EXPORT)}
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "customers/_found.html", context)
    return site.render(
        request,
        "customers/customers.html",
        title=_("Customers"),
        may_add=request.user.has_perm(ADD),
        **context,
    )


def customers_as_file(
    request: StaffRequest, profiles: QuerySet[Profile], *, filename: str, note: str = ""
) -> HttpResponseBase:
    """Customers as a file. Whoever leaves in it is written down as listed, a thousand at a time."""
    header = [_("Number"), _("Name"), _("Country"), _("City"), _("Stage"), _("Purchases"), _("Last purchase")]
    header += [_("Value"), _("Points")]
    return rows_to_csv(header, _rows(request, profiles, [note] if note else []), filename=filename)


def _rows(request: StaffRequest, profiles: QuerySet[Profile], note: list[str]) -> Iterator[list[object]]:
    batch: list[int] = []
    for profile in all_of(profiles, BY_CUSTOMER):
        customer = profile.customer
        batch.append(customer.pk)
        if len(batch) == 1000:
            history.note_many(batch, AccessLog.What.LISTED, by=request.user, fields=note)
            batch.clear()
        yield [
            customer.number,
            customer.name,
            customer.country,
            customer.city,
            profile.get_stage_display(),
            profile.purchases,
            profile.last_purchase_at,
            in_words(profile.value, profile.currency) if profile.purchases else "",
            profile.points_available,
        ]
    history.note_many(batch, AccessLog.What.LISTED, by=request.user, fields=note)


@site.page("customers/new/", name="new_customer", permission=ADD)
def new(request: StaffRequest) -> HttpResponse:
    form, known = NewCustomerForm(request.POST or None), []
    if form.is_valid() and "another" not in request.POST:
        known = who_has(**{name: form.cleaned_data[name] for name in ("email", "phone", "country")})
    if form.is_valid() and not known:
        given = form.cleaned_data
        newcomer = Newcomer(
            number=given["number"] or None,
            name=given["name"],
            emails=(given["email"],) if given["email"] else (),
            phones=(given["phone"],) if given["phone"] else (),
            country=given["country"],
            language=given["language"],
            came_from="back office",
        )
        try:
            customer = customers.add(newcomer, by=request.user)
        except CustomerRefused as refusal:
            for name, field in (("emails", "email"), ("phones", "phone")):
                refusal.error_dict[field] = refusal.error_dict.pop(name, [])
            form.show(refusal)
        else:
            return redirect("admin:customer", customer.pk)
    trail = [(_("Customers"), reverse("admin:customers"))]
    return site.render(
        request, "customers/new.html", title=_("New customer"), breadcrumbs=trail, form=form, known=known
    )
