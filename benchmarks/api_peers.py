"""What the API is measured against: plain views in the same server, and the way one writes it without thinking."""

import json
from typing import Any

from django.db import models, transaction
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from config.urls import urlpatterns
from customers.models import Customer
from loyalty.actions import points
from loyalty.models import Wallet


class NaiveWallet(models.Model):  # noqa: DJ008
    customer_id = models.BigIntegerField(unique=True)
    balance = models.BigIntegerField(default=0)

    class Meta:
        app_label = "benchmarks"


class NaivePurchase(models.Model):  # noqa: DJ008
    number = models.CharField(max_length=100, unique=True)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    total = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    at = models.DateTimeField()

    class Meta:
        app_label = "benchmarks"


class NaiveEntry(models.Model):  # noqa: DJ008
    wallet = models.ForeignKey(NaiveWallet, models.PROTECT, related_name="entries")
    purchase = models.ForeignKey(NaivePurchase, models.PROTECT, related_name="entries")
    points = models.BigIntegerField()
    key = models.CharField(max_length=100, unique=True)

    class Meta:
        app_label = "benchmarks"


MODELS = (NaiveWallet, NaivePurchase, NaiveEntry)


class NaiveShape(serializers.Serializer[Any]):
    number = serializers.CharField(max_length=100)
    customer = serializers.CharField(max_length=60)
    total = serializers.IntegerField(min_value=0)
    currency = serializers.CharField(max_length=3)
    at = serializers.DateTimeField()
    key = serializers.CharField(max_length=100)


class NaiveEntryShown(serializers.ModelSerializer[NaiveEntry]):
    number = serializers.CharField(source="purchase.number")
    balance = serializers.IntegerField(source="wallet.balance")

    class Meta:
        model = NaiveEntry
        fields = ["id", "number", "points", "balance"]


class NaiveEarn(APIView):
    """The ORM as it comes: look up, lock, create, create, save, read back."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
    throttle_classes: list[Any] = []

    def post(self, request: Any) -> Response:
        shape = NaiveShape(data=request.data)
        shape.is_valid(raise_exception=True)
        wish = shape.validated_data
        with transaction.atomic():
            customer = Customer.objects.get(number=wish["customer"])
            NaiveWallet.objects.get_or_create(customer_id=customer.pk)
            wallet = NaiveWallet.objects.select_for_update().get(customer_id=customer.pk)
            entry = NaiveEntry.objects.filter(key=wish["key"]).first()
            if entry is None:
                purchase = NaivePurchase.objects.create(
                    number=wish["number"],
                    customer=customer,
                    total=wish["total"],
                    currency=wish["currency"],
                    at=wish["at"],
                )
                earned = wish["total"] // 100
                entry = NaiveEntry.objects.create(wallet=wallet, purchase=purchase, points=earned, key=wish["key"])
                wallet.balance += earned
                wallet.save()
            entry.refresh_from_db()
        return Response(NaiveEntryShown(entry).data, status=201)


def plain_select(request: HttpRequest, customer: int) -> JsonResponse:
    """A plain Django view with one indexed SELECT."""
    wallet = Wallet.objects.get(programme_id=1, customer_id=customer)
    return JsonResponse({"pending": wallet.pending, "available": wallet.available, "held": wallet.held})


@csrf_exempt
def plain_earn(request: HttpRequest) -> JsonResponse:
    """A plain Django view that runs the ledger's one statement."""
    wish = json.loads(request.body)
    posted = points.earn(Customer(pk=wish["customer"]), wish["points"], key=wish["key"])
    return JsonResponse({"transaction": posted.pk, "available": posted.available_after}, status=201)


urlpatterns = [
    path("peers/points/<int:customer>/", plain_select),
    path("peers/earn/", plain_earn),
    path("peers/naive/", NaiveEarn.as_view()),
    *urlpatterns,
]
