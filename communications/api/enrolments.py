"""``/enrolments/`` and ``/customers/{number}/touchpoints/``: who is in which plan, and what became of it."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from communications import wording
from communications.actions import enrolments
from communications.models import Enrolment, Touchpoint
from config.rest import ApiView, Moment, Paged
from customers.actions import history
from customers.api.customers import PAGE, customer_at
from customers.models import AccessLog

Shape = serializers.Serializer[Any]
ONE = r"\d{1,18}"


def register(router: BaseRouter) -> None:
    router.register("enrolments", Enrolments, "enrolment")
    router.register("customers", CustomerTouchpoints, "customer-touchpoint")


class EnrolmentShown(serializers.ModelSerializer[Enrolment]):
    customer = serializers.CharField(source="customer.number", help_text="The customer's number.")

    class Meta:
        model = Enrolment
        fields = [
            "id", "plan", "customer", "anchor_key", "anchor_at", "anchor_on", "state", "reason", "enrolled_at",
            "ended_at",
        ]  # fmt: skip


class EnrolmentPage(Paged):
    results = EnrolmentShown(many=True)


class EnrolmentWish(Shape):
    customer = serializers.CharField(max_length=60, help_text="The customer's number.")
    anchor = Moment(required=False, help_text="What steps count from; now, if you say nothing.")
    key = serializers.RegexField(
        r"^[!-~]{1,80}$", required=False, help_text="Names the anchor: the same one takes a customer in once."
    )


class TouchpointShown(serializers.ModelSerializer[Touchpoint]):
    why = serializers.SerializerMethodField(help_text="A code: why it came, did not, or has not yet.")
    said = serializers.SerializerMethodField(help_text="The same in words.")

    class Meta:
        model = Touchpoint
        fields = [
            "id", "plan", "step_key", "anchor_key", "channel", "variant", "state", "due_at", "queued_at", "sent_at",
            "ended_at", "message", "why", "said",
        ]  # fmt: skip

    def get_why(self, one: Touchpoint) -> str:
        return one.reason or one.deferred or one.state

    def get_said(self, one: Touchpoint) -> str:
        return str(wording.reason(self.get_why(one)))


class TouchpointPage(Paged):
    results = TouchpointShown(many=True)


class Enrolments(ApiView):
    queryset = Enrolment.objects.select_related("customer")
    lookup_value_regex = ONE

    @extend_schema(
        parameters=[
            OpenApiParameter("plan", int, description="Only of this plan."),
            OpenApiParameter("customer", str, description="Only of the customer with this number."),
            *PAGE,
        ],
        responses=EnrolmentPage,
    )
    def list(self, request: Request) -> Response:
        """Who is or was in which sequence, the latest first."""
        found: QuerySet[Enrolment] = self.get_queryset()
        if plan := request.query_params.get("plan"):
            found = found.filter(plan=serializers.IntegerField(min_value=0).run_validation(plan))
        if number := request.query_params.get("customer"):
            found = found.filter(customer=customer_at(number))
        return self.page(found, order=("-pk",), kinds=(int,), shape=EnrolmentShown)

    @extend_schema(request=None, responses=EnrolmentShown)
    @action(detail=True, methods=["post"], needs="communications.enrol_customer")
    def exit(self, request: Request, pk: str) -> Response:
        """Take the customer out of the sequence; what was to come is cancelled. Refused with `not_active`."""
        enrolment = self.get_object()
        self.tells_of(enrolment.customer_id)
        return Response(EnrolmentShown(enrolments.leave(enrolment, by=self.caller)).data)


class CustomerTouchpoints(ApiView):
    queryset = Touchpoint.objects.select_related("enrolment", "message")
    lookup_field = "number"
    lookup_value_regex = "[^/]+"

    @extend_schema(parameters=PAGE, responses=TouchpointPage)
    @action(detail=True)
    def touchpoints(self, request: Request, number: str) -> Response:
        """What was planned for a customer, the latest first, and why it came or did not."""
        customer = customer_at(number)
        history.note(customer, AccessLog.What.READ, by=self.caller, through=self.through, fields=["touchpoints"])
        found = self.get_queryset().filter(customer=customer)
        return self.page(found, order=("-pk",), kinds=(int,), shape=TouchpointShown)
