"""``/case-themes/`` and ``/case-causes/``: what hurts, and what was at the root of it."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.rest import ApiView, OneLine, etag, expected
from feedback.actions import themes
from feedback.api.case_shapes import Code, Shape
from feedback.models import RootCause, Theme
from feedback.queries.versions import version


class BranchShown(Shape):
    code = serializers.CharField()
    name = serializers.CharField()
    part_of = serializers.CharField(
        source="parent.code", allow_null=True, help_text="Code of the branch it is part of."
    )
    retired = serializers.BooleanField(help_text="Kept for the cases that have it, given to no other.")


class BranchList(Shape):
    results = BranchShown(many=True)


class ThemeChange(Shape):
    name = OneLine(max_length=100, required=False)
    part_of = Code(queryset=Theme.objects.all(), source="parent", required=False, allow_null=True)
    retired = serializers.BooleanField(required=False)


class ThemeWish(Shape):
    code = serializers.SlugField(max_length=60)
    name = OneLine(max_length=100)
    part_of = Code(queryset=Theme.objects.all(), source="parent", required=False, allow_null=True)


class CauseChange(ThemeChange):
    part_of = Code(queryset=RootCause.objects.all(), source="parent", required=False, allow_null=True)


class CauseBranchWish(ThemeWish):
    part_of = Code(queryset=RootCause.objects.all(), source="parent", required=False, allow_null=True)


class _Tree(ApiView):
    """What both trees have in common; each says what its branches are, and which shapes may be written."""

    lookup_field = "code"
    lookup_value_regex = "[-a-zA-Z0-9_]{1,60}"
    grows: type[ThemeWish]
    changes: type[ThemeChange]

    def get_serializer_class(self) -> type[Shape]:
        shapes: dict[str, type[Shape]] = {"create": self.grows, "partial_update": self.changes}
        return shapes.get(self.action, BranchShown)

    def _whole(self) -> Response:
        return Response(BranchList({"results": self.get_queryset().order_by("name", "pk")}).data)

    def _shown(self, one: Any, status: int = 200) -> Response:
        return Response(BranchShown(one).data, status=status, headers={"ETag": etag(version(one))})

    @extend_schema(responses=BranchShown)
    def retrieve(self, request: Request, code: str) -> Response:
        """One branch of the tree."""
        return self._shown(self.get_object())

    @extend_schema(responses={201: BranchShown})
    def create(self, request: Request) -> Response:
        """A new branch of the tree. Refused with `code_taken`."""
        tree: Any = self.get_queryset().model
        return self._shown(themes.add(tree, **self.wish(self.grows)), 201)

    @extend_schema(responses=BranchShown)
    def partial_update(self, request: Request, code: str) -> Response:
        """Another name, another place, retired or not. Refused with `part_of_itself`."""
        branch: Any = self.get_object()
        return self._shown(themes.change(branch, seen=expected(self.request), **self.wish(self.changes)))


class Themes(_Tree):
    queryset = Theme.objects.select_related("parent")
    grows, changes = ThemeWish, ThemeChange
    needs = {"create": "feedback.add_theme", "partial_update": "feedback.change_theme"}

    @extend_schema(responses=BranchList)
    def list(self, request: Request) -> Response:
        """Themes of cases: what hurts the customer, said when a case comes in."""
        return self._whole()


class Causes(_Tree):
    queryset = RootCause.objects.select_related("parent")
    grows, changes = CauseBranchWish, CauseChange
    needs = {"create": "feedback.add_rootcause", "partial_update": "feedback.change_rootcause"}

    @extend_schema(responses=BranchList)
    def list(self, request: Request) -> Response:
        """Root causes: why it happened, said when a case is closed."""
        return self._whole()
