"""A run from upload to the end: what it reads, how, and whether it goes on."""

import codecs
import hashlib
import json
import os
import re
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.files import mappings, sheets
from customers.files.proposals import contradiction
from customers.files.reasons import words
from customers.models import BadRow, ImportRun, Source, WaitingRow
from customers.queries.holdings import telling_of
from people.models import User

State = ImportRun.State
PIECE = 1 << 20
LONGEST_IDENTIFIER = 520  # bytes: in UTF-16 each character has two
MARKED = {"utf-8-sig", "utf-16"}  # would put a mark before each text
SETTLED_AFTER = timedelta(hours=1)
LOOKED_AT = 1 << 16
# What spreadsheet programs save unless they are asked for CSV.
NOT_TEXT = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")


class WrongState(ValidationError):
    def __init__(self, run: ImportRun):
        super().__init__(
            _("This import is in the state “%(state)s”: that cannot be done now."),
            code="wrong_state",
            params={"state": run.get_state_display()},
        )


class FileRefused(ValidationError):
    """A file that cannot be taken; ``code`` is ``empty``, ``not_text``, ``too_large`` or ``missing``."""


class TotalsDiffer(ValidationError):
    def __init__(self, run: ImportRun):
        super().__init__(
            _("The control totals do not agree with the file: %(differences)s")
            if run.dry_totals
            else _("Control totals are given: make a dry run first, so that they can be compared."),
            code="totals_differ",
            params={"differences": run.error},
        )


def upload(source: Source, file: UploadedFile, *, kind: str = "purchases", by: User | None = None) -> ImportRun:
    """Keep an uploaded file until it is brought in. Raises FileRefused, FileDamaged."""
    if not file.size:
        raise FileRefused(_("The file is empty."), code="empty")
    folder = uploads()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{secrets.token_hex(16)}.csv"
    digest = hashlib.sha256()
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as kept:
        for chunk in file.chunks(PIECE):
            digest.update(chunk)
            kept.write(chunk)
    try:
        _look_at(path)
    except ValidationError:
        path.unlink()
        raise
    return ImportRun.objects.create(
        source=source,
        kind=kind,
        file_name=Path(file.name or "").name[-255:],
        path=str(path),
        owned=True,
        size=file.size,
        digest=digest.hexdigest(),
        by=by,
    )


def _look_at(path: Path) -> None:
    """Refuse what nobody can read as rows. Raises FileRefused, FileDamaged."""
    start = next(sheets.pieces(path, LOOKED_AT), b"")
    if not start.strip():
        raise FileRefused(_("The file is empty."), code="empty")
    # In UTF-16 without a mark at its beginning every second byte of Latin text is 0: many zeros are a text whose
    # encoding the mapping will name. A few are text in no encoding.
    zeros = 0 if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else start.count(0)
    if start.startswith(NOT_TEXT) or 0 < zeros < len(start) / 10:
        raise FileRefused(_("This is no text file. Save it as CSV, and bring that in."), code="not_text")


def open_file(
    source: Source,
    path: Path,
    mapping: mappings.Mapping,
    *,
    products: Path | None = None,
    expected: Mapping[str, int] | None = None,
    by: User | None = None,
) -> ImportRun:
    """A run of a file that lies on this machine; one that was interrupted on the same file is taken up again.

    Raises FileRefused, MappingRefused.
    """
    path = path.resolve()
    try:
        size, digest = path.stat().st_size, _digest(path)
    except OSError as error:
        raise FileRefused(_("The file cannot be opened: %s") % error.strerror, code="missing") from error
    same = ImportRun.objects.filter(
        source=source, digest=digest, state__in=(State.RUNNING, State.PAUSED), mapping=mapping.as_json()
    )
    if begun := same.order_by("-pk").first():
        ImportRun.objects.filter(pk=begun.pk).update(path=str(path))
        return ImportRun.objects.get(pk=begun.pk)
    run = ImportRun.objects.create(
        source=source,
        kind=mapping.kind,
        file_name=path.name[-255:],
        path=str(path),
        products_path=str(products.resolve()) if products else "",
        size=size,
        digest=digest,
        by=by,
    )
    return confirm(run, mapping, expected=expected)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@transaction.atomic
def confirm(run: ImportRun, mapping: mappings.Mapping, *, expected: Mapping[str, int] | None = None) -> ImportRun:
    """Say how the file is to be read; the source remembers it. Raises MappingRefused, FileDamaged, WrongState.

    ``expected`` are control totals that the file must come to: rows, orders, customers, amount in minor units.
    """
    run = _locked(run, State.UPLOADED, State.CONFIRMED, State.CHECKED)
    mappings.check(mapping)
    with sheets.opened(run.file, mapping.encoding) as text:
        header, rows = sheets.without_header(text, mapping)
        mappings.check_header(mapping, header)
        if problem := contradiction(rows, header, mapping):
            raise mappings.MappingRefused(problem, code="date_contradicts")
    run.mapping, run.kind, run.expected = mapping.as_json(), mapping.kind, dict(expected or {})
    run.state, run.error, run.dry_totals = State.CONFIRMED, "", {}
    run.save(update_fields=["mapping", "kind", "expected", "state", "error", "dry_totals"])
    Source.objects.filter(pk=run.source_id).update(mapping=run.mapping)
    return run


@transaction.atomic
def check(run: ImportRun) -> ImportRun:
    """Begin a dry run: all of it, and nothing stays. ``work.carry_on`` does it. Raises WrongState."""
    run = _locked(run, State.CONFIRMED, State.CHECKED, State.FAILED)
    if not run.untouched:
        raise WrongState(run)
    run.bad_rows.all().delete()
    ImportRun.objects.filter(pk=run.pk).update(dry_totals={})  # a failure would leave those of an earlier one
    run.dry_totals = {}
    return _under_way(run, State.CHECKING)


