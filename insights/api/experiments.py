"""``/experiments/``: which arm a customer is in, for the page of a shop."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.rest import ApiView, Paged
from customers.api.customers import PAGE
from insights.actions import experiments
from insights.models import Experiment

Shape = serializers.Serializer[Any]


class ExperimentShown(serializers.ModelSerializer[Experiment]):
    class Meta:
        model = Experiment
        fields = ["key", "name", "hypothesis", "measure", "days", "planned", "looks", "state", "begins_at", "ends_on"]


class ExperimentPage(Paged):
    results = ExperimentShown(many=True)


class ArmShown(Shape):
    experiment = serializers.CharField()
    arm = serializers.CharField(help_text="The code of the arm: what to show.")
    counted = serializers.BooleanField(help_text="Whether this customer is part of the experiment.")


class Experiments(ApiView):
    queryset = Experiment.objects.all()
    lookup_field = "key"
    lookup_value_regex = "[-a-zA-Z0-9_]{1,60}"
    needs = {"assignment": "insights.ask_assignment"}

    @extend_schema(parameters=PAGE, responses=ExperimentPage)
    def list(self, request: Request) -> Response:
        """All experiments, in the order in which they were planned."""
        return self.page(self.get_queryset(), order=("id",), kinds=(int,), shape=ExperimentShown)

    @extend_schema(
        parameters=[OpenApiParameter("customer", str, required=True, description="The customer's number.")],
        responses=ArmShown,
    )
    @action(detail=True)
    def assignment(self, request: Request, key: str) -> Response:
        """The arm of a customer, the same each time. Asked for the first time, the customer comes in.

        Somebody we do not know gets an arm too, and is not counted. Before it begins and after its end everybody gets
        the first arm.
        """
        number = serializers.CharField(max_length=60).run_validation(request.query_params.get("customer", ""))
        arm = experiments.assign(key, number)
        if arm is None:
            raise Http404
        return Response({"experiment": key, "arm": arm.code, "counted": arm.counted})
