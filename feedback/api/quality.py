"""``/quality-standards/`` and ``/quality-reviews/``: what is expected of cases, and what reviewers found."""

from datetime import date
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.rest import ApiView, Day, Paged
from customers.api.customers import PAGE
from feedback.actions import quality
from feedback.api.case_shapes import Shape
from feedback.api.corrective import Person
from feedback.models import Case, QualityReview, Standard
from feedback.queries import quality as read

REVIEW = "feedback.change_qualityreview"


class StandardShown(serializers.ModelSerializer[Standard]):
    items = serializers.ListField(child=serializers.CharField())
    version = serializers.IntegerField(source="number")

    class Meta:
        model = Standard
        fields = ["kind", "version", "items", "made_at"]


class StandardList(Shape):
    results = StandardShown(many=True)


class StandardWish(Shape):
    kind = serializers.ChoiceField(choices=Case.Kind.choices)
    items = serializers.ListField(child=serializers.CharField(max_length=quality.LONGEST), allow_empty=False)


class ReviewShown(serializers.ModelSerializer[QualityReview]):
    agent = Person(read_only=True)
    reviewer = Person(read_only=True, allow_null=True)
    items = serializers.ListField(child=serializers.CharField(), source="standard.items")
    marks = serializers.ListField(child=serializers.IntegerField(allow_null=True))

    class Meta:
        model = QualityReview
        fields = [
            "id", "case", "agent", "week", "items", "marks", "percent", "coaching", "reviewer", "drawn_at",
            "reviewed_at", "seen_at",
        ]  # fmt: skip


class ReviewPage(Paged):
    results = ReviewShown(many=True)


class DrawWish(Shape):
    week = Day(help_text="Any day of the week in which the cases were closed.")
    of_each = serializers.IntegerField(min_value=1, max_value=20, default=3, help_text="Cases of each agent.")


class ReviewsDrawn(Shape):
    drawn = serializers.IntegerField(help_text="How many are new: drawn again, a week gives the same cases.")


class MarkingWish(Shape):
    marks = serializers.ListField(
        child=serializers.ChoiceField(choices=QualityReview.Mark.choices, allow_null=True),
        help_text="One for each item: 2 met, 1 partly, 0 not, null: does not apply.",
    )
    coaching = serializers.CharField(max_length=5_000, required=False, default="", allow_blank=True)


class Standards(ApiView):
    queryset = Standard.objects.all()
    needs = {"create": "feedback.add_standard"}

    @extend_schema(responses=StandardList)
    def list(self, request: Request) -> Response:
        """The checklist that counts now, for each kind of case that has one."""
        known = read.standards()
        return Response(StandardList({"results": [known[kind] for kind in Case.Kind.values if kind in known]}).data)

    @extend_schema(request=StandardWish, responses={201: StandardShown})
    def create(self, request: Request) -> Response:
        """The next version of a checklist. The same items make none; reviews that were drawn keep theirs."""
        wish = self.wish(StandardWish)
        return Response(StandardShown(quality.set_standard(**wish, by=self.caller)).data, status=201)


class Reviews(ApiView):
    queryset = QualityReview.objects.select_related("agent", "reviewer", "standard")
    serializer_class = ReviewShown
    lookup_value_regex = "[0-9]{1,15}"

    @extend_schema(
        parameters=[
            OpenApiParameter("agent", str, description="User name."),
            OpenApiParameter("open", bool, description="Only those that wait for a reviewer."),
            *PAGE,
        ],
        responses=ReviewPage,
    )
    def list(self, request: Request) -> Response:
        """Drawn cases, latest week first."""
        found, asked = self.get_queryset(), request.query_params
        if "agent" in asked:
            found = found.filter(agent__username=asked["agent"])
        if asked.get("open", "").lower() in ("true", "1"):
            found = found.filter(reviewed_at=None)
        return self.page(found, order=("-week", "-id"), kinds=(date, int), shape=ReviewShown)

    @extend_schema(responses=ReviewShown)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One of them."""
        return Response(ReviewShown(self.get_object()).data)

    @extend_schema(request=DrawWish, responses={201: ReviewsDrawn})
    @action(detail=False, methods=["post"], needs=REVIEW)
    def draws(self, request: Request) -> Response:
        """Draw cases of each agent that were closed in a week. Chance decides; asked again it draws the same."""
        wish = self.wish(DrawWish)
        return Response({"drawn": quality.draw(wish["week"], of_each=wish["of_each"])}, status=201)

    @extend_schema(request=MarkingWish, responses={201: ReviewShown})
    @action(detail=True, methods=["post"], needs=REVIEW)
    def marking(self, request: Request, pk: str) -> Response:
        """Mark each item and advise the agent, who reads it on their own page.

        Refused with `marks_incomplete`, `reviewed_already` and `own_case`.
        """
        row: Any = self.get_object()
        done = quality.review(row, **self.wish(MarkingWish), by=self.caller)
        return Response(ReviewShown(self.get_queryset().get(pk=done.pk)).data, status=201)
