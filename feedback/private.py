"""Files that only we give out: below the private folder, under names that say nothing, never run or opened here."""

import os
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from django.conf import settings

SETTLED_AFTER = timedelta(hours=1)


def root() -> Path:
    return Path(settings.MEDIA_ROOT)


def keep(folder: str, content: bytes) -> str:
    """Write a file, and return its path below the private folder.

    It is written before the row that names it: where that transaction fails, ``sweep`` removes it.
    """
    name = secrets.token_hex(16)
    path = Path(folder) / name[:2] / name
    (root() / path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(os.open(root() / path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as written:
        written.write(content)
    return str(path)


def read(path: str) -> bytes:
    """Raises FileNotFoundError."""
    if not path:
        raise FileNotFoundError
    return (root() / path).read_bytes()


def sweep(folder: str, needed: Callable[[str], bool], *, older: timedelta = SETTLED_AFTER) -> int:
    """Remove files that no row needs. One that is being written now has none yet: only older ones."""
    removed, old = 0, time.time() - older.total_seconds()
    for path in sorted((root() / folder).glob("*/*")):
        with suppress(FileNotFoundError):  # another sweep was faster
            if path.stat().st_mtime < old and not needed(str(path.relative_to(root()))):
                path.unlink()
                removed += 1
    return removed
