"""Points are kept by double entry: a transfer takes them from one account and puts them into another.

A transfer has one positive number, a source and a target, so nothing can be unbalanced. A wallet's four accounts are
columns of its row: that row is the only thing ever locked. A programme's accounts have no row and no stored balance,
so that no two customers ever wait for each other; they are summed from the transfers (and per day, see ``audit``).
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, models
from django.db.models import Q
from django.db.models.base import ModelState
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Account(models.TextChoices):
    # of a wallet
    PENDING = "pending", _("pending")
    AVAILABLE = "available", _("available")
    HELD = "held", _("held")
    DEBT = "debt", _("debt")
    # of a programme
    ISSUED = "issued", _("issued")
    REDEEMED = "redeemed", _("redeemed")
    EXPIRED = "expired", _("expired")
    CLAWED_BACK = "clawed_back", _("clawed back")
    WAIVED = "waived", _("waived")
    ADJUSTED = "adjusted", _("adjusted")
    FORFEITED = "forfeited", _("forfeited")
    IMPORTED = "imported", _("imported")
    PARTNER = "partner", _("partners")
    CHARITY = "charity", _("charity")
    MOVED = "moved", _("moved between wallets")


BUCKETS = (Account.PENDING, Account.AVAILABLE, Account.HELD, Account.DEBT)


def sound(*columns: str, table: str) -> models.Func:
    """What a row must say together, as a function of PostgreSQL's that names the sentence that is broken.

    PostgreSQL reads the CHECKs of a table anew for every statement, and a function once: four on a wallet and four on
    a lot took a fifth of the time of an earn.
    """
    return models.Func(*columns, function=f"loyalty_{table}_is_sound", output_field=models.BooleanField())


class WalletQuerySet(models.QuerySet["Wallet"]):
    def due(self, at: datetime) -> Self:
        """Those in which something becomes available or expires by then."""
        return self.filter(next_due__lte=at)


class Wallet(models.Model):
    """A customer's points in one programme. Each column below zero would be an overdraft: the database refuses it."""

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        FROZEN = "frozen", _("frozen")
        MERGED = "merged", _("merged")
        CLOSED = "closed", _("closed")

    programme = models.ForeignKey("loyalty.Programme", models.PROTECT, related_name="wallets", db_index=False)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="wallets")
    pending = models.BigIntegerField(_("pending"), default=0, db_default=0)
    available = models.BigIntegerField(_("available"), default=0, db_default=0)
    held = models.BigIntegerField(_("held"), default=0, db_default=0)
    debt = models.BigIntegerField(_("debt"), default=0, db_default=0)
    sequence = models.BigIntegerField(
        default=0, db_default=0, help_text="Number of its latest transaction: the statement has no gaps."
    )
    status = models.CharField(_("status"), max_length=6, choices=Status, default=Status.OPEN, db_default="open")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    next_due = models.DateTimeField(
        null=True, help_text="Nothing becomes available or expires before then. Most postings leave it as it is."
    )
    opened_at = models.DateTimeField(_("opened"), db_default=Now())

    objects = WalletQuerySet.as_manager()

    class Meta:
        verbose_name = _("wallet")
        verbose_name_plural = _("wallets")
        permissions = [
            ("freeze_wallet", _("Can freeze wallets and open them again")),
            ("close_wallet", _("Can close wallets for good")),
            ("grant_points", _("Can grant points")),
            ("redeem_points", _("Can redeem points")),
            ("reverse_points", _("Can reverse redemptions")),
            ("transfer_points", _("Can transfer points between customers")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["programme", "customer"], name="customer_has_one_wallet_per_programme"),
            models.CheckConstraint(
                name="wallet_is_sound",
                condition=sound("pending", "available", "held", "debt", "status", "merged_into", table="wallet"),
            ),
        ]
        indexes = [models.Index(fields=["next_due"], condition=Q(next_due__isnull=False), name="wallet_to_settle")]

    def __str__(self) -> str:
        return f"{self.programme_id}/{self.customer_id}"


class Kind(models.TextChoices):
    EARN = "earn", _("earned")
    GRANT = "grant", _("granted")
    IMPORT = "import", _("brought in")
    ACTIVATE = "activate", _("became available")
    EXPIRE = "expire", _("expired")
    REDEEM = "redeem", _("redeemed")
    HOLD = "hold", _("held")
    CAPTURE = "capture", _("hold captured")
    VOID = "void", _("hold released")
    REVERSE = "reverse", _("redemption reversed")
    CLAW_BACK = "claw_back", _("taken back")
    ADJUST = "adjust", _("adjusted")
    MOVE_OUT = "move_out", _("moved out")
    MOVE_IN = "move_in", _("moved in")
    FORFEIT = "forfeit", _("forfeited")
    GIVE = "give", _("given to a cause")


