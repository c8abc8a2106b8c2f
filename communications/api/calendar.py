"""``/plans/calendar/`` and ``/plans/{id}/moves/``: what stands on which day, and a campaign on another one."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from communications.actions import publishing
from communications.api.enrolments import ONE
from communications.api.plans import EffectShown, PlanShown
from communications.filters import Filters
from communications.models import CalendarView, Plan, ShopDay
from communications.queries import calendar
from config.rest import ApiView, Day
from customers.api.customers import PAGE
from people.api import PARAMETER, ViewPage, ViewShown
from people.api import asked as asked_for
from people.models import User

Shape = serializers.Serializer[Any]
CHANGE, PUBLISH = "communications.change_plan", "communications.publish_plan"
LONGEST = timedelta(days=100)
NOBODY = 0


def register(router: BaseRouter) -> None:
    router.register("plans", PlanCalendar, "plan-calendar")


class CalendarAsked(Shape):
    first = Day()
    last = Day()
    channel = serializers.CharField(required=False, default="")
    segment = serializers.CharField(required=False, default="")
    owner = serializers.CharField(required=False, default="")
    plan = serializers.CharField(required=False, default="")
    status = serializers.ChoiceField(Plan.Status.choices, required=False, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not timedelta() <= attrs["last"] - attrs["first"] <= LONGEST:
            raise ValidationError(_("Ask for 100 days at most, the first before the last."), code="span")
        return attrs


class PlanItemShown(Shape):
    day = Day(help_text="The customers' own day.")
    time = serializers.TimeField(allow_null=True, help_text="On the customers' own clocks.")
    plan = serializers.IntegerField(source="plan_id")
    plan_name = serializers.CharField(source="plan")
    step = serializers.CharField(source="key", help_text="The key of the step.")
    name = serializers.CharField()
    kind = serializers.CharField()
    channel = serializers.CharField()
    status = serializers.CharField(help_text="Of the plan: idea, draft, live and so on.")
    segment = serializers.IntegerField(source="segment_id", allow_null=True)
    sequence = serializers.BooleanField()
    customers = serializers.IntegerField(help_text="Counted for what sequences bring; 0 for campaigns.")


class HolidayShown(Shape):
    day = Day()
    name = serializers.CharField()


class OccasionShown(serializers.ModelSerializer[ShopDay]):
    class Meta:
        model = ShopDay
        fields = ["id", "name", "kind", "starts_on", "ends_on"]


class PlanCalendarShown(Shape):
    items = PlanItemShown(many=True)
    holidays = HolidayShown(many=True)
    occasions = OccasionShown(many=True)


class MoveWish(Shape):
    to = Day(help_text="The day on which the campaign starts then; its time is kept.")
    version = serializers.IntegerField(min_value=0, help_text="That of the plan which you have read.")
    preview = serializers.BooleanField(default=False, help_text="Only say what it would do.")


class MovedShown(Shape):
    plan = PlanShown()
    effect = EffectShown(help_text="Of pending touchpoints; what was sent stays.")


class PlanCalendar(ApiView):
    queryset = Plan.objects.all()
    lookup_value_regex = ONE

    @extend_schema(
        parameters=[
            OpenApiParameter("first", str, required=True, description="The first day, such as 2026-06-01."),
            OpenApiParameter("last", str, required=True, description="The last day; 100 days at most."),
            OpenApiParameter("channel", str, description="Only by this channel."),
            OpenApiParameter("segment", int, description="Only for the segment with this id."),
            OpenApiParameter("owner", str, description="Only of plans that belong to who has this user name."),
            OpenApiParameter("plan", int, description="Only of this plan."),
            OpenApiParameter("status", str, enum=Plan.Status.values, description="Only of plans that are so."),
            PARAMETER,
        ],
        responses=PlanCalendarShown,
    )
    @action(detail=False, pagination_class=None)
    def calendar(self, request: Request) -> Response:
        """What stands on each day: campaigns, what sequences bring, public holidays and occasions.

        Refused with `span` for more than 100 days, and `unknown_view`.
        """
        asked = CalendarAsked(data=request.query_params)
        asked.is_valid(raise_exception=True)
        said = dict(asked.validated_data)
        first, last = said.pop("first"), said.pop("last")
        if name := said["owner"]:
            said["owner"] = str(User.objects.filter(username=name).values_list("pk", flat=True).first() or NOBODY)
        view = asked_for(request, CalendarView)
        found = calendar.chosen(calendar.items(first, last), Filters(first, **said))
        if view:
            found = calendar.chosen(found, Filters.read(view.filters, first))
        layer = calendar.layer(first, last)
        occasions = {one.pk: one for day in layer.occasions.values() for one in day}
        shown = {
            "items": found,
            "holidays": [{"day": day, "name": name} for day, name in sorted(layer.holidays.items())],
            "occasions": list(occasions.values()),
        }
        return Response(PlanCalendarShown(shown).data)

    @extend_schema(parameters=PAGE, responses=ViewPage)
    @action(detail=False, url_path="calendar/views", url_name="calendar-views")
    def views(self, request: Request) -> Response:
        """Views of the calendar that are shared. Take what one shows by `/plans/calendar/?view=`."""
        shared = CalendarView.objects.shared().select_related("owner")
        return self.page(shared, order=("id",), kinds=(int,), shape=ViewShown)

    @extend_schema(request=MoveWish, responses=MovedShown)
    @action(detail=True, methods=["post"], needs=CHANGE)
    def moves(self, request: Request, pk: str) -> Response:
        """Move a campaign to another day, or only say what that would do. A live one asks for `plans:run` as well.

        Refused with `changed_meanwhile` where somebody else changed it, `no_campaign`, `plan_state`, `draft_waits`,
        `approval_void`.
        """
        plan, wish = self.get_object(), self.wish(MoveWish)
        holder: Any = request.auth or request.user
        if plan.current_id and not holder.has_perm(PUBLISH):
            self.permission_denied(request)
        effect = publishing.preview_move(plan, to=wish["to"])
        if not wish["preview"]:
            plan = publishing.move(plan, to=wish["to"], by=self.caller, expected=wish["version"])
        return Response(MovedShown({"plan": Plan.objects.get(pk=plan.pk), "effect": effect}).data)
