"""Bring a file of cases in: ``manage.py import_cases FILE --mapping incident_event_log``."""

from typing import Any

from customers.management.commands.import_purchases import Command as ImportCommand
from customers.models import ImportRun
from feedback.models import Metric

COUNTS = ("rows", "accepted", "cases", "known", "customers", "open", "reopened", "pauses")
KEPT = ("met", "missed")


class Command(ImportCommand):
    help = "Bring a file of cases in and judge them by the policies that hold. Done twice, it changes nothing."
    counts = COUNTS

    def _report(self, run: ImportRun, options: dict[str, Any]) -> None:
        super()._report(run, options)
        judged = self.totals_of(run).get("judged", {})
        for metric, name in Metric.choices:
            met, missed = (judged.get(f"{metric}:{state}", 0) for state in KEPT)
            if met + missed:
                share = met / (met + missed)
                self.stdout.write(f"  {name}: {met:,} kept, {missed:,} missed ({share:.1%} of {met + missed:,})")
        for said in ("kept", "missed"):
            met, missed = (judged.get(f"said:{said}:{state}", 0) for state in KEPT)
            if met + missed:
                self.stdout.write(f"  the file says {said} of {met + missed:,}: we say kept of {met:,}")
