"""``/surveys/``: what is asked, what came of it, and inviting customers."""

from datetime import timedelta
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.rest import ApiView, Day, Moment, etag, expected
from customers.api.customers import PAGE, customer_at
from feedback.actions import invitations, occasions, surveys
from feedback.api.survey_shapes import Planned, SurveyChange, SurveyPage, SurveyShown, SurveyWhole, SurveyWish
from feedback.models import Invitation, Survey
from feedback.queries import survey_results
from feedback.queries.versions import version
from feedback.surveys.scores import FORMULAS, Score

CHANGE, SEND = "feedback.change_survey", "feedback.send_survey"
Shape = serializers.Serializer[Any]
MOST_DAYS = 3650


class ScoreShown(Shape):
    n = serializers.IntegerField(help_text="How many answers it is of.")
    value = serializers.FloatField(allow_null=True)
    margin = serializers.FloatField(allow_null=True, help_text="Plus or minus, for 95 %; null where it says nothing.")
    few = serializers.BooleanField(help_text="Fewer than 30 answers: to be read with care.")


class MonthShown(ScoreShown):
    month = Day(help_text="Its first day, in the zone of the business.")


class ResultsShown(Shape):
    since = Moment()
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
    queryset = Survey.objects.select_related("team").prefetch_related("versions")
    lookup_field = "code"
    lookup_value_regex = "[-a-zA-Z0-9_]{1,40}"
    confidential = True
    needs = {"create": "feedback.add_survey", "partial_update": CHANGE}

    @extend_schema(parameters=PAGE, responses=SurveyPage)
    def list(self, request: Request) -> Response:
        """All surveys, in the order in which they were made."""
        return self.page(Survey.objects.all(), order=("id",), kinds=(int,), shape=SurveyShown)

    @extend_schema(responses=SurveyWhole)
    def retrieve(self, request: Request, code: str) -> Response:
        """One survey with its latest questions."""
        return self._shown(code)

    @extend_schema(request=SurveyWish, responses={201: SurveyWhole})
    def create(self, request: Request) -> Response:
        """A new survey, as a draft. Refused with `code_taken`, and with what cannot be asked: `text_missing`,
        `score_first`, `circle` …
        """
        wish = self.wish(SurveyWish)
        made = surveys.make(wish.pop("code"), wish.pop("name"), **wish, by=self.caller)
        return self._shown(made.code, 201)

    @extend_schema(request=SurveyChange, responses=SurveyWhole)
    def partial_update(self, request: Request, code: str) -> Response:
        """Change whom it is put to, and what happens then; `content` is its next draft."""
        surveys.change(self.get_object(), seen=expected(request), by=self.caller, **self.wish(SurveyChange))
        return self._shown(code)

    @extend_schema(request=None, responses={201: SurveyWhole})
    @action(detail=True, methods=["post"], needs=CHANGE)
    def publication(self, request: Request, code: str) -> Response:
        """Ask what was drafted from now on; a survey that was only a draft goes live."""
        surveys.publish(self.get_object())
        return self._shown(code, 201)

    @extend_schema(request=None, responses={201: SurveyWhole})
    @action(detail=True, methods=["post"], needs=CHANGE)
    def pause(self, request: Request, code: str) -> Response:
        """Invite nobody for now; what is out can be answered."""
        surveys.pause(self.get_object())
        return self._shown(code, 201)

    @extend_schema(request=None, responses={201: SurveyWhole})
    @action(detail=True, methods=["post"], needs=CHANGE)
    def resumption(self, request: Request, code: str) -> Response:
        """Invite again."""
        surveys.resume(self.get_object())
        return self._shown(code, 201)

    @extend_schema(request=None, responses={201: Planned})
    @action(detail=True, methods=["post"], needs=SEND)
    def waves(self, request: Request, code: str) -> Response:
        """Invite the members of its segment, as many as chance draws; once a day at most. Refused with
        `survey_not_live`.
        """
        return Response({"planned": occasions.ask_segment(self.get_object(), by=self.caller)}, status=201)

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
    @action(detail=True, methods=["post"], needs=SEND)
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

    def _shown(self, code: str, status: int = 200) -> Response:
        one: Any = get_object_or_404(self.get_queryset(), code=code)
        return Response(SurveyWhole(one).data, status=status, headers={"ETag": etag(version(one))})


def _said(score: Score) -> dict[str, Any]:
    return {"n": score.n, "value": score.value, "margin": score.margin, "few": score.few}
