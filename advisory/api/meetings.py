"""``/meetings/``: what a board meets about and what came of it; ``/calendar-replies/``: what calendars answer."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from advisory.actions import replies
from advisory.models import Ballot, Invitee, Item, Meeting, Reply
from calendars.icalendar import LARGEST
from config.rest import ApiView
from customers.api.customers import PAGE

Shape = serializers.Serializer[Any]


class ItemShown(serializers.ModelSerializer[Item]):
    class Meta:
        model = Item
        fields = ["position", "title", "minutes", "presenter", "purpose", "level", "begun_at", "ended_at"]


class InviteeShown(serializers.ModelSerializer[Invitee]):
    customer = serializers.CharField(
        source="term.customer.number", allow_null=True, default=None, help_text="The member's number; null for staff."
    )

    class Meta:
        model = Invitee
        fields = ["customer", "answer", "answered_at", "way", "removed_at"]


class BallotShown(serializers.ModelSerializer[Ballot]):
    result = serializers.JSONField(allow_null=True, help_text="As it was counted at the end; null before.")

    class Meta:
        model = Ballot
        fields = [
            "id", "question", "kind", "secrecy", "state", "base", "entitled", "present", "quorum", "result",
            "opened_at", "closed_at",
        ]  # fmt: skip


class MeetingShown(serializers.ModelSerializer[Meeting]):
    board = serializers.CharField(source="board.code", help_text="The board's code.")

    class Meta:
        model = Meeting
        fields = [
            "id", "board", "title", "state", "mode", "place", "zone", "starts_at", "ends_at", "uid", "sequence",
            "level", "minutes_due_on",
        ]  # fmt: skip


class MeetingWhole(MeetingShown):
    items = ItemShown(many=True)
    invitees = InviteeShown(many=True)
    ballots = BallotShown(many=True)

    class Meta(MeetingShown.Meta):
        fields = [*MeetingShown.Meta.fields, "items", "invitees", "ballots"]


class MeetingPage(Shape):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = MeetingShown(many=True)


class Meetings(ApiView):
    queryset = Meeting.objects.select_related("board")
    lookup_value_regex = "[0-9]{1,15}"

    @extend_schema(parameters=PAGE, responses=MeetingPage)
    def list(self, request: Request) -> Response:
        """All meetings, in the order in which they were planned."""
        return self.page(self.get_queryset(), order=("id",), kinds=(int,), shape=MeetingShown)

    @extend_schema(responses=MeetingWhole)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One meeting with its agenda, who was asked, and what was voted. Never who voted what."""
        return Response(MeetingWhole(self.get_object()).data)


class CalendarBody(BaseParser):
    """A calendar file, read up to one byte more than is taken."""

    media_type = "text/calendar"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        return bytes(stream.read(LARGEST + 1))


class ReplyShown(serializers.ModelSerializer[Reply]):
    meeting = serializers.IntegerField(source="meeting_id", allow_null=True)

    class Meta:
        model = Reply
        fields = ["id", "meeting", "answer", "outcome", "received_at"]


class CalendarReplies(ApiView):
    queryset = Reply.objects.all()
    needs = {"create": "advisory.run_meeting"}
    parser_classes = [CalendarBody]
    keeps_replies = False  # the same reply is known by what it says

    @extend_schema(request={"text/calendar": OpenApiTypes.BINARY}, responses={200: ReplyShown(many=True)})
    def create(self, request: Request) -> Response:
        """Hand in what a calendar replied (`METHOD:REPLY`) as `text/calendar`. Sent again it is the same one.

        `outcome` says what came of it: `taken`, or `older`, `overtaken`, `stranger`, `unknown`, `over`, which change
        nothing. Refused with `no_calendar`, `no_reply`, `no_event`, `nobody`, `no_answer`, `no_sequence`, `too_large`.
        """
        document = request.data if isinstance(request.data, bytes) else b""
        taken = replies.take(document)
        return Response(ReplyShown(taken, many=True).data, status=status.HTTP_200_OK)
