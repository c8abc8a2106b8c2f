"""What points are good for: the catalogue of rewards, and the claims that customers have made on them."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Worth(models.TextChoices):
    """What a voucher takes off."""

    AMOUNT = "amount", _("an amount")
    PERCENT = "percent", _("a percentage")
    PRODUCT = "product", _("a product")


def worth_is_said() -> Q:
    """Of a voucher, and of a reward that ends in one: the worth with exactly the figure that it takes."""
    return (
        Q(worth="amount", amount__isnull=False, amount__gt=0, percent__isnull=True, product="")
        | Q(worth="percent", percent__isnull=False, percent__gte=1, percent__lte=100, product="")
        | (Q(worth="product", amount__isnull=True, percent__isnull=True) & ~Q(product=""))
    )


class Reward(models.Model):
    """Something that customers may have for points, or that they are given."""

    class Kind(models.TextChoices):
        DISCOUNT = "discount", _("discount")
        PRODUCT = "product", _("product")
        FREE_PURCHASE = "free_purchase", _("free next purchase")
        VOUCHER = "voucher", _("voucher")
        GIFT_CARD = "gift_card", _("gift card")
        EXPERIENCE = "experience", _("experience")
        EARLY_ACCESS = "early_access", _("early access")
        PARTNER = "partner", _("partner's reward")
        DONATION = "donation", _("donation")

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        LIVE = "live", _("live")
        RETIRED = "retired", _("retired")

    class Period(models.TextChoices):
        DAY = "day", _("day")
        WEEK = "week", _("week")
        MONTH = "month", _("month")
        YEAR = "year", _("year")

    class Unused(models.TextChoices):
        RETURN = "return", _("the points go back to where they came from")
        KEEP = "keep", _("the points are spent")

    WITH_VOUCHER = frozenset({Kind.DISCOUNT, Kind.FREE_PURCHASE, Kind.VOUCHER, Kind.GIFT_CARD, Kind.PARTNER})
    HANDED_OVER = frozenset({Kind.PRODUCT, Kind.EXPERIENCE})

    programme = models.ForeignKey(
        "loyalty.Programme", models.PROTECT, related_name="rewards", verbose_name=_("programme"), db_index=False
    )
    code = models.SlugField(_("code"), max_length=60)
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"), max_length=1000, blank=True)
    kind = models.CharField(_("kind"), max_length=13, choices=Kind)
    status = models.CharField(_("status"), max_length=7, choices=Status, default=Status.DRAFT)
    listed = models.BooleanField(
        _("in the catalogue"),
        default=True,
        help_text=_("Customers may take it themselves; otherwise it is only given."),
    )
    points = models.PositiveBigIntegerField(_("price in points"), default=0)
    money = models.PositiveBigIntegerField(
        _("and in money"), default=0, help_text=_("Minor units (cents), paid to the shop besides the points.")
    )
    currency = models.CharField(_("currency"), max_length=3)
    stock = models.PositiveIntegerField(_("in stock"), null=True, blank=True, help_text=_("Empty: without end."))
    limit_total = models.PositiveIntegerField(_("most per customer"), null=True, blank=True)
    limit_period = models.PositiveIntegerField(_("most per customer and period"), null=True, blank=True)
    period = models.CharField(_("period"), max_length=5, choices=Period, blank=True)
    tiers = ArrayField(
        models.CharField(max_length=40),
        verbose_name=_("tiers"),
        default=list,
        blank=True,
        help_text=_("Codes of the tiers that may have it. None: everybody."),
    )
    segment = models.ForeignKey(
        "customers.Segment",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="rewards",
        verbose_name=_("segment"),
        help_text=_("Only for customers of this segment."),
    )
    opens_at = models.DateTimeField(_("from"), null=True, blank=True)
    closes_at = models.DateTimeField(_("until (exclusive)"), null=True, blank=True)
    worth = models.CharField(_("takes off"), max_length=7, choices=Worth, blank=True)
    amount = models.PositiveBigIntegerField(
        _("amount"), null=True, blank=True, help_text=_("Minor units (cents). Of a percentage: at most so much.")
    )
    percent = models.PositiveSmallIntegerField(
        _("per cent"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    product = models.CharField(_("product code"), max_length=60, blank=True)
    uses = models.PositiveIntegerField(
        _("times it may be used"), default=1, help_text=_("A gift card is used until it is empty.")
    )
    bound = models.BooleanField(
        _("only for the customer"), default=True, help_text=_("Otherwise whoever has the code may use it.")
    )
    lasts_days = models.PositiveIntegerField(
        _("valid for (days)"), null=True, blank=True, help_text=_("Of vouchers and early access. Empty: no end.")
    )
    unused = models.CharField(_("if it is never used"), max_length=6, choices=Unused, default=Unused.KEEP)
    party = models.CharField(
        _("partner or cause"), max_length=120, blank=True, help_text=_("Who gives it, or who a donation goes to.")
    )
    cause = models.ForeignKey(
        "loyalty.Cause",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="rewards",
        verbose_name=_("cause"),
        help_text=_("A donation to it is payable with everything else that is given to it."),
    )
    partner = models.ForeignKey(
        "loyalty.Partner",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="rewards",
        verbose_name=_("partner"),
        help_text=_("Its points are settled with this partner, as those that it takes itself."),
    )
    match_percent = models.PositiveIntegerField(
        _("matched by (per cent)"), default=0, help_text=_("What the business adds to a donation; 100 doubles it.")
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("reward")
        verbose_name_plural = _("rewards")
        permissions = [
            ("claim_reward", _("Can redeem rewards for customers")),
            ("issue_reward", _("Can give rewards to customers")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["programme", "code"], name="reward_code_is_unique_in_its_programme"),
            models.CheckConstraint(
                name="stock_is_never_below_zero", condition=Q(stock__isnull=True) | Q(stock__gte=0)
            ),
            models.CheckConstraint(name="reward_currency_is_iso", condition=Q(currency__regex=r"^[A-Z]{3}$")),
            models.CheckConstraint(
                name="reward_limit_has_a_period",
                condition=Q(limit_period__isnull=True, period="")
                | Q(limit_period__isnull=False, limit_period__gt=0, period__in=["day", "week", "month", "year"]),
            ),
            models.CheckConstraint(
                name="reward_closes_after_it_opens",
                condition=Q(opens_at__isnull=True) | Q(closes_at__isnull=True) | Q(closes_at__gt=models.F("opens_at")),
            ),
            models.CheckConstraint(
                name="reward_with_a_voucher_says_what_it_is_worth",
                condition=~Q(kind__in=["discount", "free_purchase", "voucher", "gift_card", "partner"])
                | worth_is_said(),
            ),
            models.CheckConstraint(
                name="gift_card_is_worth_an_amount", condition=~Q(kind="gift_card") | Q(worth="amount")
            ),
            models.CheckConstraint(
                name="donation_is_worth_something_to_somebody",
                condition=~Q(kind="donation") | (Q(amount__isnull=False, amount__gt=0) & ~Q(party="")),
            ),
            models.CheckConstraint(
                name="only_a_donation_that_costs_points_has_a_cause",
                condition=Q(cause__isnull=True) | Q(kind="donation", points__gt=0),
            ),
            models.CheckConstraint(
                name="only_a_partners_reward_is_settled_with_it",
                condition=Q(partner__isnull=True) | Q(kind="partner", points__gt=0),
            ),
            models.CheckConstraint(name="reward_can_be_used_once_at_least", condition=Q(uses__gte=1)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ends_in_voucher(self) -> bool:
        return self.kind in self.WITH_VOUCHER

    @property
    def is_handed_over(self) -> bool:
        return self.kind in self.HANDED_OVER


class ClaimQuerySet(models.QuerySet["Claim"]):
    def counted(self) -> Self:
        """Those that use up a customer's limit: taken, and neither released nor undone."""
        return self.filter(origin="taken", status__in=["held", "waiting", "done"])

    def lapsed(self, at: datetime) -> Self:
        """Those whose hold has lasted too long by then."""
        return self.filter(status="held", lapses_at__lte=at)


