"""``/purchases/``: record what was bought, and what came back."""

from operator import itemgetter
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Prefetch, Sum
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config import errors
from config.rest import ApiView
from customers.actions.purchases import NotBilledAgain
from customers.models import Customer, Line, Purchase
from loyalty.actions import earning, paying
from loyalty.api import orders, shapes
from loyalty.models import Kind, Transaction
from loyalty.queries.paying import paid_back

SOURCE = OpenApiParameter("source", str, description="Where numbers are not unique: the source's code.")


class SourceNeeded(ValidationError):
    field = "source"

    def __init__(self, number: str) -> None:
        message = _("Several sources have a purchase %(number)s: say which, as ?source=.")
        super().__init__(message, code="source_needed", params={"number": number})


class UnknownRedemption(ValidationError):
    field = "redemption"

    def __init__(self, redemption: int) -> None:
        message = _("The customer has no redemption %(redemption)s.")
        super().__init__(message, code="unknown_redemption", params={"redemption": redemption})


class Purchases(ApiView):
    queryset = Purchase.objects.select_related("source", "customer", "rebilled_as")
    lookup_field = "number"
    lookup_value_regex = "[^/]+"
    needs = {"create": "customers.record_purchase"}
    answers_items = True

    @extend_schema(
        request=shapes.PurchaseWish(many=True),
        responses={201: shapes.PurchaseOutcomes, 200: shapes.PurchaseOutcomes},
    )
    def create(self, request: Request) -> Response:
        """Record one purchase, or a list of up to 1,000, and answer with the points that each has earned.

        Each of a list has its outcome, and none keeps out another. A single purchase that is refused is a 400.
        Answers 200 where nothing was new.
        """
        if isinstance(request.data, list):
            results = self._each(request.data)
        else:
            wish = orders.order_of(request.data)
            redemption = _redemptions({0: wish}).get(0)
            if isinstance(redemption, ValidationError):
                raise redemption
            results = [_outcome(0, earning.record_purchase(wish.order, by=self.caller, redemption=redemption))]
        return Response({"results": results}, status=201 if any(row["created"] for row in results) else 200)

    def _each(self, content: list[Any]) -> list[dict[str, Any]]:
        """What becomes of each of a list: what cannot be read keeps out no other."""
        wishes, unread = orders.orders_of(content, self.unknown_of)
        paid: dict[tuple[str, str], Transaction] = {}
        refused = {place: list(errors.of_details(details, str(place))) for place, details in unread.items()}
        for place, redemption in _redemptions(wishes).items():
            if isinstance(redemption, ValidationError):
                wishes.pop(place)
                refused[place] = errors.of_item(redemption, place)
            else:
                order = wishes[place].order
                paid[order.source, order.number] = redemption
        receipts = earning.record_purchases([wish.order for wish in wishes.values()], by=self.caller, redemptions=paid)
        results = [_outcome(place, receipt) for place, receipt in zip(wishes, receipts, strict=True)]
        results += [_unread(content[place], place, found) for place, found in refused.items()]
        return sorted(results, key=itemgetter("index"))

    @extend_schema(parameters=[SOURCE], responses=shapes.PurchaseShown)
    def retrieve(self, request: Request, number: str) -> Response:
        """A purchase with its lines."""
        return Response(shapes.PurchaseShown(self._at(number)).data)

    @extend_schema(parameters=[SOURCE], request=shapes.ReturnWish, responses={201: shapes.ReturnShown})
    @action(detail=True, methods=["post"], needs="customers.return_purchase")
    def returns(self, request: Request, number: str) -> Response:
        """Take goods back, by line and quantity. What they had earned is taken back as well.

        The same number with the same lines returns the return that stands.
        """
        wish = self.wish(shapes.ReturnWish)
        quantities: dict[int, Any] = {}
        for line in wish.pop("lines"):
            quantities[line["position"]] = quantities.get(line["position"], 0) + line["quantity"]
        purchase = self._at(number)
        made: Any = earning.record_return(purchase, quantities, **wish, by=self.caller)
        made.points_taken_back = _taken_back(purchase)
        made.paid_back = paid_back(made, purchase)
        return Response(shapes.ReturnShown(made).data, status=201)

    @extend_schema(parameters=[SOURCE], request=shapes.CancellationWish, responses={201: shapes.PurchaseShown})
    @action(detail=True, methods=["post"], needs="customers.return_purchase")
    def cancellation(self, request: Request, number: str) -> Response:
        """Cancel a whole purchase: all its points go back where they came from.

        Where it was billed again, record the new purchase first and name it here: each then names the other.
        """
        purchase, wish = self._at(number), self.wish(shapes.CancellationWish)
        if instead := wish.pop("rebilled_as", ""):
            wish["rebilled_as"] = Purchase.objects.filter(source=purchase.source, number=instead).first()
            if wish["rebilled_as"] is None:
                raise NotBilledAgain(instead)
        earning.cancel_purchase(purchase, **wish, by=self.caller)
        return Response(shapes.PurchaseShown(self._at(number)).data, status=201)

    def _at(self, number: str) -> Purchase:
        """The purchase with this number. Raises Http404, or SourceNeeded where there are several."""
        found = self.get_queryset().filter(number=number)
        if source := self.request.query_params.get("source"):
            found = found.filter(source__code=source)
        some = list(found.prefetch_related(Prefetch("lines", Line.objects.order_by("position")))[:2])
        if not some:
            raise Http404
        if len(some) > 1:
            raise SourceNeeded(number)
        return some[0]


