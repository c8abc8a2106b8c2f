"""``/meetings/``: what a board meets about and what came of it; ``/calendar-replies/``: what calendars answer."""

from typing import Any

from django.db.models import Q, prefetch_related_objects
from django.http import Http404, HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from advisory.actions import materials, replies
from advisory.confidentiality import Level, readable
from advisory.models import Ballot, Invitee, Item, Material, Meeting, Minutes, Reply
from advisory.queries import drafts
from advisory.queries import meetings as read
from calendars.icalendar import LARGEST
from config.rest import ApiView, Paged
from customers.api.customers import PAGE
from feedback.pages.files import given_out

Shape = serializers.Serializer[Any]
FURTHEST = Level.BOARD  # of what other systems see


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


class MaterialShown(serializers.ModelSerializer[Material]):
    file = serializers.SerializerMethodField(help_text="Where the file is; null for a link.")

    class Meta:
        model = Material
        fields = ["id", "name", "url", "file", "kind", "size", "from_at", "added_at"]

    def get_file(self, one: Material) -> str | None:
        return f"/api/v1/meetings/{one.item.meeting_id}/materials/{one.pk}/" if one.path else None


class MeetingShown(serializers.ModelSerializer[Meeting]):
    board = serializers.CharField(source="board.code", help_text="The board's code.")

    class Meta:
        model = Meeting
        fields = [
            "id", "board", "title", "state", "mode", "place", "zone", "starts_at", "ends_at", "uid", "sequence",
            "level", "minutes_due_on",
        ]  # fmt: skip


class MeetingWhole(MeetingShown):
    items = serializers.SerializerMethodField()
    invitees = InviteeShown(many=True)
    ballots = serializers.SerializerMethodField()

    @extend_schema_field(ItemShown(many=True))
    def get_items(self, one: Meeting) -> Any:
        return ItemShown(read.items_of(one, FURTHEST), many=True).data

    @extend_schema_field(BallotShown(many=True))
    def get_ballots(self, one: Meeting) -> Any:
        seen = Q(item=None) | Q(item__level__in=readable(FURTHEST))
        return BallotShown(one.ballots.filter(seen).order_by("pk"), many=True).data

    class Meta(MeetingShown.Meta):
        fields = [*MeetingShown.Meta.fields, "items", "invitees", "ballots"]


class MinutesShown(serializers.ModelSerializer[Minutes]):
    revision = serializers.IntegerField(source="number")
    text = serializers.SerializerMethodField()
    digest = serializers.CharField(help_text="SHA-256 of the whole revision: what is left out here is in it.")

    class Meta:
        model = Minutes
        fields = ["revision", "reason", "text", "digest", "approved_at", "published_at"]

    def get_text(self, one: Minutes) -> str:
        return drafts.readable(one.text, FURTHEST)


class MeetingPage(Paged):
    results = MeetingShown(many=True)


class Meetings(ApiView):
    """What is confidential is not there, for anybody: no meeting, no item, no vote on one, nothing to read for it."""

    queryset = Meeting.objects.select_related("board").filter(
        level__in=readable(FURTHEST), board__level__in=readable(FURTHEST)
    )
    lookup_value_regex = "[0-9]{1,15}"

    @extend_schema(parameters=PAGE, responses=MeetingPage)
    def list(self, request: Request) -> Response:
        """All meetings, in the order in which they were planned."""
        return self.page(self.get_queryset(), order=("id",), kinds=(int,), shape=MeetingShown)

    @extend_schema(responses=MeetingWhole)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One meeting with its agenda, who was asked, and what was voted. Never who voted what."""
        one = self.get_object()
        prefetch_related_objects([one], "invitees__term__customer")
        return Response(MeetingWhole(one).data)

    @extend_schema(responses=MaterialShown(many=True))
    @action(detail=True, pagination_class=None)
    def materials(self, request: Request, pk: str) -> Response:
        """What there is to read, from its time on: as members see it who have signed nothing."""
        rows = read.materials_of(self.get_object(), FURTHEST, at=timezone.now())
        return Response(MaterialShown([one for each in rows.values() for one in each], many=True).data)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, url_path=r"materials/(?P<material>\d{1,15})")
    def material(self, request: Request, pk: str, material: str) -> HttpResponse:
        """One file."""
        rows = read.materials_of(self.get_object(), FURTHEST, at=timezone.now())
        found = next((one for each in rows.values() for one in each if one.pk == int(material) and one.path), None)
        if found is None:
            raise Http404
        try:
            return given_out(materials.read(found), found.name, found.kind)
        except FileNotFoundError:
            raise Http404 from None

    @extend_schema(responses=MinutesShown(many=True))
    @action(detail=True, pagination_class=None)
    def minutes(self, request: Request, pk: str) -> Response:
        """Published revisions, the newest first, without the parts of confidential items."""
        rows = self.get_object().minutes.filter(state=Minutes.State.PUBLISHED).order_by("-number")
        return Response(MinutesShown(rows, many=True).data)


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