class Transaction(models.Model):
    """What happened to one wallet at once: the line of its statement. Append-only, with at least one transfer.

    What its columns must say together is checked by the trigger ``is_whole``: PostgreSQL reads CHECKs anew for each
    statement, and a function once.

    Points that go from one wallet to another are two transactions that go through the account ``moved``, the second
    naming the first in ``reverses``: so a transaction, its keys and its transfers all belong to one wallet.
    """

    wallet = models.ForeignKey(
        Wallet, models.PROTECT, related_name="transactions", db_constraint=False, db_index=False
    )
    sequence = models.BigIntegerField()
    kind = models.CharField(_("kind"), max_length=9, choices=Kind)
    key = models.CharField(max_length=160, null=True, help_text="Asked again with the same key, nothing moves twice.")
    request = models.UUIDField(null=True, help_text="Hash of what was asked with the key.")
    natural_key = models.CharField(
        max_length=160, null=True, help_text="What it is for (event and rule): the second net against paying twice."
    )
    reference = models.CharField(_("reference"), max_length=160, blank=True, default="", db_default="")
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="", db_default="")
    purchase = models.ForeignKey(
        "customers.Purchase", models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    reverses = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="followers",
        db_constraint=False,
        db_index=False,
        help_text="The transaction that it resolves, reverses, takes back or completes.",
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    effective_at = models.DateTimeField(_("took effect"))
    posted_at = models.DateTimeField(_("posted"))
    meta = models.JSONField(default=dict, db_default={})
    transfer_count = models.IntegerField()
    pending_after = models.BigIntegerField()
    available_after = models.BigIntegerField()
    held_after = models.BigIntegerField()
    debt_after = models.BigIntegerField()

    # What the line changed: not stored, worked out by ``queries.statement`` from the line before.
    pending_change = available_change = held_change = debt_change = 0

    class Meta:
        verbose_name = _("transaction")
        verbose_name_plural = _("transactions")
        constraints = [
            models.UniqueConstraint(fields=["wallet", "sequence"], name="statement_has_no_number_twice"),
            models.UniqueConstraint(
                fields=["key"], condition=Q(key__isnull=False), name="idempotency_key_is_used_once"
            ),
            models.UniqueConstraint(
                fields=["natural_key"], condition=Q(natural_key__isnull=False), name="event_is_paid_once"
            ),
            models.UniqueConstraint(
                fields=["reverses"], condition=Q(kind__in=["capture", "void"]), name="hold_is_resolved_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["reverses"], condition=Q(reverses__isnull=False), name="transaction_by_what_it_answers"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.get_kind_display()}"

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any) -> Self:
        """As Django does it, without ``__init__`` and its signals, which nobody here uses: one is made per posting."""
        made = cls.__new__(cls)
        made._state = ModelState()
        made._state.adding, made._state.db = False, db
        made.__dict__.update(zip(field_names, values, strict=True))
        return made

    @classmethod
    def written(cls, values: dict[str, Any]) -> Self:
        """What a statement has just written, without reading it again."""
        made = cls.__new__(cls)
        made._state = ModelState()
        made._state.adding, made._state.db = False, DEFAULT_DB_ALIAS
        made.__dict__.update(values)
        return made


class Lot(models.Model):
    """Points that came together and have the same dates. Columns move with the transfers that name the lot."""

    wallet = models.ForeignKey(Wallet, models.PROTECT, related_name="lots", db_constraint=False, db_index=False)
    origin = models.ForeignKey(
        Transaction,
        models.PROTECT,
        related_name="lots",
        db_constraint=False,
        db_index=False,
        help_text="What first earned the points; kept when they move to another wallet.",
    )
    source = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        help_text="The lot that the points were in before.",
    )
    granted = models.BigIntegerField()
    earned_at = models.DateTimeField()
    activates_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True, help_text="From this moment on the points are gone.")
    slid_at = models.DateTimeField(null=True, help_text="The activity that moved its expiry last.")
    pending = models.BigIntegerField(default=0)
    available = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("lot")
        verbose_name_plural = _("lots")
        constraints = [
            models.CheckConstraint(
                name="lot_is_sound",
                condition=sound(
                    *("granted", "pending", "available", "held", "activates_at", "expires_at"), table="lot"
                ),
            ),
        ]
        indexes = [
            # In the order of consumption: soonest expiry, then oldest; never-expiring ones last (NULLs sort so).
            models.Index(
                fields=["wallet", "expires_at", "earned_at", "id"],
                condition=Q(available__gt=0),
                name="lot_in_order_of_spending",
            ),
            models.Index(
                fields=["wallet", "activates_at"], condition=Q(pending__gt=0), name="lot_in_order_of_activation"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.granted}"


class Transfer(models.Model):
    """Positive points from a source to a target. The lot tells which points: a redemption knows where to go back.

    What a row must say is checked by the trigger ``is_of_a_transaction``.
    """

    pk = models.CompositePrimaryKey("transaction_id", "number")
    transaction = models.ForeignKey(
        Transaction, models.PROTECT, related_name="transfers", db_constraint=False, db_index=False
    )
    number = models.IntegerField(help_text="From 1 on within its transaction.")
    source = models.CharField(max_length=11, choices=Account)
    target = models.CharField(max_length=11, choices=Account)
    points = models.BigIntegerField()
    lot = models.ForeignKey(
        Lot, models.PROTECT, null=True, related_name="transfers", db_constraint=False, db_index=False
    )

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")

    def __str__(self) -> str:
        return f"{self.points} {self.source} > {self.target}"
