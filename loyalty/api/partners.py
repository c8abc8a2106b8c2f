"""``/partners/{code}/``: partners' systems give, take and reverse points, and read what they owe."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.rest import ApiView, Moment, OneLine, Paged
from customers.api.customers import PAGE, customer_at
from loyalty.actions import partners
from loyalty.api.points import ledger_key
from loyalty.api.shapes import Shape
from loyalty.models import Partner, PartnerEntry, PartnerRate, PartnerStatement, Transaction

MOST = 10**12


class RateShown(serializers.ModelSerializer[PartnerRate]):
    class Meta:
        model = PartnerRate
        fields = ["begins_at", "ends_at", "issue_money", "issue_points", "redeem_money", "redeem_points"]


class PartnerShown(Shape):
    code = serializers.CharField()
    name = serializers.CharField()
    terms = serializers.ChoiceField(Partner.Terms.choices)
    currency = serializers.CharField()
    active = serializers.BooleanField()
    rate = RateShown(allow_null=True)
    pack_points_left = serializers.IntegerField(allow_null=True, help_text="Null for who pays later.")


class PartnerIssueWish(Shape):
    customer = serializers.CharField(max_length=100, help_text="The customer's number.")
    points = serializers.IntegerField(min_value=1, max_value=MOST)
    reference = OneLine(max_length=100, help_text="Of your own, such as a receipt: it earns once.")
    at = Moment(required=False, help_text="When it was earned. Left out, now.")


class PartnerRedemptionWish(Shape):
    customer = serializers.CharField(max_length=100, help_text="The customer's number.")
    points = serializers.IntegerField(min_value=1, max_value=MOST)
    reference = OneLine(required=False, max_length=100)


class PartnerReversalWish(Shape):
    transaction = serializers.IntegerField(min_value=1, max_value=2**62, help_text="Of the points given or taken.")
    points = serializers.IntegerField(required=False, min_value=1, max_value=MOST, help_text="Left out, all.")
    reason = OneLine(max_length=200)


class PartnerMoveShown(serializers.ModelSerializer[Transaction]):
    """What was moved, without what else the customer has: that is no business of a partner."""

    class Meta:
        model = Transaction
        fields = ["id", "kind", "effective_at", "posted_at", "reason", "reference", "reverses"]


class StatementShown(serializers.ModelSerializer[PartnerStatement]):
    class Meta:
        model = PartnerStatement
        fields = ["id", "month", "issued", "reversed", "redeemed", "refunded", "packs", "total", "currency"]
        fields += ["issued_at"]


class PartnerStatementPage(Paged):
    results = StatementShown(many=True)


class Partners(ApiView):
    """A partner's own system sees and moves what is its partner's, and nobody else's."""

    queryset = Partner.objects.select_related("programme")
    lookup_field = "code"
    lookup_value_regex = "[-a-zA-Z0-9_]+"

    @extend_schema(responses=PartnerShown)
    def retrieve(self, request: Request, code: str) -> Response:
        """What is agreed now, and what is left of the packs."""
        partner = self._at(code)
        rate = PartnerRate.objects.holding(timezone.now()).filter(partner=partner).first()
        prepaid = partner.terms == Partner.Terms.PREPAID
        left = sum(partner.packs.values_list("left", flat=True)) if prepaid else None
        told = {name: getattr(partner, name) for name in ("code", "name", "terms", "currency", "active")}
        return Response(told | {"rate": rate and RateShown(rate).data, "pack_points_left": left})

    @extend_schema(request=PartnerIssueWish, responses={201: PartnerMoveShown})
    @action(detail=True, methods=["post"], needs="loyalty.act_for_partner")
    def issues(self, request: Request, code: str) -> Response:
        """Give points. A reference earns once (`duplicate_reference`); packs run out (`pack_exhausted`)."""
        return self._moved(code, partners.issue, PartnerIssueWish)

    @extend_schema(request=PartnerRedemptionWish, responses={201: PartnerMoveShown})
    @action(detail=True, methods=["post"], needs="loyalty.act_for_partner")
    def redemptions(self, request: Request, code: str) -> Response:
        """Take points that a customer spends with you. Refused with `insufficient_points`."""
        return self._moved(code, partners.redeem, PartnerRedemptionWish)

    @extend_schema(request=PartnerReversalWish, responses={201: PartnerMoveShown})
    @action(detail=True, methods=["post"], needs="loyalty.act_for_partner")
    def reversals(self, request: Request, code: str) -> Response:
        """Reverse points that you gave or took, all that is left or some, settled at the rate of that day."""
        partner, wish = self._at(code), self.wish(PartnerReversalWish)
        entry = PartnerEntry.objects.filter(partner=partner, transaction=wish.pop("transaction")).first()
        if entry is None:
            raise Http404
        made = entry.transaction
        self.tells_of(made.wallet.customer_id)
        back = partners.reverse(
            partner, made, wish.get("points"), reason=wish["reason"], key=ledger_key(self), by=self.caller
        )
        return self._answer(back)

    @extend_schema(parameters=PAGE, responses=PartnerStatementPage)
    @action(detail=True)
    def statements(self, request: Request, code: str) -> Response:
        """The monthly statements, latest first. `total` is what the partner owes, in minor units."""
        found = PartnerStatement.objects.filter(partner=self._at(code))
        return self.page(found, order=("-id",), kinds=(int,), shape=StatementShown)

    def _at(self, code: str) -> Partner:
        """The caller's own partner; staff who settle see all. Raises Http404."""
        found = self.get_queryset().filter(code=code).first()
        own = found is not None and found.system_id == self.caller.pk
        if found is None or not (own or self.caller.has_perm("loyalty.settle_partner")):
            raise Http404
        return found

    def _moved(self, code: str, move: Any, shape: type[Shape]) -> Response:
        partner, wish = self._at(code), self.wish(shape)
        customer = customer_at(wish.pop("customer"))
        self.tells_of(customer.pk)
        return self._answer(move(partner, customer, wish.pop("points"), **wish, key=ledger_key(self), by=self.caller))

    def _answer(self, made: Transaction) -> Response:
        return Response(PartnerMoveShown(made).data, status=201)
