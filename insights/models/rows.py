"""What each customer bought, added up: by month, and in all. All figures are taken from these rows.

Months and days are those of the business's zone. What came back is counted in the month of the purchase that it
belongs to. Cancelled purchases are not in here.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class BuyerMonth(models.Model):
    """The purchases of one customer in one month, in one currency, through one channel.

    ``days``, ``amounts`` and ``backs`` have one element for each order, in the order of time: so a window may begin
    on any day, and a median can be had.
    """

    # No database constraint: rows come by the million, and customers are never deleted.
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    month = models.DateField(_("month"), help_text="Its first day.")
    currency = models.CharField(_("currency"), max_length=3)
    channel = models.CharField(_("channel"), max_length=30, blank=True)
    orders = models.PositiveIntegerField(_("orders"))
    kept = models.PositiveIntegerField(_("orders kept"), help_text="Of which not everything came back.")
    amount = models.BigIntegerField(_("bought for"), help_text="Goods, in minor units.")
    returned = models.BigIntegerField(_("returned for"), default=0)
    days = ArrayField(models.SmallIntegerField(), help_text="The day of the month of each order.")
    amounts = ArrayField(models.BigIntegerField(), help_text="Goods of each order.")
    backs = ArrayField(models.BigIntegerField(), help_text="What came back of each order.")

    class Meta:
        verbose_name = _("month of a customer")
        verbose_name_plural = _("months of customers")
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "month", "currency", "channel"], name="month_of_a_customer_stands_once"
            ),
            models.CheckConstraint(name="month_of_a_customer_begins_on_its_first_day", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="month_of_a_customer_has_orders", condition=Q(orders__gt=0, kept__lte=F("orders"))
            ),
            models.CheckConstraint(
                name="month_of_a_customer_returns_no_more_than_it_bought",
                condition=Q(returned__gte=0, returned__lte=F("amount")),
            ),
        ]
        indexes = [models.Index(fields=["month"], name="month_of_customers")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.month:%Y-%m}"


class Buyer(models.Model):
    """All that one customer bought in one currency, through whatever channel.

    ``days`` and ``spent`` have one element for each order, in the order of days, so that what lies in any window is
    found by bisection (``width_bucket``), without a look at each order.
    """

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    currency = models.CharField(_("currency"), max_length=3)
    orders = models.PositiveIntegerField(_("orders"))
    kept = models.PositiveIntegerField(_("orders kept"))
    amount = models.BigIntegerField(_("bought for"), help_text="Goods, in minor units.")
    returned = models.BigIntegerField(_("returned for"), default=0)
    first_day = models.DateField(_("first order"))
    last_day = models.DateField(_("last order"))
    days = ArrayField(models.DateField(), help_text="The day of each order.")
    spent = ArrayField(models.BigIntegerField(), help_text="Goods less what came back, up to and with each order.")
    months = ArrayField(models.DateField(), help_text="The first day of each month with an order.")
    alone = models.BooleanField(default=True, help_text="They bought in no other currency.")

    class Meta:
        verbose_name = _("buyer")
        verbose_name_plural = _("buyers")
        permissions = [("see_customers", _("Can see which customers are behind a figure"))]
        constraints = [
            models.UniqueConstraint(fields=["customer", "currency"], name="buyer_stands_once_per_currency"),
            models.CheckConstraint(name="buyer_has_orders", condition=Q(orders__gt=0, kept__lte=F("orders"))),
            models.CheckConstraint(
                name="buyer_returns_no_more_than_was_bought", condition=Q(returned__gte=0, returned__lte=F("amount"))
            ),
            models.CheckConstraint(name="buyer_buys_first_before_last", condition=Q(first_day__lte=F("last_day"))),
            models.CheckConstraint(
                name="buyer_has_a_day_for_each_order",
                condition=Q(days__len=F("orders"), spent__len=F("orders"), months__len__gt=0),
            ),
        ]
        indexes = [
            models.Index(fields=["last_day"], name="buyer_by_last_day"),
            models.Index(fields=["customer"], name="buyer_of_several_currencies", condition=Q(alone=False)),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.currency}"

    @property
    def net(self) -> int:
        return self.amount - self.returned


class MonthTotal(models.Model):
    """What all customers bought in one month, in one currency, through one channel: the rows of customers added up."""

    month = models.DateField(_("month"), help_text="Its first day.")
    currency = models.CharField(_("currency"), max_length=3)
    channel = models.CharField(_("channel"), max_length=30, blank=True)
    orders = models.BigIntegerField(_("orders"))
    amount = models.BigIntegerField(_("bought for"), help_text="Goods, in minor units.")
    returned = models.BigIntegerField(_("returned for"))

    class Meta:
        verbose_name = _("month of all customers")
        verbose_name_plural = _("months of all customers")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["month", "currency", "channel"], name="month_of_all_stands_once"),
            models.CheckConstraint(name="month_of_all_begins_on_its_first_day", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="month_of_all_adds_up_what_there_is",
                condition=Q(orders__gte=0, returned__gte=0, returned__lte=F("amount")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.currency} {self.channel}".strip()


class TouchedMonth(models.Model):
    """A month of a customer whose rows are to be added up anew: something was bought, came back, or changed hands.

    It may stand here several times: to look for it first would take longer than to add it up once more.
    """

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    month = models.DateField()

    class Meta:
        verbose_name = _("month to add up")
        verbose_name_plural = _("months to add up")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.customer_id} {self.month:%Y-%m}"


class DirtyMonth(models.Model):
    """A month whose figures were taken before something in it changed."""

    month = models.DateField(primary_key=True)
    since = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("month with old figures")
        verbose_name_plural = _("months with old figures")
        default_permissions = ()
        constraints = [models.CheckConstraint(name="dirty_month_begins_on_its_first_day", condition=Q(month__day=1))]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
