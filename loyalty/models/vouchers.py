"""Vouchers: codes that take something off, and each time that one was used.

A code is kept twice and never in clear: as a hash, by which it is found, and encrypted, so that those who may can show
it to its owner again.
"""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from loyalty.models.rewards import Reward, Worth, worth_is_said


class VoucherBatch(models.Model):
    """Codes that were made together for a campaign, for nobody in particular."""

    reward = models.ForeignKey(Reward, models.PROTECT, related_name="batches")
    name = models.CharField(_("name"), max_length=120)
    many = models.PositiveIntegerField(_("codes"))
    key = models.CharField(max_length=160, null=True, unique=True)
    issued_at = models.DateTimeField(_("issued"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("batch of vouchers")
        verbose_name_plural = _("batches of vouchers")
        constraints = [models.CheckConstraint(name="batch_has_codes", condition=Q(many__gt=0))]

    def __str__(self) -> str:
        return self.name


class Voucher(models.Model):
    class Status(models.TextChoices):
        OPEN = "open", _("open")
        USED = "used", _("used up")
        EXPIRED = "expired", _("expired")
        REVOKED = "revoked", _("revoked")

    reward = models.ForeignKey(Reward, models.PROTECT, related_name="vouchers")
    claim = models.OneToOneField("loyalty.Claim", models.PROTECT, null=True, related_name="voucher")
    batch = models.ForeignKey(VoucherBatch, models.PROTECT, null=True, related_name="vouchers")
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, null=True, related_name="vouchers", verbose_name=_("owner")
    )
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the code.")
    sealed = models.TextField(help_text="The code, encrypted.")
    ending = models.CharField(_("code ends in"), max_length=4, db_index=True)
    name = models.CharField(_("name"), max_length=120)
    worth = models.CharField(_("takes off"), max_length=7, choices=Worth)
    amount = models.PositiveBigIntegerField(_("amount"), null=True)
    percent = models.PositiveSmallIntegerField(_("per cent"), null=True)
    product = models.CharField(_("product code"), max_length=60, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    divisible = models.BooleanField(default=False, help_text="A gift card: used in parts until it is empty.")
    spent = models.PositiveBigIntegerField(_("spent"), default=0, help_text="Of what is divisible.")
    uses = models.PositiveIntegerField(_("used"), default=0)
    uses_allowed = models.PositiveIntegerField(_("may be used"), null=True, default=1)
    bound = models.BooleanField(_("only for its owner"), default=True)
    unused = models.CharField(_("if it is never used"), max_length=6, choices=Reward.Unused)
    issued_at = models.DateTimeField(_("issued"))
    expires_at = models.DateTimeField(_("expires"), null=True, help_text="From this moment on it is worth nothing.")
    status = models.CharField(_("status"), max_length=7, choices=Status, default=Status.OPEN)
    ended_at = models.DateTimeField(_("ended"), null=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True, help_text="Why it was revoked.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("voucher")
        verbose_name_plural = _("vouchers")
        permissions = [
            ("redeem_voucher", _("Can use vouchers and release them again")),
            ("revoke_voucher", _("Can revoke vouchers")),
            ("reveal_voucher", _("Can see codes of vouchers")),
        ]
        constraints = [
            models.CheckConstraint(name="voucher_says_what_it_is_worth", condition=worth_is_said()),
            models.CheckConstraint(
                name="voucher_is_used_no_more_than_allowed",
                condition=Q(uses_allowed__isnull=True) | Q(uses__lte=F("uses_allowed")),
            ),
            models.CheckConstraint(
                name="voucher_spends_no_more_than_it_is_worth",
                condition=Q(divisible=False, spent=0, uses_allowed__isnull=False)
                | Q(divisible=True, worth="amount", spent__lte=F("amount")),
            ),
            models.CheckConstraint(
                name="voucher_that_is_not_open_has_ended",
                condition=Q(status="open", ended_at__isnull=True) | (~Q(status="open") & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="voucher_for_one_person_has_an_owner", condition=Q(bound=False) | Q(customer__isnull=False)
            ),
            models.CheckConstraint(
                name="voucher_expires_after_it_is_issued",
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=F("issued_at")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"], condition=Q(status="open", expires_at__isnull=False), name="voucher_to_expire"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} …{self.ending}"

    @property
    def left(self) -> int | None:
        """Of a gift card, what is still on it; of any other amount, the amount."""
        return None if self.amount is None else self.amount - self.spent

    def state(self, at: datetime) -> str:
        """The status at a moment: past its date it is expired, whether or not the nightly job has run."""
        gone = self.status == self.Status.OPEN and self.expires_at is not None and self.expires_at <= at
        return self.Status.EXPIRED if gone else self.status


class VoucherUse(models.Model):
    """One time that a voucher was used, for an order or whatever the shop calls it."""

    voucher = models.ForeignKey(Voucher, models.PROTECT, related_name="used", db_index=False)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, null=True, related_name="voucher_uses")
    reference = models.CharField(_("used for"), max_length=160)
    goods = models.PositiveBigIntegerField(_("goods"), null=True, help_text="Minor units that it was used on.")
    taken_off = models.PositiveBigIntegerField(_("taken off"), null=True, help_text="Minor units, where known.")
    at = models.DateTimeField(_("used"))
    released_at = models.DateTimeField(_("released"), null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("use of a voucher")
        verbose_name_plural = _("uses of vouchers")
        constraints = [
            models.UniqueConstraint(
                fields=["voucher", "reference"],
                condition=Q(released_at__isnull=True),
                name="voucher_is_used_once_for_one_thing",
            ),
            models.CheckConstraint(name="use_says_what_for", condition=~Q(reference="")),
        ]
        indexes = [models.Index(fields=["voucher", "-at"], name="use_by_voucher")]

    def __str__(self) -> str:
        return self.reference
