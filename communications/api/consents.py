"""``/customers/{number}/…``: signing up in two steps, the customer's own page, devices for notifications."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from communications import links
from communications.actions import optins, push_subscriptions
from communications.channels import webpush
from communications.models import Message, PushSubscription
from config.rest import ApiView
from customers.api.customers import customer_at
from customers.models import ConsentDecision

DECIDE = "customers.add_consentdecision"


def register(router: BaseRouter) -> None:
    router.register("customers", CustomerWishes, "customer-wish")


class OptInWish(serializers.Serializer[Any]):
    purposes = serializers.ListField(
        child=serializers.ChoiceField(choices=ConsentDecision.Purpose.choices), min_length=1, max_length=3
    )


class OptInShown(serializers.ModelSerializer[Message]):
    class Meta:
        model = Message
        fields = ["id", "message_id", "state", "created_at"]


class PreferencesShown(serializers.Serializer[Any]):
    page = serializers.URLField(help_text="Where this customer says what they want; whoever has it can change it.")
    push_key = serializers.CharField(help_text="The public key for notifications; empty where there are none.")


class DeviceWish(serializers.Serializer[Any]):
    endpoint = serializers.CharField(max_length=1000)
    public_key = serializers.CharField(max_length=100, help_text="`p256dh`, as the browser gives it.")
    secret = serializers.CharField(max_length=40, help_text="`auth`, as the browser gives it.")


class DeviceShown(serializers.ModelSerializer[PushSubscription]):
    class Meta:
        model = PushSubscription
        fields = ["id", "endpoint", "added_at"]


class DeviceGone(serializers.Serializer[Any]):
    endpoint = serializers.CharField(max_length=1000)


class DeviceRemoved(serializers.Serializer[Any]):
    removed = serializers.BooleanField()


class CustomerWishes(ApiView):
    queryset = ConsentDecision.objects.all()
    lookup_field = "number"
    lookup_value_regex = "[^/]+"

    @extend_schema(request=OptInWish, responses={202: OptInShown})
    @action(detail=True, methods=["post"], url_path="opt-ins", needs=DECIDE)
    def opt_ins(self, request: Request, number: str) -> Response:
        """Ask a customer by e-mail whether they want to hear of these purposes.

        Nothing else goes out before the link in it is followed; then the consent counts from that moment.
        """
        customer = customer_at(number)
        message = optins.ask(customer, self.wish(OptInWish)["purposes"])
        self.tells_of(customer.pk)
        return Response(OptInShown(message).data, status=202)

    @extend_schema(responses=PreferencesShown)
    @action(detail=True, needs="customers.view_consentdecision", pagination_class=None)
    def preferences(self, request: Request, number: str) -> Response:
        """The page where a customer chooses, to be shown to themselves only."""
        key = webpush.packed(webpush.public_bytes(webpush.key_of(settings.PUSH_KEY))) if settings.PUSH_KEY else ""
        return Response(PreferencesShown({"page": links.preferences(customer_at(number).pk), "push_key": key}).data)

    @extend_schema(request=DeviceWish, responses={201: DeviceShown})
    @action(detail=True, methods=["post"], url_path="devices", needs=DECIDE)
    def devices(self, request: Request, number: str) -> Response:
        """A browser of the customer takes notifications. That the customer wants them is recorded apart."""
        customer = customer_at(number)
        device = push_subscriptions.add(customer, **self.wish(DeviceWish))
        self.tells_of(customer.pk)
        return Response(DeviceShown(device).data, status=201)

    @extend_schema(request=DeviceGone, responses=DeviceRemoved)
    @action(detail=True, methods=["post"], url_path="devices/removal", needs=DECIDE)
    def device_removal(self, request: Request, number: str) -> Response:
        """A browser takes no notifications any more."""
        removed = push_subscriptions.remove(customer_at(number), endpoint=self.wish(DeviceGone)["endpoint"])
        return Response(DeviceRemoved({"removed": removed}).data)
