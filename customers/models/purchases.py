"""What customers bought and brought back. Money is in minor units of the purchase's currency, tax included."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Source(models.Model):
    """Where purchases come from: a web shop, a till, a file. Order numbers are unique within one."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=100)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    zone = models.CharField(_("zone"), max_length=50, blank=True)
    mapping = models.JSONField(
        _("column mapping"),
        default=dict,
        blank=True,
        help_text=_("How its files are read; kept from the last import."),
    )

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")

    def __str__(self) -> str:
        return self.name


class Purchase(models.Model):
    class Status(models.TextChoices):
        STANDING = "standing", _("standing")
        CANCELLED = "cancelled", _("cancelled")

    # Keys of rows that come by the thousand are checked by the statement, not by the row: see migration 0013.
    source = models.ForeignKey(Source, models.PROTECT, related_name="purchases", db_index=False, db_constraint=False)
    number = models.CharField(_("order number"), max_length=100)
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="purchases", db_index=False, db_constraint=False
    )
    at = models.DateTimeField(_("bought"))
    currency = models.CharField(_("currency"), max_length=3)
    channel = models.CharField(_("channel"), max_length=30, blank=True)
    store = models.CharField(_("store"), max_length=60, blank=True)
    goods = models.BigIntegerField(_("goods"), help_text="Sum of the lines, after discounts.")
    shipping = models.BigIntegerField(_("shipping"), default=0)
    tax = models.BigIntegerField(_("tax"), default=0, help_text="Contained in the amounts.")
    gift_card = models.BigIntegerField(
        _("gift cards"), default=0, help_text="The part that is gift cards, sold or used to pay: it earns nothing."
    )
    points_paid = models.BigIntegerField(_("paid with points"), default=0)
    returned = models.BigIntegerField(_("returned"), default=0, help_text="Goods brought back so far.")
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.STANDING)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True)
    rebilled_as = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="rebills", verbose_name=_("billed again as")
    )
    fingerprint = models.CharField(max_length=64, help_text="Of the content: tells a repetition from a conflict.")
    recorded_at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("purchase")
        verbose_name_plural = _("purchases")
        permissions = [
            ("record_purchase", _("Can record purchases")),
            ("return_purchase", _("Can record returns and cancellations")),
            ("import_purchase", _("Can import purchases")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["source", "number"], name="order_number_is_unique_within_its_source"),
            models.CheckConstraint(
                name="purchase_amounts_are_not_negative",
                condition=Q(goods__gte=0, shipping__gte=0, tax__gte=0, gift_card__gte=0, points_paid__gte=0),
            ),
            models.CheckConstraint(
                name="purchase_returns_no_more_than_its_goods", condition=Q(returned__gte=0, returned__lte=F("goods"))
            ),
            models.CheckConstraint(
                name="purchase_is_paid_with_no_more_than_its_total",
                condition=Q(gift_card__lte=F("goods") + F("shipping") - F("points_paid")),
            ),
            models.CheckConstraint(name="purchase_currency_is_iso", condition=Q(currency__regex=r"^[A-Z]{3}$")),
            models.CheckConstraint(
                name="cancelled_purchase_has_a_time",
                condition=Q(status="cancelled", cancelled_at__isnull=False)
                | (~Q(status="cancelled") & Q(cancelled_at__isnull=True, rebilled_as__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "at"], include=["goods", "returned"], name="purchase_by_customer"),
            models.Index(
                fields=["id"], include=["customer", "at"], name="purchase_standing", condition=Q(status="standing")
            ),
            models.Index(fields=["number"], name="purchase_by_number", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def total(self) -> int:
        return self.goods + self.shipping

    @property
    def standing(self) -> bool:
        return self.status == self.Status.STANDING


class Line(models.Model):
    """One line of a purchase, with the product as it was described when it was sold."""

    purchase = models.ForeignKey(Purchase, models.PROTECT, related_name="lines", db_index=False, db_constraint=False)
    position = models.PositiveIntegerField(_("position"))
    product = models.CharField(_("product code"), max_length=60, blank=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    category = models.CharField(_("category"), max_length=100, blank=True)
    brand = models.CharField(_("brand"), max_length=100, blank=True)
    supplier = models.CharField(_("supplier"), max_length=100, blank=True)
    margin_class = models.CharField(_("margin class"), max_length=20, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=3)
    unit_price = models.DecimalField(
        _("unit price"),
        max_digits=16,
        decimal_places=4,
        help_text="Minor units; the only money that may be a fraction.",
    )
    discount = models.BigIntegerField(_("discount"), default=0)
    tax = models.BigIntegerField(_("tax"), default=0, help_text="Contained in the amount.")
    amount = models.BigIntegerField(_("amount"), help_text="Quantity times price, rounded, less discount.")
    returned = models.DecimalField(_("returned"), max_digits=12, decimal_places=3, default=0)

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        constraints = [
            models.UniqueConstraint(
                fields=["purchase", "position"], name="line_position_is_unique_within_its_purchase"
            ),
            models.CheckConstraint(name="line_sells_something", condition=Q(quantity__gt=0)),
            models.CheckConstraint(
                name="line_returns_no_more_than_was_bought", condition=Q(returned__gte=0, returned__lte=F("quantity"))
            ),
            models.CheckConstraint(
                name="line_amounts_are_not_negative",
                condition=Q(amount__gte=0, discount__gte=0, tax__gte=0, unit_price__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity.normalize():f} x {self.name or self.product}"


class Return(models.Model):
    """Goods brought back from one purchase."""

    purchase = models.ForeignKey(Purchase, models.PROTECT, related_name="returns", db_index=False)
    number = models.CharField(_("number"), max_length=100)
    at = models.DateTimeField(_("returned"))
    amount = models.BigIntegerField(_("amount"), help_text="What the returned goods had cost.")
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    recorded_at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("return")
        verbose_name_plural = _("returns")
        constraints = [
            models.UniqueConstraint(fields=["purchase", "number"], name="return_number_is_unique_within_its_purchase"),
            models.CheckConstraint(name="return_amount_is_not_negative", condition=Q(amount__gte=0)),
        ]

    def __str__(self) -> str:
        return self.number


class ReturnLine(models.Model):
    part_of = models.ForeignKey(Return, models.PROTECT, related_name="lines", db_index=False)
    line = models.ForeignKey(Line, models.PROTECT, related_name="return_lines")
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=3)
    amount = models.BigIntegerField(_("amount"))

    class Meta:
        verbose_name = _("returned line")
        verbose_name_plural = _("returned lines")
        constraints = [
            models.UniqueConstraint(fields=["part_of", "line"], name="line_is_returned_once_per_return"),
            models.CheckConstraint(name="return_line_brings_something", condition=Q(quantity__gt=0, amount__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.quantity.normalize():f} x {self.line}"
