"""Files that were brought in: each run, what stayed out of it and why, and what waits for its turn."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from customers.files.reasons import words
from customers.files.sheets import legible


class ImportRun(models.Model):
    """One file brought in, from upload to the last row. ``done_rows`` moves with the rows that it counts."""

    class Kind(models.TextChoices):
        PURCHASES = "purchases", _("purchases")
        CUSTOMERS = "customers", _("customers")
        FACTS = "facts", _("facts")
        CASES = "cases", _("cases")

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("uploaded")
        CONFIRMED = "confirmed", _("mapping confirmed")
        CHECKING = "checking", _("dry run going on")
        CHECKED = "checked", _("dry run done")
        RUNNING = "running", _("running")
        PAUSED = "paused", _("paused")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    class Phase(models.TextChoices):
        FILE = "file", _("reading the file")
        SCATTERED = "scattered", _("putting scattered orders together")
        RETURNS = "returns", _("matching returns")
        END = "end", _("finished")

    source = models.ForeignKey("customers.Source", models.PROTECT, related_name="import_runs")
    kind = models.CharField(_("kind"), max_length=9, choices=Kind, default=Kind.PURCHASES)
    file_name = models.CharField(_("file"), max_length=255)
    path = models.CharField(max_length=500, blank=True, help_text="Where the file lies; empty once it is removed.")
    owned = models.BooleanField(default=False, help_text="Uploaded: the file is removed when it is no longer needed.")
    size = models.BigIntegerField(_("size"), default=0)
    digest = models.CharField(max_length=64, blank=True)
    products_path = models.CharField(max_length=500, blank=True)
    mapping = models.JSONField(_("mapping"), default=dict, blank=True)
    expected = models.JSONField(
        _("control totals"), default=dict, blank=True, help_text="What the file should come to."
    )
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.UPLOADED)
    phase = models.CharField(_("phase"), max_length=9, choices=Phase, default=Phase.FILE)
    done_rows = models.BigIntegerField(_("rows done"), default=0)
    total_rows = models.BigIntegerField(_("rows"), null=True)
    totals = models.JSONField(default=dict, blank=True)
    dry_totals = models.JSONField(default=dict, blank=True)
    error = models.TextField(_("error"), blank=True)
    seconds = models.FloatField(_("seconds of work"), default=0)
    created_at = models.DateTimeField(_("uploaded"), db_default=Now())
    started_at = models.DateTimeField(_("started"), null=True)
    moved_at = models.DateTimeField(null=True, help_text="The last sign of life.")
    finished_at = models.DateTimeField(_("finished"), null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="finished_import_has_a_time",
                condition=Q(state__in=("done", "failed"), finished_at__isnull=False)
                | (~Q(state__in=("done", "failed")) & Q(finished_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="done_import_has_come_to_its_end", condition=~Q(state="done") | Q(phase="end")
            ),
        ]
        indexes = [
            models.Index(fields=["moved_at"], condition=Q(state__in=("running", "checking")), name="import_under_way"),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def file(self) -> Path:
        return Path(self.path)

    @property
    def under_way(self) -> bool:
        return self.state in (self.State.RUNNING, self.State.CHECKING)

    @property
    def untouched(self) -> bool:
        """Whether nothing of the file has been written."""
        return self.done_rows == 0 and self.phase == self.Phase.FILE

    @property
    def kept_out(self) -> bool:
        """Whether control totals keep the file out: they are given, and no dry run has come to them yet."""
        differs = self.state == self.State.CHECKED and bool(self.error)
        return bool(self.expected) and self.untouched and (differs or not self.dry_totals)

    @property
    def shown_totals(self) -> dict[str, Any]:
        """What came of it; of a dry run, what will. ``things`` are the new ones of its kind."""
        totals: dict[str, Any] = self.totals or self.dry_totals
        things = totals.get("orders" if self.kind == self.Kind.PURCHASES else self.kind)
        return {"rows": None, "orders": None, "things": things} | totals

    @property
    def refused_rows(self) -> int:
        return sum(self.shown_totals.get("refused", {}).values())


class BadRow(models.Model):
    """A row that stayed out, with its reason. ``cells`` is emptied when its customer is erased."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="bad_rows", db_index=False, db_constraint=False)
    line = models.BigIntegerField(_("line"))
    cells = models.TextField(help_text="The row as it was, a JSON list.")
    code = models.CharField(_("reason"), max_length=40)
    sentence = models.TextField(_("in words"), blank=True, help_text="Where the reason's own says too little.")
    customer = models.CharField(max_length=100, blank=True, help_text="Whom the row is about: to find it for erasure.")

    class Meta:
        verbose_name = _("refused row")
        verbose_name_plural = _("refused rows")
        constraints = [
            models.UniqueConstraint(fields=["run", "line"], name="row_is_refused_once_per_import"),
        ]
        indexes = [
            models.Index(fields=["customer"], condition=~Q(customer=""), name="bad_row_by_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.code}"

    @property
    def words(self) -> str:
        """Why it stayed out."""
        return words(self.code, self.sentence)

    @property
    def shown(self) -> str:
        """The cells in one line."""
        return " | ".join(legible(json.loads(self.cells)))


class WaitingRow(models.Model):
    """A row that waits until the whole file is read: of an order whose rows are scattered, or a return."""

    run = models.ForeignKey(
        ImportRun, models.CASCADE, related_name="waiting_rows", db_index=False, db_constraint=False
    )
    phase = models.CharField(max_length=9)
    at = models.DateTimeField(null=True, help_text="Of the return: the earlier one finds its purchase first.")
    key = models.TextField(help_text="What the rows of one order have in common.")
    line = models.BigIntegerField()
    cells = models.TextField()
    customer = models.CharField(max_length=100, blank=True)
    product = models.CharField(max_length=60, blank=True)
    quantity = models.DecimalField(max_digits=12, decimal_places=3, null=True)

    class Meta:
        indexes = [
            models.Index(fields=["run", "phase", "at", "key", "line"], name="waiting_row_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.phase} {self.line}"
