"""``/risks/``: who will probably not come back."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.rest import ApiView, Paged
from customers.api.customers import PAGE, customer_at
from insights.models import Band, Risk

Shape = serializers.Serializer[Any]


class RiskShown(serializers.ModelSerializer[Risk]):
    customer = serializers.CharField(source="customer.number")
    once = serializers.SerializerMethodField(help_text="Bought on one day only: no regular, and not at risk.")
    value = serializers.IntegerField(help_text="Expected in a year, minor units of the business's currency.")

    class Meta:
        model = Risk
        fields = [
            "customer", "once", "chance", "band", "expected", "value", "at_stake", "last_day", "gap_low", "gap_high",
            "no_purchase", "no_visit", "complaint", "scored_at",
        ]  # fmt: skip

    def get_once(self, risk: Risk) -> bool:
        return risk.repeats == 0


class RiskPage(Paged):
    results = RiskShown(many=True)


class Risks(ApiView):
    queryset = Risk.objects.select_related("customer")
    lookup_field = "number"
    lookup_value_regex = "[^/]{1,60}"
    confidential = True

    @extend_schema(
        parameters=[*PAGE, OpenApiParameter("band", str, enum=Band.values, description="Only this band.")],
        responses=RiskPage,
    )
    def list(self, request: Request) -> Response:
        """Regulars, the most at stake first: the chance of no order in 90 days times the value expected in a year."""
        rows = self.get_queryset().filter(repeats__gt=0)
        if band := request.query_params.get("band"):
            rows = rows.filter(band=band)
        return self.page(rows, order=("-at_stake", "customer_id"), kinds=(int, int), shape=RiskShown)

    @extend_schema(responses=RiskShown)
    def retrieve(self, request: Request, number: str) -> Response:
        """One customer; 404 where nobody was scored."""
        customer = customer_at(number)
        self.tells_of(customer.pk)
        found = self.get_queryset().filter(pk=customer.pk).first()
        if found is None:
            raise Http404
        return Response(RiskShown(found).data)
