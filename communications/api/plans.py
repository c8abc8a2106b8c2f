"""``/plans/``: what is planned, and what becomes of it, from the first draft to its end."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from communications import designs
from communications.actions import approvals, enrolments, plans, publishing
from communications.api.enrolments import ONE, EnrolmentShown, EnrolmentWish
from communications.api.plan_designs import DesignSaid, read
from communications.designs import Design
from communications.flaws import flaws
from communications.models import Approval, Plan
from communications.queries import standing
from config.rest import ApiView, OneLine, Paged, etag, expected
from customers.api.customers import PAGE, customer_at
from people.models import User

Shape = serializers.Serializer[Any]
CHANGE, PUBLISH = "communications.change_plan", "communications.publish_plan"


def register(router: BaseRouter) -> None:
    router.register("plans", Plans, "plan")


class PlanShown(serializers.ModelSerializer[Plan]):
    owner = serializers.SlugRelatedField[User](slug_field="username", read_only=True, allow_null=True)

    class Meta:
        model = Plan
        fields = [
            "id", "name", "kind", "status", "version", "owner", "needs_approval", "live_since", "paused_at", "ended_at"
        ]  # fmt: skip


class PlanPage(Paged):
    results = PlanShown(many=True)


class StepCounts(Shape):
    states = serializers.DictField(child=serializers.IntegerField())
    reasons = serializers.DictField(child=serializers.IntegerField(), help_text="Of those that did not arrive.")


class FlawShown(Shape):
    code = serializers.CharField()
    message = serializers.CharField()
    step = serializers.CharField(help_text="Its key, where it is about one.")


class ApprovalShown(serializers.ModelSerializer[Approval]):
    class Meta:
        model = Approval
        fields = ["id", "state", "asked_at", "decided_at", "note"]


class PlanWhole(PlanShown):
    content = serializers.JSONField(help_text="What the version that holds says; null before it went live.")
    draft = serializers.JSONField(help_text="What is written and not published; null where there is nothing.")
    flaws = FlawShown(many=True, help_text="What keeps the draft from going live.")
    approval = ApprovalShown(allow_null=True, help_text="The last one that was asked for the draft.")
    progress = serializers.DictField(child=StepCounts(), help_text="By the key of the step; the empty one is all.")

    class Meta(PlanShown.Meta):
        fields = [*PlanShown.Meta.fields, "content", "draft", "flaws", "approval", "progress"]


class PlanWish(Shape):
    name = OneLine(max_length=120)
    kind = serializers.ChoiceField(Plan.Kind.choices)
    idea = serializers.BooleanField(default=False, help_text="It only stands on the calendar.")
    needs_approval = serializers.BooleanField(default=True, help_text="By somebody else, before it goes live.")
    content = DesignSaid(required=False, help_text="For `offers`, unless it says something else.")


class PlanChange(Shape):
    name = OneLine(max_length=120, required=False)
    needs_approval = serializers.BooleanField(required=False)
    content = DesignSaid(required=False)


class CopyWish(Shape):
    name = OneLine(max_length=120, required=False, default="", help_text="Else that of the plan.")
    days = serializers.IntegerField(min_value=-3_660, max_value=3_660, default=0, help_text="So many days later.")


class Decision(Shape):
    approval = serializers.IntegerField(min_value=0, help_text="Its id: what was shown, and nothing since.")
    approve = serializers.BooleanField()
    note = serializers.CharField(max_length=1_000, required=False, default="", allow_blank=True)


class EffectShown(Shape):
    moved = serializers.IntegerField()
    cancelled = serializers.IntegerField()
    added = serializers.IntegerField()
    left_out = serializers.IntegerField()
    customers = serializers.IntegerField()
    conflicts = serializers.IntegerField(help_text="Customers who would be over a cap.")


class Plans(ApiView):
    queryset = Plan.objects.select_related("owner")
    lookup_value_regex = ONE
    needs = {"create": "communications.add_plan", "partial_update": CHANGE}

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
        """One plan: what it says, what its draft does, and what became of its touchpoints."""
        return self._whole(self.get_object())

    @extend_schema(request=PlanWish, responses={201: PlanWhole})
    def create(self, request: Request) -> Response:
        """Write a plan: a draft, of which nothing goes out.

        Refused where not even a draft can be so, such as with `verb_missing`, `window_backwards` or `reward_missing`;
        what else is missing stands in `flaws`.
        """
        wish = self.wish(PlanWish)
        start = Design(anchor="date" if wish["kind"] == Plan.Kind.CAMPAIGN else "fact", purpose="offers")
        design = read(wish.pop("content", {}), start)
        return self._whole(plans.create(**wish, design=design, by=self.caller), status=201)

    @extend_schema(request=PlanChange, responses=PlanWhole)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change the draft; what you do not name stays. What is live goes on until the draft is published.

        An approval of the draft is void. Refused with `plan_state` where it has ended, and as a new one.
        """
        plan, wish = self.get_object(), self.wish(PlanChange)
        said = wish.pop("content", None)
        design = read(said, designs.of(plans.latest(plan))) if said is not None else None
        return self._whole(plans.edit(plan, design, by=self.caller, expected=expected(request), **wish))

    @extend_schema(request=None, responses={201: PlanWhole})
    @action(detail=True, methods=["post"], needs=CHANGE)
    def submit(self, request: Request, pk: str) -> Response:
        """Ask for the approval of the draft, word for word as it is. Refused with `no_draft`, or its flaws."""
        plan = self.get_object()
        approvals.submit(plan, by=self.caller, expected=expected(request))
        return self._whole(self.get_object(), status=201)

    @extend_schema(request=Decision, responses=PlanWhole)
    @action(detail=True, methods=["post"], needs="communications.approve_plan")
    def decide(self, request: Request, pk: str) -> Response:
        """Approve or decline what was asked for. Refused with `not_asked`, `own_plan` or `approval_void`."""
        plan, wish = self.get_object(), self.wish(Decision)
        asked = get_object_or_404(Approval, pk=wish["approval"], version__plan=plan)
        decide = approvals.grant if wish["approve"] else approvals.decline
        decide(asked, by=self.caller, note=wish["note"])
        return self._whole(self.get_object())

    @extend_schema(responses=EffectShown)
    @action(detail=True)
    def effect(self, request: Request, pk: str) -> Response:
        """What publishing the draft would do to those who are in the plan. Refused with `no_draft`, or its flaws."""
        return Response(EffectShown(publishing.preview(self.get_object())).data)

    @extend_schema(request=None, responses=PlanWhole)
    @action(detail=True, methods=["post"], needs=PUBLISH)
    def publish(self, request: Request, pk: str) -> Response:
        """Let the draft hold from now on; what is to come follows it.

        Refused with `no_draft`, `plan_state`, `approval_void`, or its flaws.
        """
        return self._whole(publishing.publish(self.get_object(), by=self.caller, expected=expected(request)))

    @extend_schema(request=None, responses=PlanShown)
    @action(detail=True, methods=["post"], needs=PUBLISH)
    def pause(self, request: Request, pk: str) -> Response:
        """Stop a live plan at once; what waits in the outbox is taken back. Refused with `plan_state`."""
        return self._shown(plans.pause(self.get_object(), by=self.caller, expected=expected(request)))

    @extend_schema(request=None, responses=PlanShown)
    @action(detail=True, methods=["post"], needs=PUBLISH)
    def resume(self, request: Request, pk: str) -> Response:
        """Let a paused plan go on. Refused with `plan_state`."""
        return self._shown(plans.resume(self.get_object(), by=self.caller, expected=expected(request)))

    @extend_schema(request=None, responses=PlanShown)
    @action(detail=True, methods=["post"], needs=PUBLISH)
    def end(self, request: Request, pk: str) -> Response:
        """End a plan for good: what was to come is cancelled. Refused with `plan_state`."""
        return self._shown(plans.end(self.get_object(), by=self.caller, expected=expected(request)))

    @extend_schema(request=CopyWish, responses={201: PlanWhole})
    @action(detail=True, methods=["post"], needs="communications.add_plan")
    def copies(self, request: Request, pk: str) -> Response:
        """A new draft that says the same, so many days later where it has a date."""
        return self._whole(plans.duplicate(self.get_object(), **self.wish(CopyWish), by=self.caller), status=201)

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

    def _shown(self, plan: Plan) -> Response:
        return Response(PlanShown(plan).data, headers={"ETag": etag(plan.version)})

    def _whole(self, plan: Plan, status: int = 200) -> Response:
        return Response(_whole(plan), status=status, headers={"ETag": etag(plan.version)})


def _whole(plan: Plan) -> dict[str, Any]:
    counted = {
        key: {"states": dict(one.states), "reasons": dict(one.reasons)} for key, one in standing.progress(plan).items()
    }
    draft = plan.versions.filter(published_at=None).first()
    written = designs.of(draft) if draft else None
    asked = Approval.objects.filter(version=draft).order_by("-pk").first() if draft else None
    return {
        **PlanShown(plan).data,
        "content": designs.of(plan.current).content() if plan.current else None,
        "draft": written.content() if written else None,
        "flaws": FlawShown(flaws(written, plan.kind), many=True).data if written else [],
        "approval": ApprovalShown(asked).data if asked else None,
        "progress": counted,
    }