class Claim(models.Model):
    """A reward that a customer has taken, or was given. Its price and what became of it."""

    class Status(models.TextChoices):
        HELD = "held", _("being paid")
        WAITING = "waiting", _("to be handed over")
        DONE = "done", _("done")
        VOIDED = "voided", _("released")
        LAPSED = "lapsed", _("not paid in time")
        CANCELLED = "cancelled", _("cancelled")
        RETURNED = "returned", _("unused, points given back")

    class Origin(models.TextChoices):
        TAKEN = "taken", _("taken by the customer")
        ISSUED = "issued", _("given")
        STAMPS = "stamps", _("full stamp card")

    reward = models.ForeignKey(Reward, models.PROTECT, related_name="claims")
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="claims", db_index=False)
    origin = models.CharField(_("how"), max_length=6, choices=Origin, default=Origin.TAKEN)
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.HELD)
    points = models.PositiveBigIntegerField(_("points"), default=0)
    money = models.PositiveBigIntegerField(_("money"), default=0)
    currency = models.CharField(_("currency"), max_length=3)
    hold = models.OneToOneField("loyalty.Transaction", models.PROTECT, null=True, related_name="claim")
    key = models.CharField(max_length=160, null=True, unique=True, help_text="The same key never takes it twice.")
    request = models.CharField(max_length=32, blank=True, help_text="Hash of what was asked with the key.")
    claimed_at = models.DateTimeField(_("taken"))
    lapses_at = models.DateTimeField(_("lapses"), null=True, help_text="Until then it can be paid.")
    captured_at = models.DateTimeField(_("paid"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    valid_until = models.DateTimeField(_("valid until"), null=True, help_text="Of early access.")
    donated = models.PositiveBigIntegerField(
        _("donated"), null=True, help_text="Of a donation: minor units to be paid on, matching included."
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("redemption of a reward")
        verbose_name_plural = _("redemptions of rewards")
        permissions = [
            ("fulfil_claim", _("Can hand over rewards")),
            ("cancel_claim", _("Can cancel redemptions of rewards")),
        ]
        constraints = [
            models.CheckConstraint(
                name="claim_state_has_its_times",
                condition=Q(status="held", lapses_at__isnull=False, captured_at__isnull=True, ended_at__isnull=True)
                | Q(status="waiting", captured_at__isnull=False, ended_at__isnull=True)
                | Q(status__in=["voided", "lapsed"], captured_at__isnull=True, ended_at__isnull=False)
                | Q(status__in=["done", "cancelled", "returned"], captured_at__isnull=False, ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="claim_for_points_names_its_hold",
                condition=Q(points=0, hold__isnull=True) | Q(points__gt=0, hold__isnull=False),
            ),
            models.CheckConstraint(
                name="what_is_given_costs_nothing", condition=Q(origin="taken") | Q(points=0, money=0)
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-claimed_at"], name="claim_by_customer"),
            models.Index(fields=["lapses_at"], condition=Q(status="held"), name="claim_being_paid"),
            models.Index(fields=["captured_at"], condition=Q(status="waiting"), name="claim_to_hand_over"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.get_status_display()}"