@transaction.atomic
def start(run: ImportRun) -> ImportRun:
    """Begin, or go on after a pause or a failure. Raises WrongState, TotalsDiffer."""
    run = _locked(run, State.CONFIRMED, State.CHECKED, State.PAUSED, State.FAILED)
    if not run.mapping or not run.path:
        raise WrongState(run)
    if run.kept_out:
        raise TotalsDiffer(run)
    if run.untouched:
        run.bad_rows.all().delete()  # of the dry run
    return _under_way(run, State.RUNNING)


@transaction.atomic
def pause(run: ImportRun) -> ImportRun:
    """Stop after the batch that is being written. Raises WrongState."""
    run = _locked(run, State.RUNNING)
    run.state = State.PAUSED
    run.save(update_fields=["state"])
    return run


def _locked(run: ImportRun, *states: str) -> ImportRun:
    run = ImportRun.objects.select_for_update(of=["self"]).select_related("source").get(pk=run.pk)
    if run.state not in states:
        raise WrongState(run)
    return run


def _under_way(run: ImportRun, state: str) -> ImportRun:
    now = timezone.now()
    run.state, run.error, run.moved_at, run.finished_at = state, "", now, None
    run.started_at = run.started_at or now
    run.save(update_fields=["state", "error", "moved_at", "finished_at", "started_at"])
    return run


def refused_sheet(run: ImportRun) -> tuple[list[str], Iterator[list[object]]]:
    """The rows that stayed out, for a CSV file: line, reason, in words, and the cells of the row."""
    rows = run.bad_rows.order_by("line").values_list("line", "code", "sentence", "cells")
    header = [_("line"), _("reason"), _("in words"), _("row")]
    return header, (
        [line, code, words(code, sentence), *sheets.legible(json.loads(cells))]
        for line, code, sentence, cells in rows.iterator(2000)
    )


def sweep(run: ImportRun) -> None:
    """Remove the uploaded file of a run that has come to its end."""
    if run.owned and run.path and run.state == State.DONE:
        Path(run.path).unlink(missing_ok=True)
        ImportRun.objects.filter(pk=run.pk).update(path="")


def sweep_all(*, older: timedelta = SETTLED_AFTER) -> int:
    """Remove uploaded files that no run needs any more, whoever died before removing them. Returns how many.

    A file is written before its run is, so one that no run names is left alone until it is ``older``.
    """
    removed = 0
    for run in ImportRun.objects.filter(owned=True, state=State.DONE).exclude(path=""):
        sweep(run)
        removed += 1
    old = time.time() - older.total_seconds()
    for path in sorted(uploads().glob("*.csv")):
        with suppress(FileNotFoundError):  # another sweep was faster
            needed = path.stat().st_mtime >= old or ImportRun.objects.filter(path=str(path)).exists()
            if not needed:
                path.unlink()
                removed += 1
    return removed


def uploads() -> Path:
    return Path(settings.MEDIA_ROOT) / "imports"


@transaction.atomic
def forget(identifiers: Iterable[str]) -> dict[str, int]:
    """Take what files said about a person out of everything that imports keep.

    ``identifiers`` are the person's numbers and e-mail addresses. Refused rows lose their cells; an uploaded file that
    names one of them anywhere is removed after the commit, and its run, if it was not at its end, has to be begun
    again with another. Answers with how many rows and files it was.
    """
    wanted = {identifier for identifier in identifiers if identifier}
    told = telling_of(wanted)
    rows = BadRow.objects.filter(told).update(cells="[]", sentence="", customer="")
    rows += WaitingRow.objects.filter(told).delete()[0]
    files = 0
    for run in ImportRun.objects.select_for_update().filter(owned=True).exclude(path="").order_by("pk"):
        if _names(run, wanted):
            _remove(run)
            files += 1
    return {"rows": rows, "files": files}


def _names(run: ImportRun, identifiers: set[str]) -> bool:
    """Whether a file says one of the identifiers, with or without the prefix of its mapping, anywhere."""
    prefix = str(run.mapping.get("customer_prefix", ""))
    plain = {identifier.removeprefix(prefix) for identifier in identifiers}
    texts = sorted({re.escape(text) for one in plain for text in _written(one, run)})
    said = re.compile(rb"(?<![0-9A-Za-z])(?:" + b"|".join(texts) + rb")(?![0-9A-Za-z])", re.IGNORECASE)
    tail = b""
    try:
        for piece in sheets.pieces(run.file, PIECE):
            if said.search(tail + piece):
                return True
            tail = piece[-LONGEST_IDENTIFIER:]
    except sheets.FileDamaged:
        return True  # what cannot be read cannot be cleared of it
    return False


def _written(text: str, run: ImportRun) -> Iterator[bytes]:
    """The bytes that the text may be in a file: in the encoding that was said, and in those that need no saying."""
    said = str(run.mapping.get("encoding", "utf-8"))
    for encoding in {"utf-8", "utf-16-le", "utf-16-be", said} - MARKED:
        with suppress(UnicodeEncodeError):
            yield text.encode(encoding)


def _remove(run: ImportRun) -> None:
    """Let go of the file now, and remove it once that is committed; ``sweep_all`` does where nobody lived to do it."""
    path = Path(run.path)

    def unlink() -> None:
        path.unlink(missing_ok=True)

    transaction.on_commit(unlink, robust=True)
    changes: dict[str, Any] = {"path": ""}
    if run.state != State.DONE:
        changes |= {
            "state": State.FAILED,
            "finished_at": timezone.now(),
            "error": _("The file was removed because somebody named in it was erased. Upload one without them."),
        }
    ImportRun.objects.filter(pk=run.pk).update(**changes)
