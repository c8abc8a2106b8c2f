"""The shape of what goes in and out. What is allowed is said by the actions."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from config.rest import Moment, OneLine, Paged
from customers.models import Line, Purchase, Return
from loyalty.models import Transaction

Shape = serializers.Serializer[Any]


class LineWish(Shape):
    quantity = serializers.DecimalField(max_digits=12, decimal_places=3)
    unit_price = serializers.DecimalField(16, 4, help_text="Minor units, tax included; may be a fraction.")
    product = OneLine(required=False, max_length=60)
    name = OneLine(required=False, max_length=200)
    category = serializers.CharField(required=False, max_length=100)
    brand = serializers.CharField(required=False, max_length=100)
    supplier = serializers.CharField(required=False, max_length=100)
    margin_class = serializers.CharField(required=False, max_length=20)
    discount = serializers.IntegerField(required=False, min_value=0, help_text="Minor units.")
    tax = serializers.IntegerField(required=False, min_value=0, help_text="Contained in the price.")


class PurchaseWish(Shape):
    """A purchase. Its number is unique within its source: sent again with the same content, it is found."""

    source = serializers.CharField(help_text="Code of the source, such as shop.")  # type: ignore[assignment]
    number = OneLine(max_length=100)
    customer = serializers.CharField(help_text="The customer's number.")
    at = Moment(help_text="When it was bought, with a zone.")
    currency = serializers.CharField(min_length=3, max_length=3)
    lines = LineWish(many=True)
    channel = serializers.CharField(required=False, max_length=30)
    store = OneLine(required=False, max_length=60)
    shipping = serializers.IntegerField(required=False, min_value=0, help_text="Minor units; earns nothing.")
    gift_card = serializers.IntegerField(required=False, min_value=0, help_text="The part that is gift cards.")
    points_paid = serializers.IntegerField(required=False, min_value=0, help_text="Money paid with points.")
    redemption = serializers.IntegerField(
        required=False, help_text="Id of the redemption or hold that paid a part: a return restores its points."
    )


class ErrorShown(Shape):
    code = serializers.CharField()
    message = serializers.CharField()
    field = serializers.CharField(allow_null=True)
    params = serializers.DictField(required=False, help_text="The figures in the message.")


class PurchaseOutcome(Shape):
    """What became of one purchase: recorded with the points that it earned, or the errors that kept it out."""

    index = serializers.IntegerField(help_text="Its place in what was sent, from 0.")
    source = serializers.CharField()  # type: ignore[assignment]
    number = serializers.CharField()
    created = serializers.BooleanField(help_text="False where it was recorded before.")
    points = serializers.IntegerField(help_text="What it earned.")
    transaction = serializers.IntegerField(allow_null=True, help_text="Of the ledger.")
    errors = ErrorShown(many=True)  # type: ignore[assignment]


class PurchaseOutcomes(Shape):
    results = PurchaseOutcome(many=True)


class LineShown(serializers.ModelSerializer[Line]):
    class Meta:
        model = Line
        fields = ["position", "product", "name", "category", "brand", "quantity", "unit_price", "discount", "tax"]
        fields += ["amount", "returned"]


class PurchaseShown(serializers.ModelSerializer[Purchase]):
    source = serializers.CharField(source="source.code")  # type: ignore[assignment]
    customer = serializers.CharField(source="customer.number")
    rebilled_as = serializers.CharField(
        source="rebilled_as.number", default=None, allow_null=True, help_text="The purchase that took its place."
    )
    lines = LineShown(many=True)

    class Meta:
        model = Purchase
        fields = ["source", "number", "customer", "at", "currency", "channel", "store", "goods", "shipping", "tax"]
        fields += ["gift_card", "points_paid", "returned", "status", "rebilled_as", "lines"]


class ReturnedLine(Shape):
    position = serializers.IntegerField(min_value=1, max_value=10**6, help_text="Of the purchase's line, from 1.")
    quantity = serializers.DecimalField(max_digits=12, decimal_places=3)


class ReturnWish(Shape):
    lines = ReturnedLine(many=True, max_length=1000)  # type: ignore[call-arg]
    number = OneLine(required=False, max_length=100, help_text="Yours; left out, the next free one.")
    reason = OneLine(required=False, max_length=200)
    at = Moment(required=False, help_text="Left out, now.")


class ReturnShown(serializers.ModelSerializer[Return]):
    points_taken_back = serializers.IntegerField()
    points_restored = serializers.IntegerField(
        source="paid_back.points", help_text="Of those that paid for the purchase, by all returns so far."
    )
    refund_in_points = serializers.IntegerField(
        source="paid_back.by_points", help_text="The part of the amount that points had paid."
    )
    refund_in_money = serializers.IntegerField(source="paid_back.otherwise", help_text="What the shop gives back.")

    class Meta:
        model = Return
        fields = ["number", "at", "amount", "reason", "points_taken_back", "points_restored"]
        fields += ["refund_in_points", "refund_in_money"]


class CancellationWish(Shape):
    at = Moment(required=False, help_text="Left out, now.")
    rebilled_as = OneLine(
        required=False,
        max_length=100,
        help_text="The number of the purchase, of the same source and customer, that it was billed again as.",
    )


class Dated(Shape):
    at = Moment()
    points = serializers.IntegerField()


class PointsShown(Shape):
    customer = serializers.CharField()
    programme = serializers.CharField()
    pending = serializers.IntegerField(help_text="Earned; available when the return window closes.")
    available = serializers.IntegerField()
    held = serializers.IntegerField(help_text="Set aside for redemptions that are being paid.")
    debt = serializers.IntegerField(help_text="Taken back and not there any more: repaid by the next points.")
    spendable = serializers.IntegerField(help_text="Available less debt.")
    next_activations = Dated(many=True)
    next_expiries = Dated(many=True)


class TransactionShown(serializers.ModelSerializer[Transaction]):
    purchase = serializers.CharField(source="purchase.number", default=None, allow_null=True)

    class Meta:
        model = Transaction
        fields = ["id", "sequence", "kind", "effective_at", "posted_at", "reason", "reference", "purchase", "reverses"]
        fields += ["pending_after", "available_after", "held_after", "debt_after"]


class StatementPage(Paged):
    results = TransactionShown(many=True)


class LotShown(Shape):
    """Points that came together and have the same dates."""

    points = serializers.IntegerField(source="lot.granted", help_text="As they came.")
    pending = serializers.IntegerField(source="lot.pending")
    available = serializers.IntegerField(source="lot.available")
    earned_at = Moment(source="lot.earned_at")
    activates_at = Moment(source="lot.activates_at", allow_null=True)
    expires_at = Moment(source="lot.expires_at", allow_null=True)
    why = serializers.CharField(help_text="Why it expires then, in words; empty where it never does.")
    transaction = serializers.IntegerField(source="lot.origin_id", help_text="What first earned them.")


class RedemptionWish(Shape):
    points = serializers.IntegerField(min_value=1, max_value=10**15)
    hold = serializers.BooleanField(default=False, help_text="Set aside now, capture or release later.")
    reason = OneLine(required=False, max_length=200)
    reference = OneLine(required=False, max_length=160, help_text="Of your own, such as an order.")


class Earned(Shape):
    points = serializers.IntegerField()
    earned_by = serializers.IntegerField(help_text="The transaction that had earned them.")
    purchase = serializers.CharField(allow_blank=True, help_text="Its purchase, if it was one.")


class RedemptionShown(TransactionShown):
    taken_from = Earned(many=True)

    class Meta(TransactionShown.Meta):
        fields = [*TransactionShown.Meta.fields, "taken_from"]


class PartWish(Shape):
    points = serializers.IntegerField(required=False, min_value=1, max_value=10**15, help_text="Left out, all.")
    reason = OneLine(required=False, max_length=200)


class VoidWish(Shape):
    reason = OneLine(required=False, max_length=200)


class ReversalWish(PartWish):
    reason = OneLine(max_length=200)


class AdjustmentWish(Shape):
    points = serializers.IntegerField(min_value=-(10**15), max_value=10**15, help_text="Below zero to take away.")
    reason = OneLine(max_length=200)


class AdjustmentShown(Shape):
    id = serializers.IntegerField()
    status = serializers.CharField(help_text="`waiting` where it needs a second person.")
    points = serializers.IntegerField()
    reason = serializers.CharField()
    transaction = serializers.IntegerField(source="transaction_id", allow_null=True)


class QuoteLine(Shape):
    quantity = serializers.DecimalField(12, 3, default=Decimal(1))
    unit_price = serializers.DecimalField(16, 4, help_text="Minor units, tax included.")
    discount = serializers.IntegerField(default=0)
    product = serializers.CharField(required=False)
    category = serializers.CharField(required=False)
    brand = serializers.CharField(required=False)
    supplier = serializers.CharField(required=False)
    margin_class = serializers.CharField(required=False)


class QuoteWish(Shape):
    """A basket: its lines, or what its goods cost in all."""

    currency = serializers.CharField(min_length=3, max_length=3)
    goods = serializers.IntegerField(required=False, help_text="Minor units, after discounts, without shipping.")
    lines = QuoteLine(many=True, required=False)
    gift_card = serializers.IntegerField(required=False)
    points_paid = serializers.IntegerField(required=False)
    at = Moment(required=False, help_text="Left out, now.")
    store = serializers.CharField(required=False)
    channel = serializers.CharField(required=False)
    customer = serializers.CharField(required=False, help_text="Number of the customer; left out, for anybody.")
    language = serializers.CharField(required=False, help_text="Of `text`, such as `de`.")


class StepShown(Shape):
    """One step of a calculation, in words."""

    what = serializers.CharField()
    how = serializers.CharField()
    points = serializers.CharField(help_text="Exact, as it is before the rounding.")


class MissingShown(Shape):
    """The nearest bonus that more goods would bring."""

    amount = serializers.IntegerField(help_text="Minor units.")
    points = serializers.IntegerField()
    rule = serializers.CharField()
    of_these = serializers.BooleanField(help_text="Only more of the same goods count.")


class QuoteShown(Shape):
    points = serializers.IntegerField()
    activates_at = Moment(allow_null=True)
    expires_at = Moment(allow_null=True)
    steps = StepShown(many=True, help_text="How the points come about; empty where only the base rate counts.")
    missing = MissingShown(allow_null=True)
    text = serializers.CharField(help_text="All of it in a sentence or two, ready to be shown.")
