"""Pairs of customers who may be one person."""

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class DuplicateQuerySet(models.QuerySet["Duplicate"]):
    def waiting(self) -> Self:
        """Suggestions that nobody has said no to, of customers who still stand on their own."""
        return self.filter(dismissed_at=None, first__status="active", second__status="active")


class Duplicate(models.Model):
    class Reason(models.TextChoices):
        EMAIL = "email", _("same e-mail address")
        PHONE = "phone", _("same phone")
        BIRTHDAY = "birthday", _("same name and birthday")
        POSTCODE = "postcode", _("same name and postcode")

    first = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+", db_index=False)
    second = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+")
    reasons = ArrayField(models.CharField(max_length=8, choices=Reason), verbose_name=_("reasons"))
    found_at = models.DateTimeField(_("found"), db_default=Now())
    dismissed_at = models.DateTimeField(_("dismissed"), null=True)
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    objects = DuplicateQuerySet.as_manager()

    class Meta:
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="pair_is_suggested_once"),
            models.CheckConstraint(name="pair_stands_in_order", condition=Q(first__lt=F("second"))),
            models.CheckConstraint(
                name="dismissed_pair_says_who",
                condition=Q(dismissed_at__isnull=True, dismissed_by__isnull=True)
                | Q(dismissed_at__isnull=False, dismissed_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["id"], name="pair_waiting", condition=Q(dismissed_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} / {self.second_id}"

    @property
    def reasons_in_words(self) -> list[str]:
        return [str(self.Reason(reason).label) for reason in self.reasons]


class DuplicateSearch(models.Model):
    """Somebody asked for a search now. It waits until a worker has made it."""

    asked_at = models.DateTimeField(_("asked"), db_default=Now())
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    done_at = models.DateTimeField(_("done"), null=True)

    class Meta:
        verbose_name = _("search for duplicates")
        verbose_name_plural = _("searches for duplicates")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["done_at"],
                name="one_search_for_duplicates_waits",
                condition=Q(done_at__isnull=True),
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asked_at:%c}"
