"""Lists over what is known of customers: to read, and each row leads to the page about it. Sources are settings."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from config.lists import ReadOnlyList
from config.menu import Group
from customers import money
from customers.actions import history
from customers.forms import SourceForm
from customers.models import AccessLog, ConsentDecision, Customer, Fact, Purchase, Return, Source
from customers.queries.search import find
from customers.telling import particulars
from people.models import User

AT_ONCE = 1000


class PeopleList(ReadOnlyList):
    """Rows that are about somebody: found by the one box; who leaves in a file is written down as listed."""

    menu_group: Group | None = Group.CUSTOMERS
    export_permission = "customers.export_customer"
    search_fields = ["customer"]  # shows the box; ``get_search_results`` says what it finds
    search_help_text = _("Name, e-mail, phone, customer or order number")
    list_select_related: Any = ["customer"]
    person = "customer_id"

    def page_of(self, row: Any) -> str:
        return reverse("admin:customer", args=[row.customer_id])

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """An index gives the customers who fit, another one their rows."""
        if search_term.strip():
            found = [hit.customer.pk for hit in find(search_term)]
            queryset = queryset.filter(**{f"{self.person}__in": found})
        return queryset, False

    def exported(self, request: HttpRequest, rows: QuerySet[Any]) -> Iterator[Model]:
        assert isinstance(request.user, User)
        batch: set[int] = set()
        for row in rows.iterator(chunk_size=AT_ONCE):
            batch.add(self.person_of(row))
            if len(batch) >= AT_ONCE:
                self._note(batch, request.user)
            yield row
        self._note(batch, request.user)

    def person_of(self, row: Any) -> int:
        """The id of whom a row is about."""
        return row.customer_id

    def _note(self, people: set[int], by: User) -> None:
        history.note_many(people, AccessLog.What.LISTED, by=by, fields=[str(self.opts.model_name)])
        people.clear()


@admin.register(Customer)
class CustomerAdmin(PeopleList):
    menu_group = None  # the page Customers is what the menu shows; this lists the merged and erased ones too
    list_display = ["number", "name", "country", "city", "status", "created_at"]
    list_filter = ["status"]
    list_select_related = False
    person = "id"

    def page_of(self, row: Customer) -> str:
        return reverse("admin:customer", args=[row.pk])

    def person_of(self, row: Customer) -> int:
        return row.pk


@admin.register(Purchase)
class PurchaseAdmin(PeopleList):
    empty_text = _("Purchases come in as files in the import centre, or over the API.")
    menu_icon, menu_order = "shopping_bag", 40
    list_display = ["number", "customer", "at", "source", "total", "brought_back", "status"]
    list_filter = ["source", "status"]
    list_select_related = ["customer", "source"]

    @admin.display(description=_("total"))
    def total(self, purchase: Purchase) -> str:
        return money.in_words(purchase.total, purchase.currency)

    @admin.display(description=_("returned"))
    def brought_back(self, purchase: Purchase) -> str:
        return money.in_words(purchase.returned, purchase.currency) if purchase.returned else ""

    def page_of(self, row: Purchase) -> str:
        return reverse("admin:purchase", args=[row.pk])


@admin.register(Return)
class ReturnAdmin(PeopleList):
    empty_text = _("Returns come in with files of purchases, over the API, or on the page of a purchase.")
    menu_icon, menu_order = "assignment_return", 50
    list_display = ["at", "customer", "purchase", "cost", "reason", "by"]
    list_display_links = ["purchase"]
    list_select_related = ["purchase__customer", "by"]
    person = "purchase__customer_id"

    @admin.display(description=_("customer"))
    def customer(self, back: Return) -> str:
        return str(back.purchase.customer)

    @admin.display(description=_("amount"))
    def cost(self, back: Return) -> str:
        return money.in_words(back.amount, back.purchase.currency)

    def page_of(self, row: Return) -> str:
        return reverse("admin:purchase", args=[row.purchase_id])

    def person_of(self, row: Return) -> int:
        return row.purchase.customer_id


@admin.register(ConsentDecision)
class ConsentDecisionAdmin(PeopleList):
    empty_text = _(
        "What customers allow is written down on their page, over the API, or when they choose by a link themselves."
    )
    menu_icon, menu_order = "how_to_reg", 60
    list_display = ["at", "customer", "channel", "purpose", "granted", "source", "shown", "by"]
    list_display_links = ["customer"]
    list_filter = ["channel", "purpose", "granted"]
    list_select_related = ["customer", "by"]

    @admin.display(description=_("wording shown"))
    def shown(self, decision: ConsentDecision) -> str:
        return decision.wording

    def page_of(self, row: ConsentDecision) -> str:
        return f"{super().page_of(row)}#consent"


@admin.register(Fact)
class FactAdmin(PeopleList):
    empty_text = _("Whatever happens to a customer stands here: begin with a file of purchases in the import centre.")
    menu_icon, menu_order = "history", 70
    list_display = ["at", "customer", "label", "particulars", "by"]
    list_display_links = ["customer"]
    list_select_related = ["customer", "by"]

    @admin.display(description=_("details"))
    def particulars(self, fact: Fact) -> str:
        return particulars(fact.verb, fact.about)

    @admin.display(description=_("what"))
    def label(self, fact: Fact) -> str:
        return fact.label


@admin.register(Source)
class SourceAdmin(ModelAdmin):
    """Where purchases come from. The column mapping is made by the pages of imports."""

    empty_text = _(
        "Where purchases come from: your shop, your till. A source is also made when its first file comes in."
    )
    menu_icon = "input"
    form = SourceForm
    list_display = ["name", "code", "currency", "zone"]
    fields = ["name", "code", "currency", "zone"]

    def get_readonly_fields(self, request: HttpRequest, obj: Source | None = None) -> list[str]:
        """Other systems name a source by its code: once it is there it stays."""
        return ["code"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
