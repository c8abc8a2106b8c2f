"""``manage.py import_balances FILE --name … --total …``: bring balances in from another system, all rows or none."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from loyalty.actions import balance_imports


class Command(BaseCommand):
    help = "Bring balances in from a CSV file with the columns customer, points and (last day) expires."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--name", required=True, help="of this import; a name is used once")
        parser.add_argument("--total", required=True, type=int, help="what all points sum to, by the old system")
        parser.add_argument("--check", action="store_true", help="read it, say what would come in, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with options["file"].open(encoding="utf-8-sig", newline="") as lines:
                if options["check"]:
                    seen = balance_imports.check(lines, declared=options["total"])
                    self.stdout.write(f"{len(seen.rows)} rows, {seen.points} points would come in.")
                    return
                made = balance_imports.bring_in(lines, name=options["name"], declared=options["total"])
        except (ValidationError, UnicodeDecodeError, OSError) as refusal:
            raise CommandError(" ".join(getattr(refusal, "messages", [str(refusal)]))) from refusal
        self.stdout.write(self.style.SUCCESS(f"{made.rows} rows, {made.points} points brought in."))
