"""``/redemptions/``: look at one, and complete, release or give back what was redeemed or held."""

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.rest import ApiView
from loyalty import queries
from loyalty.actions import redemptions
from loyalty.api import shapes
from loyalty.api.points import ledger_key, shown
from loyalty.models import Kind, Transaction


class Redemptions(ApiView):
    queryset = Transaction.objects.filter(kind__in=(Kind.REDEEM, Kind.HOLD, Kind.CAPTURE))
    lookup_value_regex = "[0-9]{1,18}"

    @extend_schema(responses=shapes.RedemptionShown)
    def retrieve(self, request: Request, pk: str) -> Response:
        """A redemption or a hold, with the purchases that had earned its points."""
        redemption = self._at(pk)
        sources = [
            {"points": part.points, "earned_by": part.earned_by.pk, "purchase": str(part.earned_by.purchase or "")}
            for part in queries.explain(redemption)
        ]
        return Response({**shown(redemption), "taken_from": sources})

    @extend_schema(request=shapes.PartWish, responses={201: shapes.TransactionShown})
    @action(detail=True, methods=["post"], needs="loyalty.redeem_points")
    def capture(self, request: Request, pk: str) -> Response:
        """Complete a hold, whole or in part; the rest becomes available again. A hold is resolved once."""
        wish = self.wish(shapes.PartWish)
        return self._done(redemptions.capture(self._at(pk), **wish, key=ledger_key(self), by=self.caller))

    @extend_schema(request=shapes.VoidWish, responses={201: shapes.TransactionShown})
    @action(detail=True, methods=["post"], needs="loyalty.redeem_points")
    def void(self, request: Request, pk: str) -> Response:
        """Release a hold: its points become available again, or lapse where their date has passed."""
        wish = self.wish(shapes.VoidWish)
        return self._done(redemptions.void(self._at(pk), **wish, key=ledger_key(self), by=self.caller))

    @extend_schema(request=shapes.ReversalWish, responses={201: shapes.TransactionShown})
    @action(detail=True, methods=["post"], needs="loyalty.reverse_points")
    def reversal(self, request: Request, pk: str) -> Response:
        """Give redeemed points back, all that is left or some, to the lots that they came from."""
        wish = self.wish(shapes.ReversalWish)
        return self._done(redemptions.reverse(self._at(pk), **wish, key=ledger_key(self), by=self.caller))

    def _at(self, pk: str) -> Transaction:
        found = self.get_queryset().select_related("purchase", "wallet").filter(pk=pk).first()
        if found is None:
            raise Http404
        self.tells_of(found.wallet.customer_id)
        return found

    def _done(self, made: Transaction) -> Response:
        return Response(shown(made), status=201)
