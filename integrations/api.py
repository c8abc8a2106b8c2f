"""``/webhooks/``: tell another system of facts as they happen."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import BaseRouter

from config.rest import ApiView, Paged, etag, expected
from customers.api.customers import PAGE
from customers.models import Verb
from integrations import queries
from integrations.actions import webhooks
from integrations.models import Delivery, Endpoint


def register(router: BaseRouter) -> None:
    router.register("webhooks", Webhooks, "webhook")


class WebhookWish(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="Which system it is, for people.")
    url = serializers.CharField(help_text="Where messages are posted to; https.")
    verbs = serializers.ListField(
        child=serializers.ChoiceField(Verb.choices), required=False, help_text="Empty: all kinds of facts."
    )


class WebhookShown(serializers.ModelSerializer[Endpoint]):
    verbs = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Endpoint
        fields = ["id", "name", "url", "verbs", "active", "failures", "disabled_at", "created_at"]


class WebhookCreated(WebhookShown):
    secret = serializers.CharField(help_text="Shown here and never again; with it you check signatures.")

    class Meta(WebhookShown.Meta):
        fields = [*WebhookShown.Meta.fields, "secret"]


class DeliveryShown(serializers.ModelSerializer[Delivery]):
    fact = serializers.IntegerField(source="fact_id", allow_null=True)

    class Meta:
        model = Delivery
        fields = ["id", "fact", "state", "attempts", "status", "error", "next_at", "last_at", "sent_at"]


class WebhookPage(Paged):
    results = WebhookShown(many=True)


class DeliveryPage(Paged):
    results = DeliveryShown(many=True)


class Webhooks(ApiView):
    queryset = Endpoint.objects.all()
    lookup_value_regex = "[0-9]{1,18}"
    confidential = True
    needs = {
        "create": "integrations.add_endpoint",
        "partial_update": "integrations.change_endpoint",
        "destroy": "integrations.delete_endpoint",
    }

    @extend_schema(parameters=PAGE, responses=WebhookPage)
    def list(self, request: Request) -> Response:
        """All webhooks."""
        return self.page(self.get_queryset(), order=("id",), kinds=(int,), shape=WebhookShown)

    @extend_schema(request=WebhookWish, responses={201: WebhookCreated})
    def create(self, request: Request) -> Response:
        """Be told of what happens from now on. The answer has the secret, this once."""
        created = webhooks.create(**self.wish(WebhookWish), by=self.caller)
        return self._with_secret(created)

    @extend_schema(responses=WebhookShown)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Read one webhook."""
        return self._shown(self._at(pk))

    @extend_schema(request=WebhookWish, responses=WebhookShown)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change what you name; the rest stays."""
        wish = self.wish(WebhookWish, partial=True)
        return self._shown(webhooks.change(self._at(pk), seen=expected(request), **wish))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Forget it, with all that was sent to it and all that waits. Pausing keeps both."""
        webhooks.remove(self._at(pk))
        return Response(status=204)

    @extend_schema(request=None, responses={201: WebhookCreated})
    @action(detail=True, methods=["post"], needs="integrations.change_endpoint")
    def secret(self, request: Request, pk: str) -> Response:
        """A new secret. For a day messages carry the signatures of both."""
        return self._with_secret(webhooks.rotate(self._at(pk)))

    @extend_schema(request=None, responses={201: DeliveryShown})
    @action(detail=True, methods=["post"], needs="integrations.change_endpoint")
    def ping(self, request: Request, pk: str) -> Response:
        """Send a message about nothing, to see whether your side takes it."""
        return Response(DeliveryShown(webhooks.ping(self._at(pk))).data, status=201)

    @extend_schema(request=None, responses={201: WebhookShown})
    @action(detail=True, methods=["post"], needs="integrations.change_endpoint")
    def pause(self, request: Request, pk: str) -> Response:
        """Be told of nothing; what happens meanwhile you are never told of. What was queued waits."""
        return self._shown(webhooks.pause(self._at(pk)), 201)

    @extend_schema(request=None, responses={201: WebhookShown})
    @action(detail=True, methods=["post"], needs="integrations.change_endpoint")
    def resumption(self, request: Request, pk: str) -> Response:
        """Be told again, of what happens from now on and of what was queued before."""
        return self._shown(webhooks.resume(self._at(pk)), 201)

    @extend_schema(parameters=PAGE, responses=DeliveryPage)
    @action(detail=True, needs="integrations.view_delivery")
    def deliveries(self, request: Request, pk: str) -> Response:
        """What became of each message, latest first."""
        sent = queries.deliveries(self._at(pk))
        return self.page(sent, order=("-id",), kinds=(int,), shape=DeliveryShown)

    def _at(self, pk: str) -> Endpoint:
        endpoint = self.get_queryset().filter(pk=pk).first()
        if endpoint is None:
            raise Http404
        return endpoint

    def _shown(self, endpoint: Endpoint, status: int = 200, **more: str) -> Response:
        shown = {**WebhookShown(endpoint).data, **more}
        return Response(shown, status=status, headers={"ETag": etag(endpoint.revision)})

    def _with_secret(self, created: webhooks.Created) -> Response:
        return self._shown(created.endpoint, 201, secret=created.secret)
