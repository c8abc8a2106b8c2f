"""Something to read for an item: a link, or a file that is given out to who may see it, and not before its time."""

from datetime import datetime, timedelta
from pathlib import PurePath

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from advisory.actions.agendas import changing
from advisory.actions.refusals import BoardRefused
from advisory.models import Item, Material
from feedback import files, private
from feedback.actions import attachments
from feedback.mail import File
from people.models import User

FOLDER = "materials"
MOST = 20  # of an item
LONGEST_NAME = 150


@transaction.atomic
def link(
    item: Item, name: str, *, url: str, level: int | None = None, from_at: datetime | None = None,
    by: User | None = None,
) -> Material:  # fmt: skip
    """Something to read, by its link.

    Raises WrongState, BoardRefused (``name_missing``, ``link_missing``, ``too_many``).
    """
    _another(item)
    if not name.strip():
        raise BoardRefused(_("Give it a name."), "name_missing", "name")
    if not url.startswith(("https://", "http://")):
        raise BoardRefused(_("Give the link, from https:// on."), "link_missing", "url")
    return Material.objects.create(
        item=item, name=name.strip()[:LONGEST_NAME], url=url, level=_level(item, level), from_at=from_at, added_by=by
    )


@transaction.atomic
def upload(
    item: Item, file: File, *, name: str = "", level: int | None = None, from_at: datetime | None = None,
    by: User | None = None,
) -> Material:  # fmt: skip
    """A file of at most 10 MB; what it is is found by looking inside. Without a ``name`` it keeps its own.

    Raises WrongState, BoardRefused (``too_many``), and FileRefused for what could run or nobody can look into.
    """
    _another(item)
    attachments.check([file])
    kind = files.kind_of(file.content, file.name)
    return Material.objects.create(
        item=item, name=_named(name, file.name, kind), path=private.keep(FOLDER, file.content), kind=kind,
        size=len(file.content), level=_level(item, level), from_at=from_at, added_by=by,
    )  # fmt: skip


@transaction.atomic
def withhold(material: Material, *, until: datetime | None, by: User | None = None) -> Material:
    """Members see it from another moment on; from now on where there is none. Raises WrongState."""
    changing(material.item.meeting)
    material = Material.objects.select_for_update(of=["self"]).get(pk=material.pk)
    material.from_at = until
    material.save(update_fields=["from_at"])
    return material


@transaction.atomic
def remove(material: Material) -> None:
    """Take it off the agenda; its file is gone within two hours. Raises WrongState."""
    changing(material.item.meeting)
    material.delete()


def read(material: Material) -> bytes:
    """What is in the file. Raises FileNotFoundError."""
    return private.read(material.path)


def sweep(*, older: timedelta = private.SETTLED_AFTER) -> int:
    """Remove files that no item has any more."""
    return private.sweep(FOLDER, lambda path: Material.objects.filter(path=path).exists(), older=older)


def _another(item: Item) -> None:
    changing(item.meeting)
    if item.materials.count() >= MOST:
        raise BoardRefused(_("So much nobody reads: %(most)s for an item at most."), "too_many", "file", most=MOST)


def _level(item: Item, level: int | None) -> int:
    """Never further than its item goes."""
    return item.level if level is None else max(level, item.level)


def _named(name: str, original: str, kind: str) -> str:
    """What people call it, ending as the file does, so that it can be opened."""
    ending = PurePath(files.harmless_name(original, kind)).suffix[:12]
    stem = files.harmless_name(name.strip() or original, "").removesuffix(ending)
    return stem[: LONGEST_NAME - len(ending)] + ending
