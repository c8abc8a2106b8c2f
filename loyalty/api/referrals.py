"""``/customers/…/referral-code/``, ``…/referral/``, ``…/referrals/``: customers bring friends."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.rest import ApiView, Moment, Paged
from customers.api.customers import PAGE, customer_at
from loyalty.actions import referrals
from loyalty.api.shapes import Shape
from loyalty.models import Referral
from loyalty.queries import referrals as questions

NEEDS = "loyalty.attribute_referral"
HASH: dict[str, Any] = {"required": False, "max_length": 200, "help_text": "An opaque hash; only its own is kept."}


class Signals(Shape):
    """What your shop saw of somebody, as hashes of your own: two who share one are looked at by a person."""

    address = serializers.CharField(**HASH)
    device = serializers.CharField(**HASH)
    card = serializers.CharField(**HASH)


class CodeShown(Shape):
    customer = serializers.CharField()
    code = serializers.CharField()
    link = serializers.CharField(allow_blank=True, help_text="To your shop, where the programme has one.")
    friends = serializers.IntegerField(help_text="Who came by it.")
    rewarded = serializers.IntegerField()
    points = serializers.IntegerField(help_text="Given for friends so far.")
    pending_points = serializers.IntegerField(help_text="For friends who bought and may still return it.")
    left_this_month = serializers.IntegerField(allow_null=True, help_text="Null: there is no limit.")


class ReferralWish(Shape):
    code = serializers.CharField(max_length=40)
    at = Moment(required=False, help_text="When the friend came; left out, now.")
    signals = Signals(required=False)


class ReferralShown(serializers.ModelSerializer[Referral]):
    referrer = serializers.CharField(source="referrer.number")
    friend = serializers.CharField(source="friend.number")
    purchase = serializers.CharField(source="purchase.number", default=None, allow_null=True)
    reason = serializers.SerializerMethodField()

    class Meta:
        model = Referral
        fields = ["id", "referrer", "friend", "code", "state", "reason", "attributed_at", "purchase", "due_at"]
        fields += ["referrer_points", "friend_points"]

    def get_reason(self, referral: Referral) -> str:
        """A code, or ``declined`` where a person wrote the reason."""
        return "declined" if referral.decided_by_id and referral.state == Referral.State.REFUSED else referral.reason


class ReferralPage(Paged):
    results = ReferralShown(many=True)


class CustomerReferrals(ApiView):
    queryset = Referral.objects.select_related("referrer", "friend", "purchase")
    lookup_field = "number"
    lookup_value_regex = "[^/]+"
    confidential = True

    @extend_schema(responses=CodeShown)
    @action(detail=True, url_path="referral-code", needs=NEEDS)
    def referral_code(self, request: Request, number: str) -> Response:
        """The customer's own code and link, made when they are first asked for, and what it has brought."""
        customer = customer_at(number)
        code = referrals.code_of(customer)
        so_far = questions.tally(customer, code.rules, at=timezone.now())
        return Response(
            {
                "customer": customer.number,
                "code": code.code,
                "link": referrals.link_of(code),
                "friends": so_far.friends,
                "rewarded": so_far.rewarded,
                "points": so_far.points,
                "pending_points": so_far.pending,
                "left_this_month": so_far.left_this_month,
            }
        )

    @extend_schema(request=ReferralWish, responses={201: ReferralShown})
    @action(detail=True, methods=["post"], needs=NEEDS)
    def referral(self, request: Request, number: str) -> Response:
        """This customer came by somebody's code. Said again with the same code, nothing changes.

        Refused with `unknown_code`, `self_referral`, `referral_circle`, `existing_customer`, `already_referred`,
        `no_referrals` or `in_the_future`.
        """
        friend, wish = customer_at(number), self.wish(ReferralWish)
        self.tells_of(friend.pk)
        made = referrals.attribute(friend, **wish, by=self.caller)
        return Response(ReferralShown(self.get_queryset().get(pk=made.pk)).data, status=201)

    @extend_schema(parameters=PAGE, responses=ReferralPage)
    @action(detail=True)
    def referrals(self, request: Request, number: str) -> Response:
        """Whom a customer has brought, latest first."""
        made = self.get_queryset().filter(referrer=customer_at(number))
        return self.page(made, order=("-pk",), kinds=(int,), shape=ReferralShown)

    @extend_schema(request=Signals, responses={204: None})
    @action(detail=True, methods=["post"], url_path="referral-signals", needs=NEEDS)
    def referral_signals(self, request: Request, number: str) -> Response:
        """What your shop saw of somebody who brings friends."""
        customer = customer_at(number)
        self.tells_of(customer.pk)
        referrals.note(customer, self.wish(Signals))
        return Response(status=204)
