"""``/human-tasks/``: what people call, write and pack for customers, and how it ended."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from communications.actions import human_tasks
from communications.api.enrolments import ONE
from communications.models import HumanTask, Step
from communications.queries import human_tasks as questions
from config.rest import ApiView, Moment, OneLine, Paged
from customers.actions import history
from customers.api.customers import PAGE, customer_at
from customers.models import AccessLog

Shape = serializers.Serializer[Any]
Outcome = HumanTask.Outcome
CHANGE = "communications.change_humantask"
KINDS = [(kind.value, kind.label) for kind in Step.Kind if Step.OWN_CHANNEL.get(kind) in Step.BY_PEOPLE]


def register(router: BaseRouter) -> None:
    router.register("human-tasks", HumanTasks, "human-task")


class TaskShown(serializers.ModelSerializer[HumanTask]):
    customer = serializers.CharField(source="customer.number", help_text="The customer's number.")
    plan = serializers.SerializerMethodField(help_text="The plan whose step it is; null for one made by hand.")
    assignee = serializers.SerializerMethodField(help_text="The user name of who does it.")

    class Meta:
        model = HumanTask
        fields = [
            "id", "kind", "customer", "title", "script", "marketing", "due_at", "expires_at", "plan", "touchpoint",
            "assignee", "state", "outcome", "reason", "note", "attempts", "created_at", "escalated_at", "ended_at",
        ]  # fmt: skip

    def get_plan(self, task: HumanTask) -> int | None:
        return task.touchpoint.plan_id if task.touchpoint else None

    def get_assignee(self, task: HumanTask) -> str:
        return task.assignee.get_username() if task.assignee else ""


class TaskPage(Paged):
    results = TaskShown(many=True)


class TaskWish(Shape):
    customer = serializers.CharField(max_length=60, help_text="The customer's number.")
    kind = serializers.ChoiceField(KINDS)
    title = OneLine(max_length=160)
    script = serializers.CharField(required=False, default="", max_length=5_000)
    due_at = Moment()
    marketing = serializers.BooleanField(default=True)


class OutcomeWish(Shape):
    outcome = serializers.ChoiceField(
        Outcome.choices, help_text="`not_reached` tries again on the next business day, three times in all."
    )
    note = serializers.CharField(required=False, default="", max_length=2_000)


class HumanTasks(ApiView):
    queryset = HumanTask.objects.select_related("customer", "touchpoint", "assignee")
    lookup_value_regex = ONE
    needs = {"create": "communications.add_humantask"}

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "state",
                str,
                enum=HumanTask.State.values,
                description="Only tasks that are so; `open` ones without marketing that is on hold for the customer.",
            ),
            OpenApiParameter(
                "kind", str, enum=[kind for kind, _ in KINDS], description="Only calls, notes and so on."
            ),
            OpenApiParameter("customer", str, description="Only of the customer with this number."),
            *PAGE,
        ],
        responses=TaskPage,
    )
    def list(self, request: Request) -> Response:
        """What is and was to be done, the latest first. That it was read is written down for each customer."""
        found: QuerySet[HumanTask] = self.get_queryset()
        for name in ("state", "kind"):
            if value := request.query_params.get(name):
                found = found.filter(**{name: value})
        if request.query_params.get("state") == HumanTask.State.OPEN:
            found = found.filter(pk__in=questions.to_do())
        if number := request.query_params.get("customer"):
            found = found.filter(customer=customer_at(number))
        answer = self.page(found, order=("-pk",), kinds=(int,), shape=TaskShown)
        read = found.filter(pk__in=[row["id"] for row in answer.data["results"]])
        told = sorted(set(read.values_list("customer", flat=True)))
        history.note_many(told, AccessLog.What.LISTED, by=self.caller, through=self.through, fields=["tasks"])
        return answer

    @extend_schema(request=TaskWish, responses={201: TaskShown})
    def create(self, request: Request) -> Response:
        """Something to do for a customer, by hand and without a plan. Refused with `no_title` or `customer_gone`."""
        wish = self.wish(TaskWish)
        customer = customer_at(wish.pop("customer"))
        self.tells_of(customer.pk)
        return Response(TaskShown(human_tasks.add(customer, **wish, by=self.caller)).data, status=201)

    @extend_schema(request=OutcomeWish, responses=TaskShown)
    @action(detail=True, methods=["post"], needs=CHANGE)
    def outcome(self, request: Request, pk: str) -> Response:
        """Say how it ended: calls are reached or not, notes and gifts are sent, and may come back (`returned`).

        Refused with `task_state` or `outcome_unfit`.
        """
        task, wish = self.get_object(), self.wish(OutcomeWish)
        self.tells_of(task.customer_id)
        if wish["outcome"] == Outcome.RETURNED:
            done = human_tasks.came_back(task, by=self.caller)
        elif wish["outcome"] == Outcome.NOT_REACHED:
            done = human_tasks.missed(task, note=wish["note"], by=self.caller)
        else:
            done = human_tasks.finish(task, **wish, by=self.caller)
        return Response(TaskShown(done).data)

    @extend_schema(request=None, responses=TaskShown)
    @action(detail=True, methods=["post"], needs=CHANGE)
    def drop(self, request: Request, pk: str) -> Response:
        """It is not done after all. Refused with `task_state`."""
        task = self.get_object()
        self.tells_of(task.customer_id)
        return Response(TaskShown(human_tasks.drop(task, by=self.caller)).data)
