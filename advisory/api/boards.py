"""``/boards/``: which there are, who sits on them, and every draw with all that is needed to make it again."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from advisory.confidentiality import Level
from advisory.models import Board, Charter, Draw, Term
from advisory.queries import charters, pools
from communications import timing
from config.rest import ApiView, Paged
from customers.api.customers import PAGE

Shape = serializers.Serializer[Any]


class BoardShown(serializers.ModelSerializer[Board]):
    class Meta:
        model = Board
        fields = ["code", "name", "zone", "opened_at", "closed_at"]


class BoardPage(Paged):
    results = BoardShown(many=True)


class CharterShown(serializers.ModelSerializer[Charter]):
    class Meta:
        model = Charter
        fields = [
            "number", "mission", "duties", "size", "term_months", "terms_in_a_row", "quorum", "meetings_a_year",
            "review_on", "published_at",
        ]  # fmt: skip


class SeatedShown(serializers.ModelSerializer[Term]):
    customer = serializers.CharField(source="customer.number")
    seat = serializers.IntegerField(source="seat.number")

    class Meta:
        model = Term
        fields = ["id", "customer", "seat", "state", "route", "starts_on", "ends_on"]


class DrawShown(serializers.ModelSerializer[Draw]):
    after = serializers.IntegerField(source="after.number", allow_null=True, default=None)

    class Meta:
        model = Draw
        fields = ["id", "number", "seed", "attempt", "seats", "members", "after", "drawn_at"]


class Boards(ApiView):
    """Boards of which only some may know are not there, for anybody."""

    queryset = Board.objects.filter(level__lte=Level.BOARD)
    lookup_field = "code"
    lookup_value_regex = "[-a-zA-Z0-9_]{1,40}"
    confidential = True

    @extend_schema(parameters=PAGE, responses=BoardPage)
    def list(self, request: Request) -> Response:
        """All boards, in the order in which they were opened."""
        return self.page(self.get_queryset(), order=("id",), kinds=(int,), shape=BoardShown)

    @extend_schema(responses=BoardShown)
    def retrieve(self, request: Request, code: str) -> Response:
        """One board."""
        return Response(BoardShown(self.get_object()).data)

    @extend_schema(responses=CharterShown)
    @action(detail=True)
    def charter(self, request: Request, code: str) -> Response:
        """The charter that holds; 404 before the first is published."""
        found = charters.current(self.get_object())
        return Response(CharterShown(get_object_or_404(Charter, pk=found.pk if found else None)).data)

    @extend_schema(responses=SeatedShown(many=True))
    @action(detail=True, pagination_class=None)
    def members(self, request: Request, code: str) -> Response:
        """Who holds a seat today, by seat; an erased customer by the number that was put in its place."""
        rows = Term.objects.holding(timing.business_date(timezone.now())).filter(board=self.get_object())
        return Response(SeatedShown(rows.select_related("customer", "seat").order_by("seat__number"), many=True).data)

    @extend_schema(responses=DrawShown(many=True))
    @action(detail=True, pagination_class=None, needs="advisory.view_draw")
    def draws(self, request: Request, code: str) -> Response:
        """Every draw, the first one first: none is ever changed. The codes are of the pool, not of customers."""
        rows = Draw.objects.filter(pool__board=self.get_object()).select_related("after").order_by("id")
        return Response(DrawShown(rows, many=True).data)

    @extend_schema(responses=OpenApiTypes.OBJECT)
    @action(detail=True, url_path=r"draws/(?P<draw>\d{1,9})", needs="advisory.view_draw")
    def exported(self, request: Request, code: str, draw: str) -> Response:
        """One draw with its pool, seed and quotas, as `manage.py verify_draw` reads it. It names nobody."""
        rows = Draw.objects.select_related("pool__board", "after").filter(pool__board=self.get_object())
        return Response(pools.exported(get_object_or_404(rows, pk=int(draw))))
