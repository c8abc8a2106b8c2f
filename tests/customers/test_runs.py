"""Uploaded files are removed when they are no longer needed, and not before that is certain."""

import gzip
import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from config.schedule import TIMETABLE
from customers import tasks
from customers.actions import privacy
from customers.actions.imports import runs
from customers.models import ImportRun, Source
from tests.factories.customers import customer

FILE = b"order,customer,date,product,qty,price\nA,71,2026-03-01,tea,1,1.50\n"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def uploaded(content: bytes = FILE) -> ImportRun:
    source, _made = Source.objects.get_or_create(code="shop", defaults={"name": "Shop"})
    return runs.upload(source, SimpleUploadedFile("orders.csv", content))


def files() -> set[Path]:
    return set(runs.uploads().glob("*"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (gzip.compress(b"\n", mtime=0), "empty"),
        (gzip.compress(FILE, mtime=0)[:-20], "damaged"),
        (b"PK\x03\x04" + bytes(400), "not_text"),
        (bytes(range(256)) * 40, "not_text"),
    ],
)
def test_a_file_that_nobody_can_read_as_rows_is_refused_and_not_kept(content, code):
    with pytest.raises(ValidationError) as refused:
        uploaded(content)

    assert (refused.value.code, files()) == (code, set())
    assert uploaded("order,customer\nA,71\n".encode("utf-16-le")).state == "uploaded"


def grow_old(path: Path) -> None:
    before = path.stat().st_mtime - 2 * runs.SETTLED_AFTER.total_seconds()
    os.utime(path, (before, before))


@pytest.mark.django_db(transaction=True)
def test_an_erasure_that_is_undone_leaves_the_files_where_they_are():
    who, run = customer(number="71"), uploaded()

    with transaction.atomic():
        privacy.erase(who)
        transaction.set_rollback(True)

    run.refresh_from_db()
    assert (run.state, files()) == ("uploaded", {run.file})
    assert run.file.read_bytes() == FILE


@pytest.mark.django_db(transaction=True)
def test_an_erasure_removes_the_files_once_it_is_committed():
    who, run, other = customer(number="71"), uploaded(), uploaded(FILE.replace(b"71", b"72"))

    with transaction.atomic():
        privacy.erase(who)
        assert run.file in files()

    assert files() == {other.file}
    run.refresh_from_db()
    assert (run.state, run.path) == ("failed", "")


@pytest.mark.django_db(transaction=True)
def test_a_file_that_outlived_who_was_to_remove_it_is_swept(monkeypatch):
    who, run, other = customer(number="71"), uploaded(), uploaded(FILE.replace(b"71", b"72"))
    monkeypatch.setattr(Path, "unlink", die)
    privacy.erase(who)  # the process ends between the commit and the removal
    monkeypatch.undo()
    runs.settings.MEDIA_ROOT = run.file.parent.parent
    assert files() == {run.file, other.file}

    assert runs.sweep_all() == 0  # it might be an upload whose run is just being written
    grow_old(run.file)
    grow_old(other.file)
    assert runs.sweep_all() == 1
    assert runs.sweep_all() == 0
    assert files() == {other.file}


def die(*args: object, **kwargs: object) -> None:
    raise OSError("killed")


@pytest.mark.django_db
def test_the_file_of_a_finished_run_is_swept_though_its_worker_was_killed_before():
    done, going = uploaded(), uploaded()
    ImportRun.objects.filter(pk=done.pk).update(state="done", phase="end", finished_at=done.created_at)

    assert tasks.sweep_uploads() == 1
    done.refresh_from_db()
    assert (files(), done.path) == ({going.file}, "")
    assert runs.sweep_all(older=timedelta(0)) == 0
    assert tasks.sweep_uploads.name in {entry["task"] for entry in TIMETABLE.values()}
