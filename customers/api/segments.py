"""``/segments/``: customers who have something in common, chosen by conditions."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.rest import ApiView, OneLine, Paged, etag, expected
from config.strictness import Document, Names, having
from customers import conditions, sentences
from customers.actions import segments
from customers.api.customers import PAGE
from customers.models import Customer, Segment, SegmentVersion
from customers.queries import segments as who


def group(depth: int = 1) -> Names:
    """What a group may say, or a condition: groups stand in groups."""
    said = ("match", "not", "field", "how", "values", "name")
    return having(*said, conditions=group(depth + 1)) if depth <= conditions.DEEPEST else having(*said, "conditions")


class SegmentShown(serializers.ModelSerializer[Segment]):
    sentence = serializers.SerializerMethodField(help_text="Whom it chooses, in words.")

    class Meta:
        model = Segment
        fields = ["id", "name", "description", "conditions", "sentence", "version", "kept_at", "changed_at"]

    def get_sentence(self, segment: Segment) -> str:
        return sentences.sentence(conditions.read(segment.conditions))


class SegmentWish(serializers.Serializer[Any]):
    name = OneLine(max_length=100)
    description = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    conditions = Document(
        names=having("match", groups=group()),
        help_text='`{"match": "all", "groups": [{"match": "any", "not": false, "conditions": [{"field": "stage", '
        '"how": "in", "values": ["at_risk"], "name": "", "not": false}]}]}`; no group means every customer.',
    )


class SegmentVersionShown(serializers.ModelSerializer[SegmentVersion]):
    class Meta:
        model = SegmentVersion
        fields = ["version", "conditions", "at"]


class ListWish(serializers.Serializer[Any]):
    name = OneLine(max_length=100)


class SegmentPage(Paged):
    results = SegmentShown(many=True)


class MemberShown(serializers.ModelSerializer[Customer]):
    class Meta:
        model = Customer
        fields = ["number"]


class MemberPage(Paged):
    results = MemberShown(many=True)


class Counted(serializers.Serializer[Any]):
    customers = serializers.IntegerField()


class Segments(ApiView):
    queryset = Segment.objects.all()
    lookup_value_regex = "[0-9]{1,18}"
    needs = {
        "create": "customers.add_segment",
        "partial_update": "customers.change_segment",
        "destroy": "customers.delete_segment",
        "lists": "customers.add_segment",
    }

    @extend_schema(parameters=PAGE, responses=SegmentPage)
    def list(self, request: Request) -> Response:
        """All segments, in the order in which they were made."""
        return self.page(self.get_queryset(), order=("id",), kinds=(int,), shape=SegmentShown)

    @extend_schema(responses=SegmentShown)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One segment."""
        return self._shown(self.get_object())

    @extend_schema(request=SegmentWish, responses={201: SegmentShown})
    def create(self, request: Request) -> Response:
        """Make a segment."""
        wish = self.wish(SegmentWish)
        made = segments.make(wish["name"], wish["conditions"], description=wish["description"], by=self.caller)
        return self._shown(Segment.objects.get(pk=made.pk), 201)

    @extend_schema(request=SegmentWish, responses=SegmentShown)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change what you name; the rest stays."""
        wish = self.wish(SegmentWish, partial=True)
        if "conditions" in wish:
            wish["said"] = wish.pop("conditions")
        return self._shown(segments.change(self.get_object(), seen=expected(request), **wish, by=self.caller))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Remove a segment that nothing uses."""
        segments.remove(self.get_object())
        return Response(status=204)

    @extend_schema(parameters=PAGE, responses=MemberPage)
    @action(detail=True)
    def members(self, request: Request, pk: str) -> Response:
        """Who is in it now, by number, in the order in which they became known."""
        found = who.members(self.get_object())
        return self.page(found, order=("id",), kinds=(int,), shape=MemberShown)

    @extend_schema(responses=Counted)
    @action(detail=True)
    def count(self, request: Request, pk: str) -> Response:
        """How many are in it now."""
        return Response({"customers": who.count(self.get_object())})

    @extend_schema(responses=SegmentVersionShown(many=True))
    @action(detail=True)
    def versions(self, request: Request, pk: str) -> Response:
        """What it asked for, each version since when, the newest first."""
        return Response(SegmentVersionShown(self.get_object().versions.order_by("-version"), many=True).data)

    @extend_schema(request=ListWish, responses={201: SegmentShown})
    @action(detail=True, methods=["post"])
    def lists(self, request: Request, pk: str) -> Response:
        """Keep who is in it now as a list: another segment, in which they stay and nobody else comes."""
        kept = segments.keep(self.get_object(), name=self.wish(ListWish)["name"], by=self.caller)
        return self._shown(Segment.objects.get(pk=kept.pk), 201)

    def _shown(self, segment: Segment, status: int = 200) -> Response:
        return Response(SegmentShown(segment).data, status=status, headers={"ETag": etag(segment.revision)})
