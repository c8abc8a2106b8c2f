"""``/customers/…/point-gifts/``, ``/point-gifts/``, ``/customers/…/household/``: points among customers."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.rest import ApiView, OneLine, Paged
from customers.api.customers import PAGE, customer_at
from loyalty.actions import households, point_gifts, programmes
from loyalty.api.points import ledger_key, shown
from loyalty.api.shapes import Shape, TransactionShown
from loyalty.models import HouseholdMember, PointGift
from loyalty.queries import households as questions


class PointGiftWish(Shape):
    to = OneLine(max_length=100, help_text="The number of who gets the points.")
    points = serializers.IntegerField(min_value=1, max_value=10**12)


class PointGiftShown(serializers.ModelSerializer[PointGift]):
    giver = serializers.CharField(source="giver.number")
    taker = serializers.CharField(source="taker.number")

    class Meta:
        model = PointGift
        fields = ["id", "giver", "taker", "points", "status", "asked_at", "decided_at", "transaction"]


class PointGiftPage(Paged):
    results = PointGiftShown(many=True)


class PointGiftsAsked(Shape):
    status = serializers.ChoiceField(PointGift.Status.choices, required=False)
    giver = serializers.CharField(required=False, max_length=100)
    taker = serializers.CharField(required=False, max_length=100)


class HouseholdMemberShown(Shape):
    customer = serializers.CharField(source="customer.number")
    share = serializers.IntegerField()
    may_spend = serializers.BooleanField()
    contributed = serializers.IntegerField()


class HouseholdShown(Shape):
    keeper = serializers.CharField()
    available = serializers.IntegerField()
    members = HouseholdMemberShown(many=True)


class HouseholdRedemptionWish(Shape):
    points = serializers.IntegerField(min_value=1, max_value=10**12)
    reason = OneLine(required=False, max_length=200)
    reference = OneLine(required=False, max_length=160)


class CustomerSharing(ApiView):
    """What a customer gives to another, and shares with a household."""

    queryset = PointGift.objects.all()
    lookup_field = "number"
    lookup_value_regex = "[^/]+"

    @extend_schema(request=PointGiftWish, responses={201: PointGiftShown, 202: PointGiftShown})
    @action(detail=True, methods=["post"], url_path="point-gifts", needs="loyalty.transfer_points")
    def gifts(self, request: Request, number: str) -> Response:
        """Give points to another customer. Where the programme asks the giver to confirm it, it waits (202).

        Refused with `gift_too_small`, `daily_limit`, `monthly_limit`, `insufficient_points`, `in_debt`, `same_wallet`.
        """
        wish = self.wish(PointGiftWish)
        giver, taker = customer_at(number), customer_at(wish["to"])
        self.tells_of(giver.pk)
        gift = point_gifts.give(giver, wish["points"], to=taker, key=ledger_key(self), by=self.caller)
        return Response(PointGiftShown(gift).data, status=202 if gift.status == "waiting" else 201)

    @extend_schema(responses=HouseholdShown)
    @action(detail=True, needs="loyalty.view_household")
    def household(self, request: Request, number: str) -> Response:
        """The household that a customer keeps or is in, and what each has put into it."""
        found = questions.of_customer(customer_at(number), programmes.main())
        if found is None:
            raise Http404
        shared = questions.shared(found)
        present = [member for member in shared.members if not member.left_at]
        rows: Any = HouseholdMemberShown(present, many=True).data
        told = {"keeper": found.keeper.number, "available": shared.balance.available, "members": rows}
        return Response(told)

    @extend_schema(request=HouseholdRedemptionWish, responses={201: TransactionShown})
    @action(detail=True, methods=["post"], url_path="household-redemptions", needs="loyalty.redeem_points")
    def household_redemptions(self, request: Request, number: str) -> Response:
        """Spend points of the household that the customer is in. Refused to a member who `may_not_spend`."""
        customer, wish = customer_at(number), self.wish(HouseholdRedemptionWish)
        member = HouseholdMember.objects.present().filter(customer=customer, programme__main=True).first()
        if member is None:
            raise Http404
        self.tells_of(customer.pk)
        done = households.redeem(member, wish.pop("points"), **wish, key=ledger_key(self), by=self.caller)
        return Response(shown(done), status=201)


class PointGifts(ApiView):
    """What customers give to each other, and what waits for who gives it."""

    queryset = PointGift.objects.select_related("giver", "taker")
    lookup_value_regex = "[0-9]{1,18}"

    @extend_schema(
        parameters=[
            *PAGE,
            OpenApiParameter("status", str, enum=PointGift.Status.values),
            OpenApiParameter("giver", str, description="Number of a customer."),
            OpenApiParameter("taker", str, description="Number of a customer."),
        ],
        responses=PointGiftPage,
    )
    def list(self, request: Request) -> Response:
        """Gifts of points, latest first: those that wait, those of a customer."""
        asked = PointGiftsAsked(data=request.query_params)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        found = self.get_queryset()
        if status := said.get("status"):
            found = found.filter(status=status)
        for side in ("giver", "taker"):
            if number := said.get(side):
                found = found.filter(**{side: customer_at(number)})
        return self.page(found, order=("-id",), kinds=(int,), shape=PointGiftShown)

    @extend_schema(responses=PointGiftShown)
    def retrieve(self, request: Request, pk: str) -> Response:
        """What became of a gift."""
        return Response(PointGiftShown(self._at(pk)).data)

    @extend_schema(request=None, responses={201: PointGiftShown})
    @action(detail=True, methods=["post"], needs="loyalty.transfer_points")
    def confirmation(self, request: Request, pk: str) -> Response:
        """The giver confirms: the points go over."""
        return Response(PointGiftShown(point_gifts.confirm(self._at(pk), by=self.caller)).data, status=201)

    @extend_schema(request=None, responses={201: PointGiftShown})
    @action(detail=True, methods=["post"], needs="loyalty.transfer_points")
    def refusal(self, request: Request, pk: str) -> Response:
        """Not to be given after all."""
        return Response(PointGiftShown(point_gifts.decline(self._at(pk))).data, status=201)

    def _at(self, pk: str) -> PointGift:
        found = self.get_queryset().filter(pk=pk).first()
        if found is None:
            raise Http404
        self.tells_of(found.giver_id)
        return found
