"""Part of every installation and upgrade with a role of its own for the application; see docs/operations.md."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db import connection, transaction

from config import rights


class Command(BaseCommand):
    help = "Print, or apply, what the application's role may do in PostgreSQL. Run it as the owner of the tables."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("role", help="the role that web, worker and beat connect as")
        parser.add_argument("--apply", action="store_true", help="do it, all or nothing, instead of printing it")

    def handle(self, *, role: str, apply: bool, **options: Any) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT current_user = %s, EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [role, role])
            own, exists = cursor.fetchone()
            if own:
                raise CommandError(f"{role} owns the tables; whoever owns them can do everything. Name another role.")
            if not exists:
                raise CommandError(f"There is no role {role}. Make it first: CREATE ROLE {role} LOGIN PASSWORD '…'")
            for statement in rights.statements(role, rights.refusals()):
                if apply:
                    cursor.execute(statement)
                else:
                    self.stdout.write(f"{statement};")
        if apply:
            self.stdout.write(f"{role} may now do what the application needs, and nothing else.")
