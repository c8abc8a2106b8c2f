"""Keep customers' pictures as files that only staff can see, and remove them."""

import hashlib
import os
import secrets
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from customers.models import Customer
from loyalty import images
from loyalty.models import Picture, Submission

SETTLED_AFTER = timedelta(hours=1)


class SamePicture(ValidationError):
    def __init__(self) -> None:
        super().__init__(_("This picture was sent before."), code="duplicate_picture")
        self.field = "picture"


def keep(customer: Customer, sent: bytes) -> Picture:
    """Write a picture down, made anew from what was sent. Raises PictureRefused, SamePicture.

    The file is written first: where the transaction fails, ``sweep`` removes it.
    """
    made = images.make_anew(sent)
    digest = hashlib.sha256(sent).hexdigest()
    refused = Submission.State.REFUSED
    if Submission.objects.filter(picture__digest=digest).exclude(state=refused).exists():
        raise SamePicture
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{secrets.token_hex(16)}.jpg"
    with open(os.open(folder() / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as kept:
        kept.write(made.content)
    return Picture.objects.create(
        customer=customer, file=name, digest=digest, width=made.width, height=made.height, size=len(made.content)
    )


def read(picture: Picture) -> bytes:
    """The file's content. Raises FileNotFoundError."""
    return (folder() / picture.file).read_bytes()


def remove(pictures: QuerySet[Picture]) -> int:
    """Let go of pictures now, and of their files once that is committed; ``sweep`` where nobody lived to do it."""
    names = list(pictures.values_list("file", flat=True))
    pictures.delete()

    def unlink() -> None:
        for name in names:
            (folder() / name).unlink(missing_ok=True)

    transaction.on_commit(unlink, robust=True)
    return len(names)


def sweep(*, older: timedelta = SETTLED_AFTER) -> int:
    """Remove files that no picture has. One that is being written now has none yet: only older ones."""
    removed, old = 0, time.time() - older.total_seconds()
    for path in sorted(folder().glob("*.jpg")):
        with suppress(FileNotFoundError):  # another sweep was faster
            if path.stat().st_mtime < old and not Picture.objects.filter(file=path.name).exists():
                path.unlink()
                removed += 1
    return removed


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "pictures"
