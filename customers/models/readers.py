"""Who reads the timeline: how far each reader has come, and what it could not digest."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Bookmark(models.Model):
    """How far a reader has come, in one of its lanes. A lane reads the customers with id % lanes = lane."""

    reader = models.CharField(_("reader"), max_length=30)
    lane = models.PositiveSmallIntegerField(default=0)
    lanes = models.PositiveSmallIntegerField(default=1)
    position = models.BigIntegerField(default=0)
    moved_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("bookmark")
        verbose_name_plural = _("bookmarks")
        constraints = [
            models.UniqueConstraint(fields=["reader", "lane"], name="bookmark_of_a_lane_stands_once"),
            models.CheckConstraint(
                name="bookmark_lane_is_one_of_its_lanes", condition=Q(lanes__gt=0, lane__lt=F("lanes"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reader} {self.lane + 1}/{self.lanes}"


class SetAside(models.Model):
    """The exception to a bookmark: a fact that a reader takes up by itself, whatever the bookmark says.

    It waits for its next try, or was set aside after three, or was digested after all, or dismissed by a person.
    A fact that never failed may wait too: behind an earlier one of the same customer, or because a merge took it
    into a lane that had passed it.
    """

    reader = models.CharField(_("reader"), max_length=30)
    fact = models.ForeignKey("customers.Fact", models.PROTECT, related_name="set_aside")
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    error = models.TextField(_("error"), blank=True)
    first_at = models.DateTimeField(_("first failed"), db_default=Now())
    next_try_at = models.DateTimeField(_("next try"), null=True)
    set_aside_at = models.DateTimeField(_("set aside"), null=True)
    digested_at = models.DateTimeField(_("digested after all"), null=True)
    dismissed_at = models.DateTimeField(_("dismissed"), null=True)
    dismissed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("fact set aside")
        verbose_name_plural = _("facts set aside")
        permissions = [("retry_setaside", _("Can let a reader try a fact again"))]
        constraints = [
            models.UniqueConstraint(fields=["reader", "fact"], name="fact_is_set_aside_once_per_reader"),
            models.CheckConstraint(
                name="set_aside_fact_is_in_one_state",
                condition=Q(next_try_at__isnull=False, set_aside_at=None, digested_at=None, dismissed_at=None)
                | Q(next_try_at=None, set_aside_at__isnull=False, digested_at=None, dismissed_at=None)
                | Q(next_try_at=None, set_aside_at=None, digested_at__isnull=False, dismissed_at=None)
                | Q(next_try_at=None, set_aside_at=None, digested_at=None, dismissed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="dismissed_fact_names_who_dismissed_it",
                condition=Q(dismissed_at=None, dismissed_by=None)
                | Q(dismissed_at__isnull=False, dismissed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="set_aside_fact_has_an_error", condition=Q(set_aside_at=None) | (Q(tries__gt=0) & ~Q(error=""))
            ),
        ]
        indexes = [
            models.Index(
                fields=["reader", "fact"], condition=Q(next_try_at__isnull=False), name="set_aside_waiting_for_a_try"
            ),
            models.Index(fields=["-id"], condition=Q(set_aside_at__isnull=False), name="set_aside_unsettled"),
        ]

    def __str__(self) -> str:
        return f"{self.reader}: {self.fact_id}"
