"""``/cases/found/`` and who works on a case: ``…/assignment/``, ``/waiting/``, ``/snooze/``, ``/spam/``."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.rest import Moment
from feedback.actions import assignment, cases, snoozing, spam
from feedback.api import case_shapes as shapes
from feedback.api.case_shapes import Code, Shape
from feedback.api.one_case import OfOneCase
from feedback.models import Case, Team
from feedback.queries import search
from people.models import User

NOTES, CHANGE, ASSIGN = "feedback.read_notes", "feedback.change_case", "feedback.assign_case"
QUERY = OpenApiParameter("query", str, required=True, description="Words, #number, customer, e-mail, order.")


class FoundShown(Shape):
    case = shapes.CaseRow()
    why = serializers.ChoiceField(choices=search.Why.choices)
    excerpt = serializers.CharField(allow_blank=True, help_text="Around the first word that fitted.")


class FoundList(Shape):
    results = FoundShown(many=True)


class AssignmentWish(Shape):
    """Either of them, or both: a team gives out what has nobody, as it does with new ones."""

    agent = serializers.SlugRelatedField[User](
        slug_field="username", queryset=User.objects.filter(is_active=True, is_staff=True), required=False,
        allow_null=True, help_text="User name; null: nobody has it.",
    )  # fmt: skip
    team = Code(queryset=Team.objects.all(), required=False, allow_null=True)


class WaitingWish(Shape):
    waiting = serializers.ChoiceField(choices=Case.Waiting.choices, allow_blank=True, help_text="Empty: for us again.")


class SnoozeWish(Shape):
    until = Moment(allow_null=True, help_text="Null: it is awake.")
    firmly = serializers.BooleanField(default=False, help_text="Even where the customer writes.")


class SpamWish(Shape):
    spam = serializers.BooleanField(help_text="False takes it back: it begins as if it had just come in.")


class CaseHandling(OfOneCase):
    serializer_class = shapes.CaseRow

    @extend_schema(parameters=[QUERY], responses=FoundList)
    @action(detail=False)
    def found(self, request: Request) -> Response:
        """Cases that fit, the surest first, at most 25. Notes are looked through where the caller may read them."""
        holder: Any = request.auth or request.user
        hits = search.find(request.query_params.get("query", ""), notes=holder.has_perm(NOTES))
        rows = self.get_queryset().in_bulk([hit.case.pk for hit in hits])
        told = [
            {"case": rows[hit.case.pk], "why": hit.why, "excerpt": "".join(piece.text for piece in hit.excerpt)}
            for hit in hits
        ]
        return Response(FoundList({"results": told}).data)

    @extend_schema(request=AssignmentWish, responses={201: shapes.CaseRow})
    @action(detail=True, methods=["post"], needs=ASSIGN)
    def assignment(self, request: Request, pk: str) -> Response:
        """Give a case to a colleague, to a team, or back to the queue."""
        case, wish = self._at(pk), self.wish(AssignmentWish)
        if "team" in wish:
            case = assignment.to_team(case, wish["team"], by=self.caller)
        if "agent" in wish:
            cases.assign(case, to=wish["agent"], by=self.caller)
        return self._row(pk)

    @extend_schema(request=WaitingWish, responses={201: shapes.CaseRow})
    @action(detail=True, methods=["post"], needs=CHANGE)
    def waiting(self, request: Request, pk: str) -> Response:
        """Say for whom a case waits; promises that pause for that stand still."""
        cases.wait(self._at(pk), on=self.wish(WaitingWish)["waiting"], by=self.caller)
        return self._row(pk)

    @extend_schema(request=SnoozeWish, responses={201: shapes.CaseRow})
    @action(detail=True, methods=["post"], needs=CHANGE)
    def snooze(self, request: Request, pk: str) -> Response:
        """Take a case out of the queue until a time, or bring it back. Its promises go on."""
        case, wish = self._at(pk), self.wish(SnoozeWish)
        if wish["until"] is None:
            snoozing.wake(case, by=self.caller)
        else:
            snoozing.snooze(case, **wish, by=self.caller)
        return self._row(pk)

    @extend_schema(request=SpamWish, responses={201: shapes.CaseRow})
    @action(detail=True, methods=["post"], needs=CHANGE)
    def spam(self, request: Request, pk: str) -> Response:
        """Hold a case aside as spam, or say that it is none."""
        step = spam.hold if self.wish(SpamWish)["spam"] else spam.release
        step(self._at(pk), by=self.caller)
        return self._row(pk)

    def _row(self, pk: str) -> Response:
        row: Any = self.get_queryset().get(pk=int(pk))
        return Response(shapes.CaseRow(row).data, status=201)
