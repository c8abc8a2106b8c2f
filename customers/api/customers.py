"""``/customers/``: add, find, read and change customers; what happened to them; what they allow."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.rest import ApiView, etag, expected
from customers.actions import consents, customers, details, history, privacy
from customers.api.shapes import (
    ConsentShown,
    ConsentWish,
    CustomerPage,
    CustomerShown,
    CustomerWish,
    FactPage,
    FactShown,
    NewCustomerWish,
)
from customers.models import AccessLog, Customer, EmailAddress, Fact, Phone, PostalAddress, Trait, Verb
from customers.newcomers import Newcomer
from customers.queries import consents as consent_queries
from customers.queries import search

PAGE = [
    OpenApiParameter("cursor", str, description="Where the page begins: taken from `next` or `previous`."),
    OpenApiParameter("limit", int, description="How many, 1 to 200. 50 if you say nothing."),
]
CONSENTS = {"consents": "customers.view_consentdecision", "decide": "customers.add_consentdecision"}


def whole(queryset: QuerySet[Customer]) -> QuerySet[Customer]:
    """With all that is shown of a customer, in a fixed number of queries."""
    first = ("-primary", "pk")
    return queryset.select_related("profile").prefetch_related(
        Prefetch("email_addresses", EmailAddress.objects.order_by(*first)),
        Prefetch("phones", Phone.objects.order_by(*first)),
        Prefetch("postal_addresses", PostalAddress.objects.order_by(*first)),
        Prefetch("traits", Trait.objects.order_by("kind", "name", "pk")),
    )


def customer_at(number: str) -> Customer:
    """The customer with this number, or whom they were merged into. Raises Http404."""
    found = Customer.objects.exclude(status=Customer.Status.ERASED).select_related("merged_into")
    customer = found.filter(number=number).first()
    if customer is None:
        raise Http404(_("There is no customer with this number."))
    return customer.merged_into or customer


class Customers(ApiView):
    queryset = Customer.objects.standing()
    serializer_class = CustomerShown
    lookup_field = "number"
    lookup_value_regex = "[^/]+"
    confidential = True
    needs = {"create": "customers.add_customer", "partial_update": "customers.change_customer"}

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "query",
                str,
                description="A name or a part of one, an e-mail address, a phone, "
                "a customer's or an order's number. The best 20, the surest first.",
            ),
            *PAGE,
        ],
        responses=CustomerPage,
    )
    def list(self, request: Request) -> Response:
        """Find customers; without a query, list all of them in the order in which they were added."""
        question = request.query_params.get("query")
        if question is None:
            answer = self.page(whole(self.get_queryset()), order=("id",), kinds=(int,), shape=CustomerShown)
        else:
            hits = [hit.customer.pk for hit in search.find(question)]
            found = whole(Customer.objects.filter(pk__in=hits)).in_bulk()
            shown = CustomerShown([found[pk] for pk in hits if pk in found], many=True).data
            answer = Response({"next": None, "previous": None, "results": shown})
        self._note_read([row["number"] for row in answer.data["results"]])
        return answer

    def _note_read(self, numbers: Iterable[str]) -> None:
        ids = Customer.objects.filter(number__in=numbers).values_list("pk", flat=True)
        history.note_many(ids, AccessLog.What.READ, by=self.caller, through=self.through)

    @extend_schema(request=NewCustomerWish, responses={201: CustomerShown})
    def create(self, request: Request) -> Response:
        """Add a customer."""
        wish = self.wish(NewCustomerWish)
        for name in ("addresses", "traits"):
            wish[name] = tuple(wish.get(name, ()))
        newcomer = Newcomer(**wish, came_from=self.through)
        customer = customers.add(newcomer, by=self.caller, through=self.through)
        address = reverse("customer-detail", args=[customer.number])
        return self._shown(customer, status=201, headers={"Location": request.build_absolute_uri(address)})

    @extend_schema(responses=CustomerShown)
    def retrieve(self, request: Request, number: str) -> Response:
        """Read one customer. The number of one who was merged finds the person."""
        customer = customer_at(number)
        history.note(customer, AccessLog.What.READ, by=self.caller, through=self.through)
        return self._shown(customer)

    @extend_schema(request=CustomerWish, responses=CustomerShown)
    def partial_update(self, request: Request, number: str) -> Response:
        """Change what you name; the rest stays. A list takes the place of the one that was.

        Send the `ETag` that you read as `If-Match`, and a change on top of somebody else's is refused with 412.
        """
        wish = self.wish(CustomerWish)
        known = wish.pop("traits", None)
        customer = details.put(
            customer_at(number),
            version=expected(request),
            known=known,
            by=self.caller,
            through=self.through,
            **wish,
        )
        return self._shown(customer)

    def _shown(self, customer: Customer, status: int = 200, headers: dict[str, str] | None = None) -> Response:
        fresh = whole(Customer.objects.all()).get(pk=customer.pk)
        headers = {"ETag": etag(fresh.version), **(headers or {})}
        self.tells_of(fresh.pk)
        return Response(CustomerShown(fresh).data, status=status, headers=headers)

    @extend_schema(responses=OpenApiTypes.OBJECT)
    @action(detail=True, needs="customers.export_customer")
    def export(self, request: Request, number: str) -> Response:
        """All that is held about a person, table by table. That it was asked for is written down."""
        return Response(privacy.export(customer_at(number), by=self.caller, through=self.through))

    @extend_schema(
        parameters=[
            OpenApiParameter("verb", str, enum=Verb.values, description="Only facts of this kind, such as `bought`."),
            *PAGE,
        ],
        responses=FactPage,
    )
    @action(detail=True, needs="customers.view_fact")
    def timeline(self, request: Request, number: str) -> Response:
        """What happened to a customer, latest first."""
        customer = customer_at(number)
        history.note(customer, AccessLog.What.READ, by=self.caller, through=self.through, fields=["timeline"])
        facts = Fact.objects.filter(customer=customer)
        if verb := request.query_params.get("verb"):
            facts = facts.filter(verb=verb)
        return self.page(facts, order=("-at", "-id"), kinds=(datetime, int), shape=FactShown)

    @extend_schema(responses=ConsentShown(many=True))
    @action(detail=True, needs=CONSENTS, pagination_class=None)
    def consents(self, request: Request, number: str) -> Response:
        """What a customer allows now: each channel and purpose. What was never decided is not allowed."""
        customer = customer_at(number)
        history.note(customer, AccessLog.What.READ, by=self.caller, through=self.through, fields=["consents"])
        return Response(self._consents(customer))

    @extend_schema(request=ConsentWish, responses={201: ConsentShown(many=True)})
    @consents.mapping.post
    def decide(self, request: Request, number: str) -> Response:
        """Record what a customer decided, with the wording that was shown. The latest decision holds."""
        wish: dict[str, Any] = self.wish(ConsentWish)
        customer = customer_at(number)
        consents.decide(customer, **wish, by=self.caller, through=self.through)
        self.tells_of(customer.pk)
        return Response(self._consents(customer), status=201)

    def _consents(self, customer: Customer) -> Any:
        return ConsentShown(consent_queries.current(customer), many=True).data
