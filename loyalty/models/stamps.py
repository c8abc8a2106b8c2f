"""Stamp cards: buy so many, get one. Stamps are never stored: they are counted from what was bought and kept."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from loyalty.models.rewards import Claim, Reward


class StampCard(models.Model):
    """What is stamped, how many stamps fill a card, and what a full card gives."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        LIVE = "live", _("live")
        ENDED = "ended", _("ended")

    class Counts(models.TextChoices):
        PRODUCT = "product", _("product")
        CATEGORY = "category", _("category")
        BRAND = "brand", _("brand")

    reward = models.ForeignKey(Reward, models.PROTECT, related_name="stamp_cards", verbose_name=_("full card gives"))
    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    counts = models.CharField(_("a stamp for each"), max_length=8, choices=Counts, default=Counts.PRODUCT)
    value = models.CharField(_("which"), max_length=100, help_text=_("The code of the product, or the name."))
    stamps = models.PositiveSmallIntegerField(_("stamps on a card"))
    most_cards = models.PositiveIntegerField(_("most cards per customer"), null=True, blank=True)
    opens_at = models.DateTimeField(_("from"), null=True, blank=True, help_text=_("Empty: from when it goes live."))
    closes_at = models.DateTimeField(_("until (exclusive)"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=5, choices=Status, default=Status.DRAFT)

    class Meta:
        verbose_name = _("stamp card")
        verbose_name_plural = _("stamp cards")
        constraints = [
            models.CheckConstraint(name="stamp_card_has_stamps", condition=Q(stamps__gt=0)),
            models.CheckConstraint(name="stamp_card_says_what_counts", condition=~Q(value="")),
            models.CheckConstraint(
                name="live_stamp_card_knows_its_beginning", condition=Q(status="draft") | Q(opens_at__isnull=False)
            ),
            models.CheckConstraint(
                name="stamp_card_closes_after_it_opens",
                condition=Q(opens_at__isnull=True) | Q(closes_at__isnull=True) | Q(closes_at__gt=F("opens_at")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StampHolder(models.Model):
    """A customer's stamps on one kind of card, as last counted. The row is what is locked while they are counted."""

    card = models.ForeignKey(StampCard, models.PROTECT, related_name="holders", db_index=False)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="stamps")
    stamps = models.PositiveIntegerField(_("stamps"), default=0, help_text="In all, less those of returned goods.")
    counted_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("stamps of a customer")
        verbose_name_plural = _("stamps of customers")
        constraints = [
            models.UniqueConstraint(fields=["card", "customer"], name="customer_has_one_count_per_stamp_card")
        ]

    def __str__(self) -> str:
        return f"{self.card_id}/{self.customer_id}: {self.stamps}"


class FullCard(models.Model):
    """A card that was filled, and what it gave. Taken back when returns empty it before that was used."""

    holder = models.ForeignKey(StampHolder, models.PROTECT, related_name="full_cards", db_index=False)
    number = models.PositiveIntegerField(help_text="The how-manieth card of the customer.")
    claim = models.OneToOneField(Claim, models.PROTECT, related_name="full_card")
    filled_at = models.DateTimeField(_("filled"))
    taken_back_at = models.DateTimeField(_("taken back"), null=True)

    class Meta:
        verbose_name = _("full stamp card")
        verbose_name_plural = _("full stamp cards")
        constraints = [
            models.UniqueConstraint(
                fields=["holder", "number"],
                condition=Q(taken_back_at__isnull=True),
                name="full_card_gives_its_reward_once",
            ),
            models.CheckConstraint(name="full_card_has_a_number", condition=Q(number__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.holder_id}: {self.number}"
