"""``/calendars/``: opening hours, and when something is due by them."""

from datetime import UTC
from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from calendars import queries, targets
from calendars.models import Calendar, Version
from calendars.targets import Unit
from config.rest import ApiView, Paged

PAGE = [
    OpenApiParameter("cursor", str, description="Where the page begins: taken from `next` or `previous`."),
    OpenApiParameter("limit", int, description="How many, 1 to 200. 50 if you say nothing."),
]
WEEK_EXAMPLE = "Weekday (`mon` … `sun`) to shifts `[opens, closes]`; one that closes no later runs over midnight."


class CalendarShown(serializers.ModelSerializer[Calendar]):
    version = serializers.IntegerField()

    class Meta:
        model = Calendar
        fields = ["code", "name", "main", "version"]


class CalendarPage(Paged):
    results = CalendarShown(many=True)


class CalendarWhole(CalendarShown):
    tz = serializers.CharField(help_text="IANA name of the zone that the hours are in.")
    weekly = serializers.DictField(help_text=WEEK_EXAMPLE)
    holidays = serializers.ListField(child=serializers.DateField(), help_text="Closed all day.")
    special = serializers.DictField(help_text="Date to shifts that replace those of its weekday.")
    known_from = serializers.IntegerField(help_text="Public holidays are known for the years from here")
    known_through = serializers.IntegerField(help_text="to here.")

    class Meta(CalendarShown.Meta):
        fields = [*CalendarShown.Meta.fields, "tz", "weekly", "holidays", "special", "known_from", "known_through"]


class DueWish(serializers.Serializer[Any]):
    amount = serializers.IntegerField(min_value=0, max_value=10_000_000)
    unit = serializers.ChoiceField(choices=Unit.choices, default=Unit.HOURS)
    start = serializers.DateTimeField(required=False, help_text="Left out: now.")


class DueShown(serializers.Serializer[Any]):
    start = serializers.DateTimeField()
    due = serializers.DateTimeField()
    open_seconds = serializers.IntegerField(help_text="Open time from the start until then.")
    version = serializers.IntegerField(help_text="Of the calendar, by which this was reckoned.")


class OpenWish(serializers.Serializer[Any]):
    at = serializers.DateTimeField(required=False, help_text="Left out: now.")


class OpenShown(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    open = serializers.BooleanField()
    next_open = serializers.DateTimeField(allow_null=True, help_text="`at` itself where it is open.")


def register(router: BaseRouter) -> None:
    router.register("calendars", Calendars, "calendar")


class Calendars(ApiView):
    queryset = Calendar.objects.filter(retired_at=None)
    lookup_field = "code"
    lookup_value_regex = "[^/]+"

    @extend_schema(parameters=PAGE, responses=CalendarPage)
    def list(self, request: Request) -> Response:
        """The calendars in use, in the order in which they were made."""
        return self.page(self.get_queryset(), order=("id",), kinds=(int,), shape=CalendarShown)

    @extend_schema(responses=CalendarWhole)
    def retrieve(self, request: Request, code: str) -> Response:
        """What a calendar says now: hours of the week, closed days, days with hours of their own."""
        calendar, version = self.found(code)
        years = {"known_from": version.first_year, "known_through": version.last_year}
        return Response(dict(CalendarShown(calendar).data) | queries.rules(version) | years)

    @extend_schema(parameters=[DueWish], responses=DueShown)
    @action(detail=True)
    def due(self, request: Request, code: str) -> Response:
        """When something is due that may take so many open hours or days.

        `business_days` end at closing time of the n-th day with opening hours after the day of the start,
        `calendar_days` at midnight of the n-th day after it. `amount_out_of_reach`, `start_out_of_reach` and
        `never_opens` are refusals.
        """
        wish = read(DueWish, request)
        ready = self.ready(code)
        start = wish.get("start", timezone.now())
        at = targets.due(ready.hours, start, wish["amount"], wish["unit"])
        passed = ready.hours.elapsed(start, at)
        return Response({"start": start.astimezone(UTC), "due": at, "open_seconds": passed, "version": ready.number})

    @extend_schema(parameters=[OpenWish], responses=OpenShown)
    @action(detail=True, url_path="open")
    def is_open(self, request: Request, code: str) -> Response:
        """Whether it is open, and when it opens next."""
        at = read(OpenWish, request).get("at", timezone.now())
        hours = self.ready(code).hours
        try:
            opens = targets.due(hours, at, 0, Unit.MINUTES)
        except targets.NotDue as refusal:
            if refusal.code != "never_opens":
                raise
            opens = None
        return Response({"at": at.astimezone(UTC), "open": hours.is_open(at), "next_open": opens})

    def found(self, code: str) -> tuple[Calendar, Version]:
        calendar = self.get_queryset().filter(code=code).first()
        if calendar is None:
            raise Http404(_("There is no calendar with this code."))
        return calendar, queries.current(calendar)

    def ready(self, code: str) -> queries.Ready:
        try:
            return queries.ready_by_code(code)
        except Calendar.DoesNotExist:
            raise Http404(_("There is no calendar with this code.")) from None


def read(shape: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """What the address says. Raises rest_framework's ValidationError."""
    wish = shape(data=request.query_params)
    wish.is_valid(raise_exception=True)
    return dict(wish.validated_data)
