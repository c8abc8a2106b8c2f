"""``/bulk-grants/``: points for a segment, looked at, started, followed, undone."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.rest import ApiView, OneLine, Paged
from customers.api.customers import PAGE
from customers.models import Segment
from loyalty.actions import bulk_grants
from loyalty.api.shapes import Shape
from loyalty.models import BulkGrant
from loyalty.queries import bulk_grants as questions


class BulkGrantWish(Shape):
    segment = serializers.PrimaryKeyRelatedField(queryset=Segment.objects.all())
    points = serializers.IntegerField(min_value=1, max_value=10**9, help_text="For each customer.")
    reason = OneLine(max_length=200, help_text="Customers read it on their statement.")


class UndoWish(Shape):
    reason = OneLine(max_length=200)


class BulkGrantShown(serializers.ModelSerializer[BulkGrant]):
    class Meta:
        model = BulkGrant
        fields = ["id", "segment", "points", "reason", "state", "made_at", "started_at", "finished_at", "undone_at"]


class BulkGrantPage(Paged):
    results = BulkGrantShown(many=True)


class PreviewShown(Shape):
    """Whom it would reach if it were started now."""

    customers = serializers.IntegerField()
    points = serializers.IntegerField(help_text="In all.")
    first = serializers.ListField(child=serializers.CharField(), help_text="Numbers of some of them.")


class RefusedShown(Shape):
    code = serializers.CharField()
    customers = serializers.IntegerField()


class ProgressOfGrantShown(Shape):
    state = serializers.ChoiceField(BulkGrant.State.choices)
    waiting = serializers.IntegerField()
    granted = serializers.IntegerField()
    refused = serializers.IntegerField()
    undone = serializers.IntegerField()
    percent = serializers.IntegerField()
    refusals = RefusedShown(many=True, help_text="Why, and how many.")


class BulkGrants(ApiView):
    queryset = BulkGrant.objects.select_related("segment", "programme")
    lookup_value_regex = "[0-9]{1,18}"

    @extend_schema(parameters=PAGE, responses=BulkGrantPage)
    def list(self, request: Request) -> Response:
        """Those that were made, latest first."""
        return self.page(self.get_queryset(), order=("-id",), kinds=(int,), shape=BulkGrantShown)

    @extend_schema(responses=BulkGrantShown)
    def retrieve(self, request: Request, pk: str) -> Response:
        """What shall be granted to whom, and its state."""
        return Response(BulkGrantShown(self._at(pk)).data)

    @extend_schema(request=BulkGrantWish, responses={201: BulkGrantShown})
    def create(self, request: Request) -> Response:
        """Write down what shall be granted to whom. Nothing happens until it is started."""
        wish = self.wish(BulkGrantWish)
        made = bulk_grants.draft(wish["segment"], wish["points"], reason=wish["reason"], by=self.caller)
        return Response(BulkGrantShown(made).data, status=201)

    needs: Any = {"create": "loyalty.add_bulkgrant"}

    @extend_schema(responses=PreviewShown)
    @action(detail=True)
    def preview(self, request: Request, pk: str) -> Response:
        """Who is in the segment now, and what it would come to."""
        seen = questions.preview(self._at(pk))
        told = {"customers": seen.count, "points": seen.points, "first": [each.number for each in seen.first]}
        return Response(told)

    @extend_schema(responses=ProgressOfGrantShown)
    @action(detail=True)
    def progress(self, request: Request, pk: str) -> Response:
        """How far it is, and who was refused why."""
        found = self._at(pk)
        now = questions.progress(found)
        counts = {name: getattr(now, name) for name in ("waiting", "granted", "refused", "undone", "percent")}
        refusals = [{"code": code, "customers": many} for code, many in now.codes]
        return Response({"state": found.state, **counts, "refusals": refusals})

    @extend_schema(request=None, responses={202: BulkGrantShown})
    @action(detail=True, methods=["post"], needs="loyalty.start_bulkgrant")
    def start(self, request: Request, pk: str) -> Response:
        """Let it begin, for who is in the segment now. Refused with `second_person_needed`, `nobody_chosen`."""
        return Response(BulkGrantShown(bulk_grants.start(self._at(pk), by=self.caller)).data, status=202)

    @extend_schema(request=UndoWish, responses={202: BulkGrantShown})
    @action(detail=True, methods=["post"], needs="loyalty.start_bulkgrant")
    def undo(self, request: Request, pk: str) -> Response:
        """Take all of it back, each by a transaction of its own; one under way stops where it is."""
        wish = self.wish(UndoWish)
        undone = bulk_grants.undo(self._at(pk), reason=wish["reason"], by=self.caller)
        return Response(BulkGrantShown(undone).data, status=202)

    def _at(self, pk: str) -> BulkGrant:
        found = self.get_queryset().filter(pk=pk).first()
        if found is None:
            raise Http404
        return found
