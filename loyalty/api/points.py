"""``/customers/…/points/``, statement, redemptions, adjustments; ``/quotes/``."""

from datetime import UTC
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.rest import ApiView
from customers.api.customers import PAGE, customer_at
from loyalty import queries
from loyalty.actions import adjustments, quotes, redemptions
from loyalty.api import orders, shapes
from loyalty.models import Transaction, Wallet
from loyalty.queries import expiries


def ledger_key(view: ApiView) -> str:
    """What the ledger knows the request by: beyond the day for which its reply is kept, nothing is posted twice."""
    return f"api:{view.caller.pk}:{view.request.headers['Idempotency-Key']}"


def shown(transaction: Transaction) -> dict[str, Any]:
    return dict(shapes.TransactionShown(transaction).data)


class Wallets(ApiView):
    """What customers have, and what they do with it."""

    queryset = Wallet.objects.all()
    lookup_field = "number"
    lookup_value_regex = "[^/]+"

    @extend_schema(responses=shapes.PointsShown)
    @action(detail=True)
    def points(self, request: Request, number: str) -> Response:
        """What a customer has now, and when points become available and expire next."""
        held = queries.holdings(number)
        if held is None:
            raise Http404
        balance = held.balance
        return Response(
            {
                "customer": held.customer,
                "programme": held.programme,
                "pending": balance.pending,
                "available": balance.available,
                "held": balance.held,
                "debt": balance.debt,
                "spendable": balance.spendable,
                "next_activations": [{"at": dated.at, "points": dated.points} for dated in held.activations],
                "next_expiries": [{"at": dated.at, "points": dated.points} for dated in held.expiries],
            }
        )

    @extend_schema(parameters=PAGE, responses=shapes.StatementPage)
    @action(detail=True, needs="loyalty.view_transaction")
    def statement(self, request: Request, number: str) -> Response:
        """Every movement of a customer's points, latest first, with what there was after it."""
        wallet = queries.wallet_of(customer_at(number))
        lines: QuerySet[Transaction] = Transaction.objects.filter(wallet=wallet).select_related("purchase")
        return self.page(lines, order=("-sequence",), kinds=(int,), shape=shapes.TransactionShown)

    @extend_schema(responses=shapes.LotShown(many=True))
    @action(detail=True, needs="loyalty.view_transaction")
    def lots(self, request: Request, number: str) -> Response:
        """A customer's points as they came together: until when each lot lasts, and why. The soonest, 200 at most."""
        wallet = queries.wallet_of(customer_at(number))
        lots = expiries.open_lots(wallet) if wallet else []
        reasons = expiries.reasons(lots, wallet.programme) if wallet else {}
        return Response(shapes.LotShown([{"lot": lot, "why": reasons[lot.pk]} for lot in lots], many=True).data)

    @extend_schema(request=shapes.RedemptionWish, responses={201: shapes.TransactionShown})
    @action(detail=True, methods=["post"], needs="loyalty.redeem_points")
    def redemptions(self, request: Request, number: str) -> Response:
        """Redeem points, at once or as a hold. Refused with `insufficient_points` where there are not enough."""
        wish = self.wish(shapes.RedemptionWish)
        redeem = redemptions.hold if wish.pop("hold") else redemptions.redeem
        customer = customer_at(number)
        self.tells_of(customer.pk)
        done = redeem(customer, **wish, key=ledger_key(self), by=self.caller)
        return Response(shown(done), status=201)

    @extend_schema(request=shapes.AdjustmentWish, responses={201: shapes.AdjustmentShown, 202: shapes.AdjustmentShown})
    @action(detail=True, methods=["post"], needs="loyalty.adjust_points")
    def adjustments(self, request: Request, number: str) -> Response:
        """Add or take points by hand. Above the programme's limit it waits for a second person (202)."""
        wish = self.wish(shapes.AdjustmentWish)
        customer = customer_at(number)
        self.tells_of(customer.pk)
        asked = adjustments.adjust(customer, **wish, key=ledger_key(self), by=self.caller)
        return Response(shapes.AdjustmentShown(asked).data, status=201 if asked.transaction_id else 202)


class Quotes(ApiView):
    queryset = Wallet.objects.all()
    needs = "loyalty.view_wallet"
    keeps_replies = False

    @extend_schema(request=shapes.QuoteWish, responses={200: shapes.QuoteShown})
    def create(self, request: Request) -> Response:
        """What would this basket earn? Writes nothing, takes no Idempotency-Key, is fast enough for a product page.

        It answers by the rules that the purchase would earn by: for anybody, or for the `customer` that you name, with
        their tier, segments, caps and promised bonuses. `missing` is the nearest bonus that more goods would bring,
        `text` says all of it in the `language` that you name, ready to be shown.
        """
        asked = orders.basket_of(request.data)
        customer = customer_at(asked.customer) if asked.customer else None
        quote = quotes.ask(asked.basket, customer=customer, language=asked.language)
        return Response(shapes.QuoteShown(quote).data if quote.steps else _plain(quote))


def _plain(quote: quotes.Quote) -> dict[str, Any]:
    """A quote by the base rate alone, which most are, without a serializer's time."""
    return {
        "points": quote.points,
        "activates_at": quote.activates_at and quote.activates_at.astimezone(UTC),
        "expires_at": quote.expires_at and quote.expires_at.astimezone(UTC),
        "steps": [],
        "missing": None,
        "text": quote.text,
    }