def _redemptions(wishes: dict[int, orders.Wish]) -> dict[int, Transaction | ValidationError]:
    """The redemptions that are named, by the place of the order; or why one cannot pay for it."""
    named = {wish.redemption for wish in wishes.values() if wish.redemption is not None}
    if not named:
        return {}
    found = Transaction.objects.filter(kind__in=(Kind.REDEEM, Kind.HOLD)).select_related("wallet__customer")
    known = found.in_bulk(named)
    asked = {wish.order.customer for wish in wishes.values() if wish.redemption is not None}
    buyers = {customer.number: _person(customer) for customer in Customer.objects.filter(number__in=asked)}
    paid: dict[int, Transaction | ValidationError] = {}
    for place, wish in wishes.items():
        if wish.redemption is not None:
            redemption = known.get(wish.redemption)
            if redemption is None or _person(redemption.wallet.customer) != buyers.get(wish.order.customer):
                paid[place] = UnknownRedemption(wish.redemption)
                continue
            try:
                paying.refuse_unless_paid(redemption, points_paid=wish.order.points_paid)
                paid[place] = redemption
            except ValidationError as refusal:
                paid[place] = refusal
    return paid


def _person(customer: Customer) -> int:
    """Who it is: the one that they were merged into, where they were."""
    return customer.merged_into_id or customer.pk


def _outcome(index: int, receipt: earning.Receipt) -> dict[str, Any]:
    recorded = receipt.recorded
    return {
        "index": index,
        "source": recorded.order.source,
        "number": recorded.order.number,
        "created": recorded.created,
        "points": receipt.points,
        "transaction": receipt.transaction,
        "errors": errors.of_item(recorded.refusal, index) if recorded.refusal else [],
    }


def _unread(content: Any, place: int, found: list[dict[str, Any]]) -> dict[str, Any]:
    """The outcome of an item that could not be read as an order, named as far as it names itself."""
    said = content if isinstance(content, dict) else {}
    source, number = (text if isinstance(text := said.get(name), str) else "" for name in ("source", "number"))
    outcome = {"index": place, "source": source, "number": number, "created": False, "points": 0}
    return {**outcome, "transaction": None, "errors": found}


def _taken_back(purchase: Purchase) -> int:
    """Points of this purchase that returns have taken back so far."""
    taken = Transaction.objects.filter(purchase=purchase, kind=Kind.CLAW_BACK)
    return int(taken.aggregate(points=Sum("transfers__points", default=0))["points"])
