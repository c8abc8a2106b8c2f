"""Part of every installation and upgrade: ``manage.py migrate && manage.py refresh_roles``."""

from typing import Any

from django.core.management.base import BaseCommand

from people.actions import roles


class Command(BaseCommand):
    help = "Give every role the permissions that people/roles.py names."

    def handle(self, *args: Any, **options: Any) -> None:
        for role, count in roles.refresh().items():
            self.stdout.write(f"{role}: {count} permissions")
