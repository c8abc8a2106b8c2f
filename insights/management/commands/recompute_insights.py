"""Add all figures up from the purchases: ``manage.py recompute_insights``."""

from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand

from insights.actions import rows


class Command(BaseCommand):
    help = "Add up what every customer bought, by month, from the purchases. What was kept up to date stays as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        started = monotonic()
        count = rows.recompute()
        self.stdout.write(f"{count:,} months of customers ({monotonic() - started:.1f} s).")
