"""``/message-reports/``: a provider tells what came back of messages, or that somebody complained."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from communications.actions import bounces
from communications.models import Message
from config.rest import ApiView

BOUNCED, COMPLAINED = "bounced", "complained"


def register(router: BaseRouter) -> None:
    router.register("message-reports", MessageReports, "message-report")


class MessageReportWish(serializers.Serializer[Any]):
    message_id = serializers.CharField(max_length=254, help_text="The Message-ID, with or without angle brackets.")
    event = serializers.ChoiceField(choices=[BOUNCED, COMPLAINED])
    permanent = serializers.BooleanField(default=True, help_text="Of a bounce: it will never arrive.")
    status = serializers.CharField(max_length=20, required=False, default="", help_text="Such as 5.1.1.")


class MessageReportShown(serializers.ModelSerializer[Message]):
    class Meta:
        model = Message
        fields = ["id", "message_id", "state"]


class MessageReports(ApiView):
    queryset = Message.objects.all()
    needs = "communications.add_suppression"
    keeps_replies = False  # told again, it changes nothing

    @extend_schema(request=MessageReportWish, responses={200: MessageReportShown})
    def create(self, request: Request) -> Response:
        """Tell of a bounce or a complaint. Told again it changes nothing; no key is needed.

        Who bounces for good or complains gets no offers at that address any more.
        """
        wish = self.wish(MessageReportWish)
        message = bounces.find(wish["message_id"])
        if wish["event"] == COMPLAINED:
            message = bounces.complained(message)
        else:
            message = bounces.bounced(message, permanent=wish["permanent"], status=wish["status"])
        return Response(MessageReportShown(message).data)
