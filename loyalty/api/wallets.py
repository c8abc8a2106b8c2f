"""``/customers/…/wallet/``: blocked, opened again, closed for good."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.rest import ApiView, OneLine
from customers.api.customers import customer_at
from loyalty import queries
from loyalty.actions import closures, wallets
from loyalty.api.shapes import Shape
from loyalty.models import Wallet


class TurnWish(Shape):
    reason = OneLine(max_length=200)


class WalletShown(Shape):
    customer = serializers.CharField()
    status = serializers.ChoiceField([Wallet.Status.OPEN, Wallet.Status.FROZEN, Wallet.Status.CLOSED])


class CustomerWallets(ApiView):
    """The wallet as a whole."""

    queryset = Wallet.objects.all()
    lookup_field = "number"
    lookup_value_regex = "[^/]+"

    @extend_schema(responses=WalletShown)
    @action(detail=True)
    def wallet(self, request: Request, number: str) -> Response:
        """Whether points can come and go."""
        customer = customer_at(number)
        found = queries.wallet_of(customer)
        return Response({"customer": customer.number, "status": found.status if found else Wallet.Status.OPEN})

    @extend_schema(request=TurnWish, responses={201: WalletShown})
    @action(detail=True, methods=["post"], url_path="wallet/freeze", needs="loyalty.freeze_wallet")
    def freeze(self, request: Request, number: str) -> Response:
        """Stop it: points neither come nor go until it is opened again. Time goes on: they expire."""
        return self._turn(number, wallets.freeze)

    @extend_schema(request=TurnWish, responses={201: WalletShown})
    @action(detail=True, methods=["post"], url_path="wallet/opening", needs="loyalty.freeze_wallet")
    def opening(self, request: Request, number: str) -> Response:
        """Open a frozen wallet again. Refused with `wallet_closed`."""
        return self._turn(number, wallets.reopen)

    @extend_schema(request=TurnWish, responses={201: WalletShown})
    @action(detail=True, methods=["post"], url_path="wallet/closure", needs="loyalty.close_wallet")
    def closure(self, request: Request, number: str) -> Response:
        """Close it for good: points are forfeited, debt is written off. Refused with `open_hold`, `wallet_closed`."""
        return self._turn(number, closures.close)

    def _turn(self, number: str, turn: Callable[..., Wallet]) -> Response:
        wish: Any = self.wish(TurnWish)
        customer = customer_at(number)
        self.tells_of(customer.pk)
        turned = turn(customer, reason=wish["reason"], by=self.caller)
        return Response({"customer": customer.number, "status": turned.status}, status=201)
