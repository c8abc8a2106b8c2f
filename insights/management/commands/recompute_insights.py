"""Add all figures up from the purchases: ``manage.py recompute_insights``."""

from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand

from insights.actions import rows, snapshots


class Command(BaseCommand):
    help = "Add up what every customer bought, by month, from the purchases, and take all figures anew."

    def handle(self, *args: Any, **options: Any) -> None:
        started = monotonic()
        count = rows.recompute()
        self.stdout.write(f"{count:,} months of customers ({monotonic() - started:.1f} s).")
        taken = snapshots.take_all(everything=True, seconds=float("inf"))
        self.stdout.write(f"{taken:,} figures ({monotonic() - started:.1f} s).")
