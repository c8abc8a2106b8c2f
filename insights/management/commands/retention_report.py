"""All figures about staying and buying on one day: ``manage.py retention_report --as-of 2026-04-01``."""

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from insights.actions.snapshots import today
from insights.queries import report
from people.requests import day


class Command(BaseCommand):
    help = (
        "Retention, repeat purchases, orders and cohorts of all customers, from the rows that are kept of purchases."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", help="what came before this day counts (default: today), such as 2026-04-01")
        parser.add_argument("--since", help="the start of the bridge (default: three months earlier)")
        parser.add_argument("--files", action="store_true", help="read the imported files again, to compare")
        parser.add_argument("--format", choices=["table", "json"], default="table")

    def handle(self, *args: Any, **options: Any) -> None:
        as_of, since = _day(options["as_of"]) or today(), _day(options["since"])
        if since and since >= as_of:
            raise CommandError("The start lies before the day.")
        found = report.report(as_of, since=since, with_files=options["files"])
        if options["format"] == "json":
            self.stdout.write(json.dumps(report.as_json(found), indent=1, sort_keys=True))
            return
        for line in report.as_table(found):
            self.stdout.write(line)


def _day(text: str | None) -> date | None:
    if not text:
        return None
    if (found := day(text)) is None:
        raise CommandError(f"{text} is no day; say it as 2026-04-01.")
    return found
