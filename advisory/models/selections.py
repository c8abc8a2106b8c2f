"""How members are chosen by lot: whom it may be, as it was when it was frozen, and every draw that was made."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Exclusion(models.Model):
    """A customer who cannot be a member, and why, as long as it holds."""

    class Kind(models.TextChoices):
        EMPLOYEE = "employee", _("works for us")
        COMPETITOR = "competitor", _("works for a competitor")
        OTHER = "other", _("something else")

    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="board_exclusions")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    made_at = models.DateTimeField(_("made"), db_default=Now())
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    lifted_at = models.DateTimeField(_("lifted"), null=True)

    class Meta:
        verbose_name = _("customer who cannot be a member")
        verbose_name_plural = _("customers who cannot be members")
        default_permissions = ("view", "add")

    def __str__(self) -> str:
        return str(self.get_kind_display())


class Pool(models.Model):
    """Everybody who may be drawn, with what they stand for, and how many could not be. Append-only."""

    board = models.ForeignKey("advisory.Board", models.PROTECT, related_name="pools", db_index=False)
    number = models.PositiveIntegerField(_("number"))
    rules: Any = models.JSONField(_("who may be drawn"), default=dict, help_text="The segment, as it was, and gates.")
    features: Any = models.JSONField(_("features"), help_text="What the quotas may be about, in order.")
    base: Any = models.JSONField(_("customer base"), help_text="How many of all customers: feature, value, number.")
    refused: Any = models.JSONField(_("not in the pool"), help_text="How many for each reason, each counted once.")
    size = models.PositiveIntegerField(_("candidates"))
    frozen_at = models.DateTimeField(_("frozen"), db_default=Now())
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("pool")
        verbose_name_plural = _("pools")
        default_permissions = ("view",)
        constraints = [models.UniqueConstraint(fields=["board", "number"], name="pool_of_a_board_stands_once")]

    def __str__(self) -> str:
        return f"{self.board_id}/{self.number}"


class Candidate(models.Model):
    """One of a pool, under a code that says nothing. Append-only, except that an erasure cuts the way to the person.

    Who is on the board already is in the pool too, ``in_place``: the quotas hold for the whole board.
    """

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="candidates", db_index=False)
    code = models.CharField(_("code"), max_length=60)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, null=True, related_name="+")
    traits: Any = models.JSONField(_("stands for"))
    in_place = models.BooleanField(_("on the board already"), default=False)

    class Meta:
        verbose_name = _("candidate")
        verbose_name_plural = _("candidates")
        default_permissions = ("view",)
        constraints = [models.UniqueConstraint(fields=["pool", "code"], name="candidate_is_in_a_pool_once")]

    def __str__(self) -> str:
        return self.code


class Draw(models.Model):
    """One draw, with all that is needed to make it again: never changed, only followed by another (a trigger).

    ``after`` is the draw that goes on because those in ``gone`` declined; the seed and the attempt are its own.
    """

    pool = models.ForeignKey(Pool, models.PROTECT, related_name="draws", db_index=False)
    number = models.PositiveIntegerField(_("number"))
    seed = models.CharField(_("seed"), max_length=100)
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=1)
    seats = models.PositiveSmallIntegerField(_("seats of the whole board"))
    quotas: Any = models.JSONField(_("quotas"), help_text="feature, value: at least, at most; of the whole board.")
    fixed: Any = models.JSONField(help_text="Codes of those who were in place.")
    gone: Any = models.JSONField(default=list, help_text="Codes of those who are not drawn again.")
    members: Any = models.JSONField(help_text="Codes of the whole board, those in place first.")
    passed: Any = models.JSONField(help_text="Codes and reasons of those who were passed over.")
    after = models.ForeignKey("self", models.PROTECT, null=True, related_name="continued_by")
    starts_on = models.DateField(_("terms begin"))
    drawn_at = models.DateTimeField(_("drawn"), db_default=Now())
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("draw")
        verbose_name_plural = _("draws")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["pool", "number"], name="draw_of_a_pool_stands_once"),
            models.UniqueConstraint(
                fields=["pool", "seed"], condition=Q(after__isnull=True), name="seed_is_drawn_once_from_a_pool"
            ),
            models.CheckConstraint(name="draw_has_a_seed", condition=~Q(seed="")),
        ]

    def __str__(self) -> str:
        return f"{self.pool_id}/{self.number}: {self.seed}"
