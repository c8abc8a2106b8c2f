"""``manage.py verify_draw FILE``: make a draw again from what was exported of it. Needs no database."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from advisory import verification
from advisory.selection import Infeasible, TooHard


class Command(BaseCommand):
    help = "Make a draw of members again from its exported file, and compare."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the file that the draw's page offers")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            exported = json.loads(file.read_text())
            members = verification.again(exported)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}") from error
        except (ValueError, KeyError, TypeError) as error:
            if isinstance(error, Infeasible | TooHard):
                raise CommandError(f"Drawn again, it does not come to a board: {error}") from error
            raise CommandError(f"{file} is no exported draw.") from error
        if members != exported["members"]:
            raise CommandError(
                f"NOT the same. Recorded: {', '.join(exported['members'])}. Drawn again: {', '.join(members)}."
            )
        self.stdout.write(
            f"The same: {len(members)} members of {len(exported['pool'])} candidates, seed {exported['seed']!r}."
        )
