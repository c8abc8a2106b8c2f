"""Customers bring friends: the rules of a programme, personal codes, who came by whom, and what became of it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class ReferralRules(models.Model):
    """What a programme gives to who brings a friend, and to the friend."""

    class Review(models.TextChoices):
        SUSPICIOUS = "suspicious", _("those who share an address, a device or a card")
        ALL = "all", _("all")
        NONE = "none", _("none")

    programme = models.OneToOneField("loyalty.Programme", models.PROTECT, related_name="referral_rules")
    referrer_points = models.PositiveBigIntegerField(_("points for who brings a friend"), default=500)
    friend_points = models.PositiveBigIntegerField(_("points for the friend"), default=200)
    minimum = models.PositiveBigIntegerField(
        _("the friend's purchase is worth at least (minor units)"),
        default=5000,
        help_text=_("Without shipping, gift cards, what points paid and what came back."),
    )
    wait_days = models.PositiveSmallIntegerField(
        _("return window (days)"), default=14, help_text=_("The reward waits until it has closed.")
    )
    monthly_limit = models.PositiveSmallIntegerField(
        _("rewards a month"), null=True, blank=True, default=5, help_text=_("For one who brings friends. Empty: any.")
    )
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(
        _("ends"), null=True, blank=True, help_text=_("From then on nobody new comes by it.")
    )
    review = models.CharField(
        _("somebody looks at"), max_length=10, choices=Review, default=Review.SUSPICIOUS, db_default="suspicious"
    )
    link = models.CharField(
        _("link"), max_length=300, blank=True, help_text=_("An address of your shop with {code} in it.")
    )

    class Meta:
        verbose_name = _("referral rules")
        verbose_name_plural = _("referral rules")
        constraints = [
            models.CheckConstraint(
                name="referrals_end_after_they_begin",
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
            ),
            models.CheckConstraint(
                name="referral_link_has_a_place_for_the_code", condition=Q(link="") | Q(link__contains="{code}")
            ),
            models.CheckConstraint(
                name="referrals_give_somebody_something", condition=Q(referrer_points__gt=0) | Q(friend_points__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return str(self.programme)


class ReferralCode(models.Model):
    """A customer's own code, to pass on. After a merge one may have two; both lead to the same person."""

    rules = models.ForeignKey(ReferralRules, models.PROTECT, related_name="codes", db_index=False)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="referral_codes")
    code = models.CharField(_("code"), max_length=20, unique=True)
    made_at = models.DateTimeField(_("made"), db_default=Now())

    class Meta:
        verbose_name = _("referral code")
        verbose_name_plural = _("referral codes")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.code


class Referral(models.Model):
    """A friend came by a customer's code. Of two who claim the same friend, the first counts."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        REVIEW = "review", _("to be looked at")
        REWARDED = "rewarded", _("rewarded")
        REFUSED = "refused", _("refused")

    rules = models.ForeignKey(ReferralRules, models.PROTECT, related_name="referrals", db_index=False)
    referrer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="referrals_made")
    friend = models.ForeignKey("customers.Customer", models.PROTECT, related_name="referrals_had", db_index=False)
    code = models.CharField(_("code"), max_length=20)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    reason = models.CharField(_("reason"), max_length=200, blank=True, help_text=_("A code, or what somebody wrote."))
    suspicions = models.JSONField(_("suspicions"), default=list, db_default=[], blank=True)
    purchase = models.ForeignKey("customers.Purchase", models.PROTECT, null=True, related_name="+", db_index=False)
    referrer_points = models.PositiveBigIntegerField(_("points for who brought them"), default=0)
    friend_points = models.PositiveBigIntegerField(_("points for the friend"), default=0)
    revoked = models.PositiveSmallIntegerField(
        _("taken back"), default=0, db_default=0, help_text=_("So often did its reward turn out to be for nothing.")
    )
    attributed_at = models.DateTimeField(_("came"))
    due_at = models.DateTimeField(_("return window closed"), null=True)
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        default_permissions = ("view",)
        permissions = [
            ("attribute_referral", _("Can say who came by whom")),
            ("decide_referral", _("Can decide about referrals that wait")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["rules", "friend"], condition=~Q(reason="merged"), name="friend_is_referred_once"
            ),
            models.CheckConstraint(
                name="nobody_refers_themselves",
                condition=Q(state__in=["rewarded", "refused"]) | ~Q(referrer=F("friend")),
            ),
            models.CheckConstraint(
                name="decided_referral_has_a_time",
                condition=Q(state__in=["open", "review"], decided_at__isnull=True)
                | Q(state__in=["rewarded", "refused"], decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="referral_is_rewarded_for_a_purchase",
                condition=Q(state__in=["review", "rewarded"], purchase__isnull=False, due_at__isnull=False)
                | Q(state__in=["open", "refused"]),
            ),
            models.CheckConstraint(
                name="only_a_rewarded_referral_gave_points",
                condition=Q(state="rewarded") | Q(referrer_points=0, friend_points=0),
            ),
            models.CheckConstraint(name="refused_referral_says_why", condition=~Q(state="refused") | ~Q(reason="")),
        ]
        indexes = [
            models.Index(fields=["friend"], name="referral_by_friend"),
            models.Index(fields=["id"], condition=Q(state="open"), name="referral_still_open"),
            models.Index(fields=["due_at"], condition=Q(state="review"), name="referral_to_be_looked_at"),
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.get_state_display()}"


class ReferralSignal(models.Model):
    """What a shop saw of a customer as an opaque hash: two who share one may be one person. Hashed here once more."""

    class Kind(models.TextChoices):
        ADDRESS = "address", _("address")
        DEVICE = "device", _("device")
        CARD = "card", _("card")

    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="referral_signals", db_index=False)
    kind = models.CharField(_("kind"), max_length=7, choices=Kind)
    digest = models.CharField(max_length=64)
    seen_at = models.DateTimeField(_("seen"), db_default=Now())

    class Meta:
        verbose_name = _("signal of a referral")
        verbose_name_plural = _("signals of referrals")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["customer", "kind", "digest"], name="signal_stands_once_per_customer"),
        ]
        indexes = [models.Index(fields=["kind", "digest"], name="signal_by_digest")]

    def __str__(self) -> str:
        return self.get_kind_display()
