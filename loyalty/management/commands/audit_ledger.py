"""``manage.py audit_ledger``: prove the points ledger, or show the rows that are wrong and exit with 1."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from loyalty.actions import audit


class Command(BaseCommand):
    help = "Prove that wallets, lots and transfers agree, and that nothing sealed was changed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--seal", action="store_true", help="first extend the hash chain over what was posted since the last seal"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["seal"]:
            self.stdout.write(f"Sealed {audit.seal()} transactions.")
        run = audit.audit()
        for finding in run.findings:
            self.stdout.write(f"{finding['check']}: {json.dumps(finding['row'])}")
        took = (run.finished_at - run.started_at).total_seconds()
        self.stdout.write(f"{run.transactions} transactions, sealed through {run.sealed_through}, {took:.1f} s.")
        if run.head:
            # Kept elsewhere (this output in a log), it shows a chain that was made anew from the beginning.
            self.stdout.write(f"Head of the chain: {run.head}")
        if not run.is_clean:
            self.stderr.write(f"The ledger is wrong in {run.finding_count} places.")
            sys.exit(1)
        self.stdout.write(self.style.SUCCESS("The ledger is clean."))
