"""``/customers/…/membership/``, ``/memberships/…``, ``/early-access/``: paid members, and what they see first."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.rest import ApiView, Moment
from customers.api.customers import customer_at
from loyalty.actions import memberships
from loyalty.api.points import ledger_key
from loyalty.models import EarlyAccess, Membership, Plan
from loyalty.queries.memberships import access, accesses, membership_at

Shape = serializers.Serializer[Any]
OF_CUSTOMER = OpenApiParameter("customer", str, description="The customer's number; left out, anybody.")


class MembershipWish(Shape):
    plan = serializers.CharField(max_length=40, help_text="Code of the plan.")
    price = serializers.IntegerField(
        required=False, min_value=0, max_value=10**15, help_text="Minor units; left out, the plan's price."
    )
    at = Moment(required=False, help_text="When it begins; left out, now.")


class RenewalWish(Shape):
    price = serializers.IntegerField(required=False, min_value=0, max_value=10**15, help_text="Minor units.")


class MembershipShown(serializers.ModelSerializer[Membership]):
    customer = serializers.CharField(source="customer.number")
    plan = serializers.CharField(source="plan.code")
    holds_until = serializers.SerializerMethodField(help_text="The end, or the end of the grace after it.")

    class Meta:
        model = Membership
        fields = ["id", "customer", "plan", "starts_at", "ends_at", "holds_until", "price", "currency", "status"]
        fields += ["cancelled_at", "refund"]

    def get_holds_until(self, membership: Membership) -> str:
        return memberships.held_until(membership).isoformat()


class MembershipNow(Shape):
    membership = MembershipShown(allow_null=True)


class AccessShown(Shape):
    code = serializers.CharField()
    name = serializers.CharField()
    open = serializers.BooleanField()
    because = serializers.ChoiceField(
        choices=["public", "membership", "tier", "not_yet", "not_theirs", "closed"], help_text="Why, or why not."
    )
    opens_at = Moment()
    public_at = Moment(allow_null=True)
    closes_at = Moment(allow_null=True)


class AccessesShown(Shape):
    results = AccessShown(many=True)


class UnknownPlan(ValidationError):
    field = "plan"

    def __init__(self, code: str) -> None:
        super().__init__(_("There is no plan %(code)s."), code="unknown_plan", params={"code": code})


class MembershipsOfCustomers(ApiView):
    queryset = Membership.objects.all()
    lookup_field = "number"
    lookup_value_regex = "[^/]+"

    @extend_schema(responses=MembershipNow)
    @action(detail=True)
    def membership(self, request: Request, number: str) -> Response:
        """The paid membership that holds now, its grace included; null where there is none."""
        found = membership_at(customer_at(number))
        return Response({"membership": MembershipShown(found).data if found else None})

    @extend_schema(request=MembershipWish, responses={201: MembershipShown})
    @action(detail=True, methods=["post"], needs="loyalty.sell_membership", url_path="memberships")
    def start(self, request: Request, number: str) -> Response:
        """Start a membership that was paid. Refused with `memberships_overlap` where there is one at that time."""
        wish = self.wish(MembershipWish)
        code = wish.pop("plan")
        plan = Plan.objects.select_related("programme").filter(code=code).first()
        if plan is None:
            raise UnknownPlan(code)
        made = memberships.start(customer_at(number), plan, **wish, key=ledger_key(self), by=self.caller)
        return Response(_shown(made), status=201)


class MembershipVerbs(ApiView):
    queryset = Membership.objects.select_related("plan__programme", "customer")
    lookup_value_regex = "[0-9]{1,18}"

    @extend_schema(responses=MembershipShown)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One membership, paid or cancelled."""
        return Response(MembershipShown(self._at(pk)).data)

    @extend_schema(request=RenewalWish, responses={201: MembershipShown})
    @action(detail=True, methods=["post"], needs="loyalty.sell_membership")
    def renewal(self, request: Request, pk: str) -> Response:
        """Sell the period that follows without a gap, before the end or within the grace."""
        wish = self.wish(RenewalWish)
        made = memberships.renew(self._at(pk), **wish, key=ledger_key(self), by=self.caller)
        return Response(_shown(made), status=201)

    @extend_schema(request=None, responses={201: MembershipShown})
    @action(detail=True, methods=["post"], needs="loyalty.cancel_membership")
    def cancellation(self, request: Request, pk: str) -> Response:
        """End a membership now. `refund` is what is to be paid back: in proportion to the days that are left."""
        return Response(_shown(memberships.cancel(self._at(pk), by=self.caller)), status=201)

    def _at(self, pk: str) -> Membership:
        found = self.get_queryset().filter(pk=pk).first()
        if found is None:
            raise Http404
        return found


def _shown(made: Membership) -> dict[str, Any]:
    whole = Membership.objects.select_related("plan__programme", "customer").get(pk=made.pk)
    return dict(MembershipShown(whole).data)


class EarlyAccesses(ApiView):
    queryset = EarlyAccess.objects.all()
    lookup_field = "code"
    lookup_value_regex = "[^/]+"

    @extend_schema(parameters=[OF_CUSTOMER], responses=AccessesShown)
    def list(self, request: Request) -> Response:
        """All that is not closed: may this customer see it now?"""
        found = accesses(number=request.query_params.get("customer", ""))
        return Response({"results": AccessShown(found, many=True).data})

    @extend_schema(parameters=[OF_CUSTOMER], responses=AccessShown)
    def retrieve(self, request: Request, code: str) -> Response:
        """May this customer see this now? One statement: fast enough for every page that shows the item."""
        found = access(code, number=request.query_params.get("customer", ""))
        if found is None:
            raise Http404
        return Response(AccessShown(found).data)
