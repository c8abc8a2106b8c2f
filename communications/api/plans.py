"""``/plans/``, ``/enrolments/`` and ``/customers/{number}/touchpoints/``: what is planned, for whom, and why."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from communications import designs, wording
from communications.actions import enrolments, plans
from communications.models import Enrolment, Plan, Touchpoint
from communications.queries import standing
from config.rest import ApiView, Moment, Paged
from customers.actions import history
from customers.api.customers import PAGE, customer_at
from customers.models import AccessLog

Shape = serializers.Serializer[Any]
ONE = r"\d{1,18}"


def register(router: BaseRouter) -> None:
    router.register("plans", Plans, "plan")
    router.register("enrolments", Enrolments, "enrolment")
    router.register("customers", CustomerTouchpoints, "customer-touchpoint")


class PlanShown(serializers.ModelSerializer[Plan]):
    class Meta:
        model = Plan
        fields = ["id", "name", "kind", "status", "version", "live_since", "paused_at", "ended_at"]


class PlanPage(Paged):
    results = PlanShown(many=True)


class StepCounts(Shape):
    states = serializers.DictField(child=serializers.IntegerField())
    reasons = serializers.DictField(child=serializers.IntegerField(), help_text="Of those that did not arrive.")


class PlanWhole(PlanShown):
    content = serializers.JSONField(help_text="What the version that holds says; null before it went live.")
    progress = serializers.DictField(child=StepCounts(), help_text="By the key of the step; the empty one is all.")

    class Meta(PlanShown.Meta):
        fields = [*PlanShown.Meta.fields, "content", "progress"]


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


class Plans(ApiView):
    queryset = Plan.objects.all()
    lookup_value_regex = ONE

    @extend_schema(
        parameters=[
            OpenApiParameter("status", str, enum=Plan.Status.values, description="Only plans that are so."),
            OpenApiParameter("kind", str, enum=Plan.Kind.values, description="Only campaigns, or only sequences."),
            *PAGE,
        ],
        responses=PlanPage,
    )
    def list(self, request: Request) -> Response:
        """All plans, in the order in which they were made."""
        found: QuerySet[Plan] = self.get_queryset()
        for name in ("status", "kind"):
            if value := request.query_params.get(name):
                found = found.filter(**{name: value})
        return self.page(found, order=("id",), kinds=(int,), shape=PlanShown)

    @extend_schema(responses=PlanWhole)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One plan: what it says, and what became of its touchpoints."""
        return Response(_whole(self.get_object()))

    @extend_schema(request=None, responses=PlanShown)
    @action(detail=True, methods=["post"], needs="communications.publish_plan")
    def pause(self, request: Request, pk: str) -> Response:
        """Stop a live plan at once; what waits in the outbox is taken back. Refused with `plan_state`."""
        return Response(PlanShown(plans.pause(self.get_object(), by=self.caller)).data)

    @extend_schema(request=None, responses=PlanShown)
    @action(detail=True, methods=["post"], needs="communications.publish_plan")
    def resume(self, request: Request, pk: str) -> Response:
        """Let a paused plan go on. Refused with `plan_state`."""
        return Response(PlanShown(plans.resume(self.get_object(), by=self.caller)).data)

    @extend_schema(request=EnrolmentWish, responses={201: EnrolmentShown})
    @action(detail=True, methods=["post"], needs="communications.enrol_customer")
    def enrolments(self, request: Request, pk: str) -> Response:
        """Take a customer into a live sequence; the same key finds the enrolment of the first time.

        Refused with `plan_not_live`, `no_sequence`, `customer_gone`, `already_active`, `once_only`, `not_in_segment`
        or `too_late`.
        """
        plan, wish = self.get_object(), self.wish(EnrolmentWish)
        customer = customer_at(wish["customer"])
        self.tells_of(customer.pk)
        key = f"api:{wish['key']}" if "key" in wish else ""
        made = enrolments.enrol(plan, customer, anchor=wish.get("anchor"), key=key, by=self.caller)
        return Response(EnrolmentShown(made).data, status=201)


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


def _whole(plan: Plan) -> dict[str, Any]:
    counted = {
        key: {"states": dict(one.states), "reasons": dict(one.reasons)} for key, one in standing.progress(plan).items()
    }
    content = designs.of(plan.current).content() if plan.current else None
    return {**PlanShown(plan).data, "content": content, "progress": counted}
