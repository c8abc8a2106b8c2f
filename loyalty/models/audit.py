"""What proves the ledger: seals over what was posted, totals per day of the programmes' accounts, audits."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Seal(models.Model):
    """A link of the hash chain: it covers every transaction with an id in (after, through]. Append-only."""

    after = models.BigIntegerField(unique=True)
    through = models.BigIntegerField(unique=True)
    transactions = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        constraints = [models.CheckConstraint(name="seal_covers_something", condition=Q(through__gt=F("after")))]

    def __str__(self) -> str:
        return f"{self.after} < {self.through}: {self.digest[:12]}"


class DayTotal(models.Model):
    """Points that took one way on one day of the programme, over all sealed transactions. Kept with the seals.

    The day is when it took effect: years of purchases brought in at once count in the months in which they were made.
    """

    pk = models.CompositePrimaryKey("programme_id", "day", "source", "target")
    programme = models.ForeignKey("loyalty.Programme", models.PROTECT, related_name="day_totals", db_index=False)
    day = models.DateField()
    source = models.CharField(max_length=11)
    target = models.CharField(max_length=11)
    points = models.BigIntegerField()
    transfers = models.BigIntegerField()

    class Meta:
        verbose_name = _("day's total")
        verbose_name_plural = _("days' totals")

    def __str__(self) -> str:
        return f"{self.day} {self.source} > {self.target}: {self.points}"


class AuditRun(models.Model):
    """One audit of the whole ledger: clean, or what was found."""

    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), db_default=Now())
    transactions = models.BigIntegerField(_("transactions"))
    findings = models.JSONField(_("findings"), default=list)
    finding_count = models.PositiveIntegerField(_("number of findings"), default=0)
    head = models.CharField(_("head of the chain"), max_length=64, blank=True)
    sealed_through = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("audit")
        verbose_name_plural = _("audits")
        get_latest_by = "started_at"

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}: {self.finding_count or 'clean'}"

    @property
    def is_clean(self) -> bool:
        return self.finding_count == 0
