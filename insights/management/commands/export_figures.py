"""Write files for analysis: ``manage.py export_figures FOLDER``."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from insights.actions import exports
from insights.analyst import VIEWS


class Command(BaseCommand):
    help = "Write figures, purchases and customers without personal data as files, with a manifest."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--format", choices=[*exports.FORMS], default="csv", help="csv is gzipped")
        parser.add_argument("--only", action="append", default=[], help=", ".join(view.name for view in VIEWS))

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = exports.export(options["folder"], names=options["only"], form=options["format"])
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        for file in manifest["files"]:
            self.stdout.write(f"{file['file']:22} {file['rows']:>12,} rows  {file['bytes']:>12,} bytes")
