"""Views for people who analyse: ``manage.py analyst_views --role analyst``; ``--drop`` before an upgrade."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from insights.actions import exports
from insights.analyst import SCHEMA


class Command(BaseCommand):
    help = "Make views without personal data and let one role of the database read them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--role", help="an existing role of PostgreSQL that may read them and nothing else")
        what.add_argument("--drop", action="store_true", help="take the views away")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["drop"]:
            exports.close_views()
            self.stdout.write(f"The schema {SCHEMA} is gone.")
            return
        try:
            count = exports.open_views(options["role"])
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        self.stdout.write(f"{count} views in the schema {SCHEMA}, for {options['role']}.")
