"""Who looked at or changed what is held about a person."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class AccessLogQuerySet(models.QuerySet["AccessLog"]):
    def latest_first(self) -> Self:
        return self.order_by("-id")


class AccessLog(models.Model):
    """Append-only by trigger. Names fields and kinds of access, never what stood in them: it outlives an erasure."""

    class What(models.TextChoices):
        VIEWED = "viewed", _("looked at")
        FOUND = "found", _("opened from a search")
        READ = "read", _("read over the API")
        EXPORTED = "exported", _("exported")
        LISTED = "listed", _("exported in a list")
        ADDED = "added", _("added")
        CHANGED = "changed", _("changed")
        DECIDED = "decided", _("recorded consent")
        MERGED = "merged", _("merged")
        ERASED = "erased", _("erased")

    # Customers are never deleted and the row never moves: no database constraint, one lock less for each page view.
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, db_constraint=False, db_index=False, related_name="accesses"
    )
    what = models.CharField(_("what"), max_length=8, choices=What)
    fields = models.CharField(_("fields"), max_length=200, blank=True, help_text="Names only, never what they hold.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    through = models.CharField(_("through"), max_length=60, blank=True, help_text=_("The integration, if it was one."))
    at = models.DateTimeField(_("at"), db_default=Now())

    objects = AccessLogQuerySet.as_manager()

    class Meta:
        verbose_name = _("access")
        verbose_name_plural = _("accesses")
        default_permissions = ()
        permissions = [("audit_access", _("Can see who looked at or changed customers"))]
        constraints = [
            models.CheckConstraint(name="access_names_somebody", condition=Q(by__isnull=False) | ~Q(through="")),
        ]
        indexes = [
            models.Index(fields=["customer", "-id"], name="access_by_customer"),
            models.Index(fields=["by", "-id"], name="access_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()}: {self.customer_id}"
