"""``/customers/{number}/messages/``: what a customer was written, and what keeps marketing from them."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from communications.models import Hold, Message
from communications.queries import holds
from config.rest import ApiView, Paged
from customers.actions import history
from customers.api.customers import PAGE, customer_at
from customers.models import AccessLog


def register(router: BaseRouter) -> None:
    router.register("customers", CustomerMessages, "customer-message")


class MessageShown(serializers.ModelSerializer[Message]):
    to = serializers.CharField(source="to_address")
    channel = serializers.CharField(help_text="How it went: email.")

    class Meta:
        model = Message
        fields = [
            "id",
            "kind",
            "purpose",
            "channel",
            "to",
            "subject",
            "text",
            "message_id",
            "state",
            "reason",
            "attempts",
            "created_at",
            "due_at",
            "sent_at",
        ]


class MessagePage(Paged):
    results = MessageShown(many=True)


class HoldShown(serializers.ModelSerializer[Hold]):
    class Meta:
        model = Hold
        fields = ["reason", "key", "placed_at"]


class HoldList(serializers.Serializer[Any]):
    held = serializers.BooleanField(help_text="Whether marketing is kept back now.")
    holds = HoldShown(many=True)


class CustomerMessages(ApiView):
    queryset = Message.objects.defer("html")
    lookup_field = "number"
    lookup_value_regex = "[^/]+"

    @extend_schema(parameters=PAGE, responses=MessagePage)
    @action(detail=True)
    def messages(self, request: Request, number: str) -> Response:
        """What a customer was written, latest first, and what became of it.."""
        customer = customer_at(number)
        history.note(customer, AccessLog.What.READ, by=self.caller, through=self.through, fields=["messages"])
        written = self.get_queryset().filter(customer=customer)
        return self.page(written, order=("-pk",), kinds=(int,), shape=MessageShown)

    @extend_schema(responses=HoldList)
    @action(detail=True, url_path="marketing-holds", needs="communications.view_hold")
    def marketing_holds(self, request: Request, number: str) -> Response:
        """What keeps marketing from a customer now, such as an open complaint."""
        standing = list(holds.standing(customer_at(number)))
        return Response(HoldList({"held": bool(standing), "holds": standing}).data)
