"""Two records become one, and people are forgotten: with their points, so it is done here and not further down."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.rest import ApiView
from customers.api.customers import customer_at
from customers.models import Customer
from loyalty.actions import erasure, merging


class MergeWish(serializers.Serializer[Any]):
    other = serializers.CharField(
        help_text="The number of the record that is given up. It goes on finding the person."
    )


class MergeShown(serializers.Serializer[Any]):
    number = serializers.CharField()
    merged = serializers.CharField()


class Records(ApiView):
    queryset = Customer.objects.standing()
    lookup_field = "number"
    lookup_value_regex = "[^/]+"

    @extend_schema(request=MergeWish, responses={201: MergeShown})
    @action(detail=True, methods=["post"], needs="customers.merge_customer")
    def merge(self, request: Request, number: str) -> Response:
        """Merge another record into this one, for good: purchases, facts, consents and points.

        The stricter consent wins. Refused while a redemption of either is being paid.
        """
        other = self.wish(MergeWish)["other"]
        survivor = merging.merge(customer_at(other), into=customer_at(number), by=self.caller)
        self.tells_of(survivor.pk)
        return Response({"number": survivor.number, "merged": other}, status=201)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"], needs="customers.erase_customer")
    def erasure(self, request: Request, number: str) -> Response:
        """Forget a person, for good. Points are forfeited; purchases and the ledger stay as figures of nobody."""
        erasure.erase(customer_at(number), by=self.caller)
        return Response(status=204)
