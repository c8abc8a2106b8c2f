"""``/vouchers/{code}/``: check, use, release, revoke, pass on. ``/customers/…/vouchers/`` and paying with points."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config import errors
from config.rest import ApiView
from customers.api.customers import PAGE, customer_at
from customers.models import Customer
from loyalty.actions import guesses, paying, programmes, vouchers
from loyalty.api import reward_shapes as shapes
from loyalty.api.points import ledger_key
from loyalty.api.points import shown as transaction_shown
from loyalty.api.shapes import TransactionShown
from loyalty.models import Voucher
from loyalty.queries import paying as prices
from loyalty.queries import vouchers as questions

CHECK = [
    OpenApiParameter("customer", str, description="The number of who wants to use it."),
    OpenApiParameter("goods", int, description="What the goods cost, in minor units."),
    OpenApiParameter("currency", str),
    OpenApiParameter("client", str, description="What you know your visitor by: wrong codes are counted for each."),
]


class NotAnAmount(ValidationError):
    def __init__(self, field: str) -> None:
        super().__init__(_("Say an amount in minor units."), code="invalid")
        self.field = field


def amount(request: Request, field: str) -> int | None:
    """An amount out of the address. Raises NotAnAmount."""
    said = request.query_params.get(field)
    if said is None:
        return None
    if not (said.isascii() and said.isdigit() and len(said) < 16):
        raise NotAnAmount(field)
    return int(said)


class Vouchers(ApiView):
    queryset = Voucher.objects.select_related("customer")
    lookup_field = "code"
    lookup_value_regex = "[^/]+"

    @extend_schema(parameters=CHECK, responses=shapes.CheckShown)
    def retrieve(self, request: Request, code: str) -> Response:
        """What a voucher is worth, and what stands against using it. Uses nothing.

        Wrong codes are counted: after ten of one `client`, or 300 of one caller, within ten minutes, none is
        answered for a while (429 `too_many_guesses`).
        """
        voucher = self._at(code, request.query_params.get("client", ""))
        number, goods = request.query_params.get("customer"), amount(request, "goods")
        against = questions.against(
            voucher,
            customer=customer_at(number) if number else None,
            goods=goods,
            currency=request.query_params.get("currency", ""),
            at=timezone.now(),
        )
        return Response(
            {
                "voucher": self._shown(voucher),
                "usable": not against,
                "takes_off": None if against else questions.taken_off(voucher, goods),
                "reasons": [errors.error(one.code, str(one), None, one.params) for one in against],
            }
        )

    @extend_schema(request=shapes.UseWish, responses={201: shapes.UseShown})
    @action(detail=True, methods=["post"], needs="loyalty.redeem_voucher")
    def redemptions(self, request: Request, code: str) -> Response:
        """Use a voucher for an order; `taken_off` is what it takes off. Asked again for the same order, nothing more.

        Refused with every reason: `voucher_used`, `voucher_expired`, `voucher_revoked`, `not_theirs`,
        `other_currency`, `goods_missing`, `reference_taken`.
        """
        wish = self.wish(shapes.UseWish)
        voucher = self._at(code, wish.pop("client", ""))
        number = wish.pop("customer", "")
        customer: Customer | None = customer_at(number) if number else None
        use = vouchers.redeem(voucher, customer=customer, **wish, by=self.caller)
        return Response(shapes.UseShown(use).data, status=201)

    @extend_schema(request=shapes.ReleaseWish, responses={201: shapes.VoucherShown})
    @action(detail=True, methods=["post"], needs="loyalty.redeem_voucher")
    def release(self, request: Request, code: str) -> Response:
        """The order came to nothing: the voucher can be used again."""
        wish = self.wish(shapes.ReleaseWish)
        return self._done(vouchers.release(self._at(code), **wish, by=self.caller))

    @extend_schema(request=shapes.Reason, responses={201: shapes.VoucherShown})
    @action(detail=True, methods=["post"], needs="loyalty.revoke_voucher")
    def revocation(self, request: Request, code: str) -> Response:
        """Make it worthless. Points that it cost stay spent; to give them back, cancel its claim instead."""
        return self._done(vouchers.revoke(self._at(code), **self.wish(shapes.Reason), by=self.caller))

    @extend_schema(request=shapes.PassOnWish, responses={201: shapes.VoucherShown})
    @action(detail=True, methods=["post"], needs="loyalty.redeem_voucher")
    def transfer(self, request: Request, code: str) -> Response:
        """Give a voucher that is not only for its owner to another customer."""
        to = customer_at(self.wish(shapes.PassOnWish)["customer"])
        return self._done(vouchers.pass_on(self._at(code), to=to, by=self.caller))

    def _at(self, code: str, client: str = "") -> Voucher:
        """Raises Http404, or TooManyGuesses."""
        try:
            voucher = guesses.find(code, caller=self.caller.pk, client=client)
        except vouchers.UnknownVoucher as unknown:
            raise Http404 from unknown
        if voucher.customer_id:
            self.tells_of(voucher.customer_id)
        return voucher

    def _shown(self, voucher: Voucher) -> dict[str, Any]:
        return {**shapes.VoucherShown(voucher).data, "status": voucher.state(timezone.now())}

    def _done(self, voucher: Voucher) -> Response:
        return Response(self._shown(voucher), status=201)


class CustomerVouchers(ApiView):
    queryset = Voucher.objects.select_related("customer")
    lookup_field = "number"
    lookup_value_regex = "[^/]+"

    @extend_schema(parameters=PAGE, responses=shapes.VoucherPage)
    @action(detail=True)
    def vouchers(self, request: Request, number: str) -> Response:
        """A customer's vouchers, latest first; of each code the end, or the whole with the scope to see it."""
        held = self.get_queryset().filter(customer=customer_at(number))
        holder: Any = request.auth or request.user
        shape = shapes.VoucherRevealed if holder.has_perm("loyalty.reveal_voucher") else shapes.VoucherShown
        return self.page(held, order=("-pk",), kinds=(int,), shape=shape)

    @extend_schema(parameters=CHECK[1:3], responses=shapes.PayableShown)
    @action(detail=True, needs="loyalty.view_wallet")
    def payable(self, request: Request, number: str) -> Response:
        """How much of a basket a customer can pay with points, to the exact amount. Writes nothing."""
        rules, customer = programmes.main(), customer_at(number)
        currency = request.query_params.get("currency", rules.currency)
        quote = prices.quote(customer, goods=amount(request, "goods") or 0, currency=currency, programme=rules)
        return Response(shapes.PayableShown(quote).data)

    @extend_schema(request=shapes.PaymentWish, responses={201: TransactionShown})
    @action(detail=True, methods=["post"], needs="loyalty.redeem_points")
    def payments(self, request: Request, number: str) -> Response:
        """Hold the points that pay exactly so much of an order.

        Record the purchase with this hold as its `redemption` and the money as `points_paid`, then capture the hold.
        A return gives the points and the money back in proportion.
        """
        customer = customer_at(number)
        self.tells_of(customer.pk)
        held = paying.hold(customer, **self.wish(shapes.PaymentWish), key=ledger_key(self), by=self.caller)
        return Response(transaction_shown(held), status=201)
