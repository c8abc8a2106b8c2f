"""``make clean``: stop what runs here, and remove all data."""

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand

from config.embedded import Services


class Command(BaseCommand):
    help = "Stop the embedded servers and remove all data of this checkout."
    requires_system_checks = []

    def handle(self, **options: Any) -> None:
        Services().remove()
        shutil.rmtree(Path(settings.BASE_DIR) / "var", ignore_errors=True)
