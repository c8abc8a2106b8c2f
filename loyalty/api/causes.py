"""``/causes/``, ``/customers/…/gifts/``, ``/customers/…/benefits/``."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.rest import ApiView, Day
from customers.api.customers import customer_at
from loyalty.actions import causes, programmes
from loyalty.api.points import ledger_key
from loyalty.models import Benefit, Cause, Gift
from loyalty.queries.benefits import benefits_of
from loyalty.queries.causes import open_causes, payable

Shape = serializers.Serializer[Any]


class CauseShown(serializers.ModelSerializer[Cause]):
    class Meta:
        model = Cause
        fields = ["code", "name", "text", "value_money", "value_points", "match_adds", "match_for", "currency"]
        fields += ["smallest", "starts_at", "ends_at"]


class CausesShown(Shape):
    results = CauseShown(many=True)


class PayableMonth(Shape):
    month = Day(help_text="Its first day.")
    currency = serializers.CharField()
    gifts = serializers.IntegerField()
    points = serializers.IntegerField()
    value = serializers.IntegerField(help_text="Of the points, in minor units.")
    match = serializers.IntegerField(help_text="What the business adds.")
    total = serializers.IntegerField()


class CausePayable(Shape):
    results = PayableMonth(many=True)


class GiftToCause(Shape):
    cause = serializers.CharField(max_length=40, help_text="Code of the cause.")
    points = serializers.IntegerField(min_value=1, max_value=2**62 - 1)


class GiftToCauseShown(serializers.ModelSerializer[Gift]):
    cause = serializers.CharField(source="cause.code")
    customer = serializers.CharField(source="customer.number")

    class Meta:
        model = Gift
        fields = ["id", "cause", "customer", "points", "transaction", "at"]


class BenefitShown(serializers.ModelSerializer[Benefit]):
    class Meta:
        model = Benefit
        fields = ["code", "name", "text"]


class BenefitsShown(Shape):
    results = BenefitShown(many=True)


class UnknownCause(ValidationError):
    field = "cause"

    def __init__(self, code: str) -> None:
        super().__init__(_("There is no cause %(code)s."), code="unknown_cause", params={"code": code})


class Causes(ApiView):
    queryset = Cause.objects.all()
    lookup_field = "code"
    lookup_value_regex = "[^/]+"

    @extend_schema(responses=CausesShown)
    def list(self, request: Request) -> Response:
        """The causes that take gifts now. `value_money` minor units are paid for `value_points` points."""
        found = open_causes(programmes.main(), at=timezone.now())
        return Response({"results": CauseShown(found, many=True).data})

    @extend_schema(responses=CausePayable)
    @action(detail=True)
    def payable(self, request: Request, code: str) -> Response:
        """What is payable to a cause, month by month in the programme's zone, the latest first."""
        found = Cause.objects.select_related("programme").filter(code=code).first()
        if found is None:
            raise Http404
        return Response({"results": PayableMonth(payable(found.programme, cause=found), many=True).data})


class Gifts(ApiView):
    queryset = Gift.objects.all()
    lookup_field = "number"
    lookup_value_regex = "[^/]+"

    @extend_schema(request=GiftToCause, responses={201: GiftToCauseShown})
    @action(detail=True, methods=["post"], needs="loyalty.give_points")
    def gifts(self, request: Request, number: str) -> Response:
        """Give a customer's available points to a cause. Refused as a redemption is, or with `cause_closed`."""
        wish = self.wish(GiftToCause)
        cause = Cause.objects.select_related("programme").filter(code=wish["cause"]).first()
        if cause is None:
            raise UnknownCause(wish["cause"])
        made = causes.give(customer_at(number), wish["points"], to=cause, key=ledger_key(self), by=self.caller)
        return Response(GiftToCauseShown(made).data, status=201)


class Benefits(ApiView):
    queryset = Benefit.objects.all()
    lookup_field = "number"
    lookup_value_regex = "[^/]+"

    @extend_schema(responses=BenefitsShown)
    @action(detail=True)
    def benefits(self, request: Request, number: str) -> Response:
        """What a customer has by tier, by membership, and by what they are."""
        return Response({"results": BenefitShown(benefits_of(customer_at(number)), many=True).data})
