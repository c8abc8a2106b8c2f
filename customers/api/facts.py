"""``/facts/``: other systems report what customers did."""

from operator import itemgetter
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config import errors
from config.rest import ApiView
from customers.actions import facts
from customers.api.shapes import ReportWish
from customers.models import Fact
from customers.reports import Report


class FactOutcome(serializers.Serializer[Any]):
    """What became of one report: a fact, or the errors that kept it out."""

    index = serializers.IntegerField(help_text="Its place in what was sent, from 0.")
    id = serializers.IntegerField(allow_null=True)
    created = serializers.BooleanField(help_text="False where it was reported before.")
    errors = serializers.ListField(child=serializers.DictField())  # type: ignore[assignment]


class FactOutcomes(serializers.Serializer[Any]):
    results = FactOutcome(many=True)


class Facts(ApiView):
    queryset = Fact.objects.all()
    needs = "customers.add_fact"
    answers_items = True

    @extend_schema(request=ReportWish(many=True), responses={201: FactOutcomes, 200: FactOutcomes})
    def create(self, request: Request) -> Response:
        """Report one fact, or a list of up to 1,000; each of a list has its outcome, and none keeps out another.

        A single fact that is refused is a 400. Answers 200 where nothing was new.
        """
        if not isinstance(request.data, list):
            [outcome] = facts.report_many([Report(**self.wish(ReportWish))], by=self.caller)
            if outcome.refusal:
                raise outcome.refusal
            return self._answered([_told(0, outcome)])
        if len(request.data) > facts.AT_ONCE:
            raise facts.TooMany(len(request.data))
        wishes, unread = self.wishes(ReportWish)
        outcomes = facts.report_many([Report(**wish) for wish in wishes.values()], by=self.caller)
        results = [_told(place, outcome) for place, outcome in zip(wishes, outcomes, strict=True)]
        for place, details in unread.items():
            found = list(errors.of_details(details, str(place)))
            results.append({"index": place, "id": None, "created": False, "errors": found})
        return self._answered(sorted(results, key=itemgetter("index")))

    def _answered(self, results: list[dict[str, Any]]) -> Response:
        return Response({"results": results}, status=201 if any(row["created"] for row in results) else 200)


def _told(index: int, outcome: facts.Outcome) -> dict[str, Any]:
    return {
        "index": index,
        "id": outcome.fact and outcome.fact.pk,
        "created": outcome.created,
        "errors": errors.of_item(outcome.refusal, index) if outcome.refusal else [],
    }
