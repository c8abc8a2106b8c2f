"""``/redress/``: what waits for approval or payment, and each step of a line. It is proposed at its case."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.rest import ApiView, OneLine, Paged
from customers.api.customers import PAGE
from feedback.actions import redress
from feedback.api.case_shapes import Number, RedressShown, Shape
from feedback.models import Redress

APPROVE, UNDO, ADD = "feedback.approve_redress", "feedback.undo_redress", "feedback.add_redress"


class CaseRedressShown(RedressShown):
    case = serializers.PrimaryKeyRelatedField[Any](read_only=True)
    customer = Number(read_only=True, source="case.customer", allow_null=True)

    class Meta(RedressShown.Meta):
        fields = [
            *RedressShown.Meta.fields,
            "case",
            "customer",
            "proposed_at",
            "approved_at",
            "reference",
            "undone_at",
        ]


class CaseRedressPage(Paged):
    results = CaseRedressShown(many=True)


class RedressPaymentWish(Shape):
    reference = OneLine(max_length=80, help_text="By which payment.")


class RedressUndoingWish(Shape):
    reason = OneLine(max_length=200)


class Lines(ApiView):
    queryset = Redress.objects.select_related("case__customer", "reward")
    serializer_class = CaseRedressShown
    lookup_value_regex = "[0-9]{1,15}"
    confidential = True

    @extend_schema(
        parameters=[OpenApiParameter("state", str, enum=Redress.State.values), *PAGE], responses=CaseRedressPage
    )
    def list(self, request: Request) -> Response:
        """Lines of redress, latest first: ``state=proposed`` waits for approval, ``accepted`` is money to be paid."""
        found: QuerySet[Redress] = self.get_queryset()
        if state := request.query_params.get("state"):
            found = found.filter(state=state)
        return self.page(found, order=("-proposed_at", "-id"), kinds=(datetime, int), shape=CaseRedressShown)

    @extend_schema(responses=CaseRedressShown)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One line."""
        return Response(CaseRedressShown(self._at(pk)).data)

    @extend_schema(request=None, responses={201: CaseRedressShown})
    @action(detail=True, methods=["post"], needs=APPROVE)
    def approval(self, request: Request, pk: str) -> Response:
        """A second person agrees, who may give as much."""
        return self._shown(redress.approve(self._at(pk), by=self.caller))

    @extend_schema(request=None, responses={201: CaseRedressShown})
    @action(detail=True, methods=["post"], needs=ADD)
    def withdrawal(self, request: Request, pk: str) -> Response:
        """Not after all: nobody has offered it yet."""
        return self._shown(redress.withdraw(self._at(pk), by=self.caller))

    @extend_schema(request=RedressPaymentWish, responses={201: CaseRedressShown})
    @action(detail=True, methods=["post"], needs=APPROVE)
    def payment(self, request: Request, pk: str) -> Response:
        """Money that was accepted has been paid."""
        wish = self.wish(RedressPaymentWish)
        return self._shown(redress.record_payment(self._at(pk), **wish, by=self.caller))

    @extend_schema(request=RedressUndoingWish, responses={201: CaseRedressShown})
    @action(detail=True, methods=["post"], needs=UNDO)
    def undoing(self, request: Request, pk: str) -> Response:
        """Take back what was paid in error: points by a posting of their own, an unused voucher."""
        return self._shown(redress.undo(self._at(pk), **self.wish(RedressUndoingWish), by=self.caller))

    def _at(self, pk: str) -> Redress:
        line: Any = self.get_queryset().filter(pk=int(pk)).first()
        if line is None:
            raise Http404
        if line.case.customer_id:
            self.tells_of(line.case.customer_id)
        return line

    def _shown(self, line: Redress) -> Response:
        return Response(CaseRedressShown(self.get_queryset().get(pk=line.pk)).data, status=201)
