"""What the API is measured against: plain views in the same server, and the way one writes it without thinking."""

import json
from typing import Any

from django.db import models, transaction
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from config.urls import urlpatterns
from customers.models import Customer
from integrations.actions.tokens import digest_of
from integrations.models import Token
from loyalty.actions import points
from loyalty.models import Wallet


class NaiveWallet(models.Model):  # noqa: DJ008
    customer_id = models.BigIntegerField(unique=True)
    balance = models.BigIntegerField(default=0)

    class Meta:
        app_label = "benchmarks"


class NaivePurchase(models.Model):  # noqa: DJ008
    source = models.CharField(max_length=60)
    number = models.CharField(max_length=100, unique=True)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    total = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    at = models.DateTimeField()

    class Meta:
        app_label = "benchmarks"


class NaiveLine(models.Model):  # noqa: DJ008
    purchase = models.ForeignKey(NaivePurchase, models.PROTECT, related_name="lines")
    product = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    unit_price = models.DecimalField(max_digits=16, decimal_places=4)

    class Meta:
        app_label = "benchmarks"


class NaiveEntry(models.Model):  # noqa: DJ008
    wallet = models.ForeignKey(NaiveWallet, models.PROTECT, related_name="entries")
    purchase = models.ForeignKey(NaivePurchase, models.PROTECT, related_name="entries")
    points = models.BigIntegerField()
    key = models.CharField(max_length=100, unique=True)

    class Meta:
        app_label = "benchmarks"


class NaiveFact(models.Model):  # noqa: DJ008
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    verb = models.CharField(max_length=30)
    at = models.DateTimeField()
    about = models.JSONField(default=dict)

    class Meta:
        app_label = "benchmarks"


MODELS = (NaiveWallet, NaivePurchase, NaiveLine, NaiveEntry, NaiveFact)


class NaiveLineShape(serializers.ModelSerializer[NaiveLine]):
    class Meta:
        model = NaiveLine
        fields = ["product", "name", "quantity", "unit_price"]


class NaiveShape(serializers.Serializer[Any]):
    source = serializers.CharField(max_length=60)
    number = serializers.CharField(max_length=100)
    customer = serializers.CharField(max_length=60)
    currency = serializers.CharField(max_length=3)
    at = serializers.DateTimeField()
    lines = NaiveLineShape(many=True)


class NaiveEntryShown(serializers.ModelSerializer[NaiveEntry]):
    number = serializers.CharField(source="purchase.number")
    balance = serializers.IntegerField(source="wallet.balance")

    class Meta:
        model = NaiveEntry
        fields = ["id", "number", "points", "balance"]


class NaiveTokens(BaseAuthentication):
    """As rest_framework.authtoken does it: one query for each request."""

    def authenticate(self, request: Any) -> tuple[Any, Any]:
        secret = request.headers["Authorization"].partition(" ")[2]
        token = Token.objects.select_related("user").get(digest=digest_of(secret))
        return token.user, token


class NaiveEarn(APIView):
    """The ORM as it comes: look up, lock, create, create, create, save, read back.

    It writes what ours writes of a purchase, but no lot, no second entry, no profile and no kept reply.
    """

    authentication_classes = [NaiveTokens]
    permission_classes = [IsAuthenticated]
    throttle_classes: list[Any] = []

    def post(self, request: Any) -> Response:
        shape = NaiveShape(data=request.data)
        shape.is_valid(raise_exception=True)
        wish, key = shape.validated_data, request.headers["Idempotency-Key"]
        lines = wish.pop("lines")
        with transaction.atomic():
            customer = Customer.objects.get(number=wish.pop("customer"))
            NaiveWallet.objects.get_or_create(customer_id=customer.pk)
            wallet = NaiveWallet.objects.select_for_update().get(customer_id=customer.pk)
            entry = NaiveEntry.objects.filter(key=key).first()
            if entry is None:
                total = int(sum(line["quantity"] * line["unit_price"] for line in lines))
                purchase = NaivePurchase.objects.create(customer=customer, total=total, **wish)
                for line in lines:
                    NaiveLine.objects.create(purchase=purchase, **line)
                entry = NaiveEntry.objects.create(wallet=wallet, purchase=purchase, points=total // 100, key=key)
                for verb in ("bought", "points_granted"):
                    NaiveFact.objects.create(customer=customer, verb=verb, at=wish["at"], about={"total": total})
                wallet.balance += entry.points
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
