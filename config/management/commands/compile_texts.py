"""After a change of a .po file: ``manage.py compile_texts``."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from config import texts


class Command(BaseCommand):
    help = "Compile locale/*/LC_MESSAGES/*.po, without gettext."

    def handle(self, *args: Any, **options: Any) -> None:
        for root in settings.LOCALE_PATHS:
            for target, content in texts.stale(Path(root)):
                target.write_bytes(content)
                self.stdout.write(str(target.relative_to(settings.BASE_DIR)))
