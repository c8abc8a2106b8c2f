"""The shape of rewards, vouchers and payments. What is allowed is said by the actions."""

from rest_framework import serializers

from config.rest import Moment, OneLine, Paged
from loyalty.actions.vouchers import code_of
from loyalty.api.shapes import ErrorShown, Shape
from loyalty.models import Claim, Reward, Voucher, VoucherUse

MOST = 10**15


class RewardShown(serializers.ModelSerializer[Reward]):
    cause = serializers.CharField(
        source="cause.code", default=None, allow_null=True, help_text="Of a donation that is payable to it."
    )
    partner = serializers.CharField(
        source="partner.code", default=None, allow_null=True, help_text="Who is paid for it in points."
    )

    class Meta:
        model = Reward
        fields = ["code", "name", "description", "kind", "status", "points", "money", "currency", "stock"]
        fields += ["limit_total", "limit_period", "period", "tiers", "opens_at", "closes_at", "worth", "amount"]
        fields += ["percent", "product", "lasts_days", "party", "cause", "partner"]


class RewardPage(Paged):
    results = RewardShown(many=True)


class ReasonShown(Shape):
    code = serializers.CharField()
    message = serializers.CharField()
    field = serializers.CharField(allow_null=True, required=False)
    params = serializers.DictField(required=False)


class Offer(Shape):
    reward = RewardShown()
    can_have = serializers.BooleanField()
    missing_points = serializers.IntegerField()
    reasons = ReasonShown(many=True)


class Offers(Shape):
    customer = serializers.CharField()
    available = serializers.IntegerField(help_text="Points.")
    results = Offer(many=True)


class ClaimWish(Shape):
    reward = serializers.CharField(max_length=60, help_text="Its code.")
    hold = serializers.BooleanField(default=False, help_text="Set aside now, capture or void later.")


class Reason(Shape):
    reason = OneLine(max_length=200)


class ReasonLeftOut(Shape):
    reason = OneLine(required=False, max_length=200)


class ClaimVoucher(Shape):
    code = serializers.CharField(help_text="To who takes it, the code; else its end.")
    expires_at = Moment(allow_null=True)
    status = serializers.CharField()


class ClaimRow(serializers.ModelSerializer[Claim]):
    reward = serializers.CharField(source="reward.code")
    name = serializers.CharField(source="reward.name")
    customer = serializers.CharField(source="customer.number")

    class Meta:
        model = Claim
        fields = ["id", "reward", "name", "customer", "origin", "status", "points", "money", "currency"]
        fields += ["claimed_at", "lapses_at", "captured_at", "ended_at", "valid_until", "donated"]


class ClaimShown(ClaimRow):
    """The view adds the voucher: only it knows who may see the code."""

    voucher = ClaimVoucher(allow_null=True, read_only=True)

    class Meta(ClaimRow.Meta):
        fields = [*ClaimRow.Meta.fields, "voucher"]


class ClaimPage(Paged):
    results = ClaimRow(many=True)


class GiftWish(Shape):
    customers = serializers.ListField(child=serializers.CharField(max_length=60), min_length=1, max_length=1000)
    occasion = serializers.CharField(max_length=80, help_text="Yours: for one occasion each customer gets it once.")
    reason = OneLine(max_length=200)


class GiftOutcome(Shape):
    customer = serializers.CharField()
    given = serializers.BooleanField(help_text="False where it was given before, or refused.")
    claim = serializers.IntegerField(allow_null=True)
    errors = ErrorShown(many=True)  # type: ignore[assignment]


class GiftOutcomes(Shape):
    results = GiftOutcome(many=True)


class StampsOnCard(Shape):
    code = serializers.CharField()
    name = serializers.CharField()
    stamps = serializers.IntegerField(help_text="On the card in hand.")
    of = serializers.IntegerField()
    missing = serializers.IntegerField()
    full = serializers.IntegerField(help_text="Cards filled so far.")
    gives = serializers.CharField()


class Stamps(Shape):
    customer = serializers.CharField()
    results = StampsOnCard(many=True)


class VoucherShown(serializers.ModelSerializer[Voucher]):
    customer = serializers.CharField(source="customer.number", allow_null=True, default=None)
    left = serializers.IntegerField(allow_null=True, help_text="Of an amount, what is still on it.")

    class Meta:
        model = Voucher
        fields = ["id", "name", "ending", "status", "customer", "worth", "amount", "left", "percent", "product"]
        fields += ["currency", "uses", "uses_allowed", "bound", "issued_at", "expires_at"]


class VoucherRevealed(VoucherShown):
    code = serializers.SerializerMethodField(required=False, help_text="With the scope to see it.")

    class Meta(VoucherShown.Meta):
        fields = [*VoucherShown.Meta.fields, "code"]

    def get_code(self, voucher: Voucher) -> str:
        return code_of(voucher)


class VoucherListed(VoucherShown):
    code = serializers.CharField(required=False, help_text="With the scope to see it.")

    class Meta(VoucherShown.Meta):
        fields = [*VoucherShown.Meta.fields, "code"]


class VoucherPage(Paged):
    results = VoucherListed(many=True)


class CheckShown(Shape):
    voucher = VoucherShown()
    usable = serializers.BooleanField()
    takes_off = serializers.IntegerField(allow_null=True, help_text="Minor units; null where the shop works it out.")
    reasons = ReasonShown(many=True)


class UseWish(Shape):
    reference = OneLine(max_length=160, help_text="The order: a voucher is used once for one.")
    customer = serializers.CharField(required=False, max_length=60)
    goods = serializers.IntegerField(required=False, min_value=1, max_value=MOST, help_text="Minor units.")
    currency = serializers.CharField(required=False, min_length=3, max_length=3)
    client = serializers.CharField(
        required=False, max_length=80, help_text="What you know your visitor by: wrong codes are counted for each."
    )


class UseShown(serializers.ModelSerializer[VoucherUse]):
    voucher = VoucherShown()

    class Meta:
        model = VoucherUse
        fields = ["id", "reference", "goods", "taken_off", "at", "voucher"]


class ReleaseWish(Shape):
    reference = OneLine(max_length=160)


class PassOnWish(Shape):
    customer = serializers.CharField(max_length=60, help_text="The number of who gets it.")


class PayableShown(Shape):
    payable = serializers.IntegerField(help_text="Minor units that points may pay of these goods.")
    money = serializers.IntegerField(help_text="Minor units that the customer's points pay of that.")
    points = serializers.IntegerField(help_text="What that takes.")
    available = serializers.IntegerField()
    missing = serializers.IntegerField(help_text="Points more to pay all that is payable.")


class PaymentWish(Shape):
    money = serializers.IntegerField(min_value=1, max_value=MOST, help_text="Minor units to be paid with points.")
    goods = serializers.IntegerField(min_value=1, max_value=MOST, help_text="What the goods cost, without shipping.")
    currency = serializers.CharField(min_length=3, max_length=3)
    reference = OneLine(max_length=160, help_text="The order.")
