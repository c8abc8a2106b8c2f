"""``/surveys/``: what is asked, what came of it, and inviting a customer."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.rest import ApiView
from customers.api.customers import PAGE, customer_at
from feedback.actions import invitations
from feedback.models import Invitation, Survey
from feedback.queries import survey_results
from feedback.surveys.scores import FORMULAS, Score

Shape = serializers.Serializer[Any]
MOST_DAYS = 3650


class SurveyShown(serializers.ModelSerializer[Survey]):
    class Meta:
        model = Survey
        fields = ["code", "name", "kind", "state", "occasion", "low_score"]


class SurveyPage(Shape):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = SurveyShown(many=True)


class ScoreShown(Shape):
    n = serializers.IntegerField(help_text="How many answers it is of.")
    value = serializers.FloatField(allow_null=True)
    margin = serializers.FloatField(allow_null=True, help_text="Plus or minus, for 95 %; null where it says nothing.")
    few = serializers.BooleanField(help_text="Fewer than 30 answers: to be read with care.")


class MonthShown(ScoreShown):
    month = serializers.DateField(help_text="Its first day, in the zone of the business.")


class ResultsShown(Shape):
    since = serializers.DateTimeField()
    invited = serializers.IntegerField()
    answered = serializers.IntegerField()
    formula = serializers.CharField(help_text="How the score is worked out; empty where nothing is measured.")
    score = ScoreShown(allow_null=True)
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="How often each number was given.")
    months = MonthShown(many=True)


class InvitationWish(Shape):
    customer = serializers.CharField(max_length=60, help_text="The customer's number.")


class InvitationShown(serializers.ModelSerializer[Invitation]):
    class Meta:
        model = Invitation
        fields = ["id", "state", "language", "sent_at", "expires_at"]


class Surveys(ApiView):
    queryset = Survey.objects.all()
    lookup_field = "code"
    lookup_value_regex = "[-a-zA-Z0-9_]{1,40}"
    confidential = True

    @extend_schema(parameters=PAGE, responses=SurveyPage)
    def list(self, request: Request) -> Response:
        """All surveys, in the order in which they were made."""
        return self.page(self.get_queryset(), order=("id",), kinds=(int,), shape=SurveyShown)

    @extend_schema(responses=SurveyShown)
    def retrieve(self, request: Request, code: str) -> Response:
        """One survey."""
        return Response(SurveyShown(self.get_object()).data)

    @extend_schema(
        parameters=[OpenApiParameter("days", int, description="Of the last so many days (365).")],
        responses=ResultsShown,
    )
    @action(detail=True)
    def results(self, request: Request, code: str) -> Response:
        """What came of a survey: never a score without how many answers it is of."""
        survey = self.get_object()
        days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS).run_validation(
            request.query_params.get("days", 365)
        )
        until = timezone.now()
        since = until - timedelta(days=days)
        found = survey_results.results(survey, since, until)
        asked = survey_results.asked(survey, since, until)
        answer = {
            "since": since,
            "invited": asked.sent,
            "answered": asked.answered,
            "formula": str(FORMULAS.get(survey.kind, "")),
            "score": _said(found.score) if found.score else None,
            "counts": {str(value): many for value, many in found.counts.items()},
            "months": [{"month": month} | _said(score) for month, score in found.months],
        }
        return Response(ResultsShown(answer).data)

    @extend_schema(request=InvitationWish, responses={201: InvitationShown})
    @action(detail=True, methods=["post"], needs="feedback.send_survey")
    def invitations(self, request: Request, code: str) -> Response:
        """Invite a customer now. What is answered is told by the fact `survey_answered`, to webhooks as well.

        Refused with `survey_not_live`, `not_active`, `not_in_segment`, `no_consent`, `no_address` or `cooldown`.
        """
        survey, wish = self.get_object(), self.wish(InvitationWish)
        customer = customer_at(wish["customer"])
        self.tells_of(customer.pk)
        key = f"api:{request.headers['Idempotency-Key']}:{survey.pk}:{customer.pk}"
        made = invitations.invite(survey, customer, key=key, by=self.caller)
        return Response(InvitationShown(made).data, status=201)


def _said(score: Score) -> dict[str, Any]:
    return {"n": score.n, "value": score.value, "margin": score.margin, "few": score.few}
