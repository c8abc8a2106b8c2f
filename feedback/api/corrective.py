"""``/corrective-actions/``: what is done so that it does not happen again."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.rest import ApiView, Day, Paged
from customers.api.customers import PAGE
from feedback.actions import corrective
from feedback.api.case_shapes import Code, Shape
from feedback.models import Case, CorrectiveAction, RootCause
from people.models import User

ADD, CHANGE = "feedback.add_correctiveaction", "feedback.change_correctiveaction"


class Person(serializers.SlugRelatedField[User]):
    def __init__(self, **options: Any) -> None:
        queryset = None if options.get("read_only") else User.objects.filter(is_active=True, is_staff=True)
        super().__init__(slug_field="username", queryset=queryset, **options)


class ActionShown(serializers.ModelSerializer[CorrectiveAction]):
    owner = Person(read_only=True)
    root_cause = Code(read_only=True, allow_null=True)
    cases = serializers.PrimaryKeyRelatedField[Any](many=True, read_only=True)

    class Meta:
        model = CorrectiveAction
        fields = ["id", "what", "root_cause", "cases", "owner", "due_on", "planned_at", "done_at", "result"]


class ActionPage(Paged):
    results = ActionShown(many=True)


class ActionChange(Shape):
    """What may be changed until it is done."""

    what = serializers.CharField(max_length=200, required=False)
    owner = Person(required=False, help_text="User name of who does it.")
    due_on = Day(required=False)
    root_cause = Code(queryset=RootCause.objects.filter(retired=False), required=False, allow_null=True)


class ActionWish(ActionChange):
    what = serializers.CharField(max_length=200)
    owner = Person(help_text="User name of who does it.")
    due_on = Day()
    cases = serializers.PrimaryKeyRelatedField[Any](queryset=Case.objects.all(), many=True, required=False)


class ResultWish(Shape):
    result = serializers.CharField(max_length=500, help_text="What came of it.")


class Actions(ApiView):
    queryset = CorrectiveAction.objects.select_related("owner", "root_cause").prefetch_related("cases")
    serializer_class = ActionShown
    lookup_value_regex = "[0-9]{1,15}"
    needs = {"create": ADD, "partial_update": CHANGE}

    @extend_schema(
        parameters=[OpenApiParameter("open", bool, description="Only those that are not done."), *PAGE],
        responses=ActionPage,
    )
    def list(self, request: Request) -> Response:
        """Corrective actions, latest planned first."""
        found: QuerySet[CorrectiveAction] = self.get_queryset()
        if request.query_params.get("open", "").lower() in ("true", "1"):
            found = found.filter(done_at=None)
        return self.page(found, order=("-planned_at", "-id"), kinds=(datetime, int), shape=ActionShown)

    @extend_schema(responses=ActionShown)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One of them."""
        return Response(ActionShown(self._at(pk)).data)

    @extend_schema(request=ActionWish, responses={201: ActionShown})
    def create(self, request: Request) -> Response:
        """Say what is done, by whom, until when, and because of which cases."""
        wish = self.wish(ActionWish)
        return self._shown(corrective.plan(wish.pop("what"), **wish, by=self.caller), 201)

    @extend_schema(request=ActionChange, responses=ActionShown)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Another owner, another day, other words."""
        return self._shown(corrective.change(self._at(pk), **self.wish(ActionChange), by=self.caller), 200)

    @extend_schema(request=ResultWish, responses={201: ActionShown})
    @action(detail=True, methods=["post"], needs=CHANGE)
    def completion(self, request: Request, pk: str) -> Response:
        """It is done, and this came of it."""
        return self._shown(corrective.finish(self._at(pk), **self.wish(ResultWish), by=self.caller), 201)

    def _at(self, pk: str) -> CorrectiveAction:
        found: Any = self.get_queryset().filter(pk=int(pk)).first()
        if found is None:
            raise Http404
        return found

    def _shown(self, one: CorrectiveAction, status: int) -> Response:
        return Response(ActionShown(self.get_queryset().get(pk=one.pk)).data, status=status)
