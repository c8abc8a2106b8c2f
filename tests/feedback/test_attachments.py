"""Files that came along are kept where only staff see them, or leave a word why not."""

import io
import os
import zipfile
from datetime import timedelta

import pytest

from customers.actions import privacy
from feedback import files, private
from feedback.actions import attachments, conversation
from feedback.actions.attachments import FileRefused
from feedback.mail import File
from feedback.models import Attachment
from tests.factories import feedback
from tests.factories.mails import PNG


@pytest.fixture
def entry(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return feedback.case().entries.get()


def zipped(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (PNG, "invoice.pdf", "image/png"),
        (b"%PDF-1.7 x", "a", "application/pdf"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "a.webp", "image/webp"),
        (b"\0\0\0\x20ftypheic", "IMG_1.HEIC", "image/heic"),
        (b"\0\0\0\x20ftypisom", "a.mp4", "video/mp4"),
        ("Größe;1\n".encode(), "a.csv", "text/csv"),
        ("배송".encode("cp949"), "note.txt", "text/plain"),
        (zipped("[Content_Types].xml", "word/document.xml"), "a.docx", files.OPEN_XML["word/"]),
        (files.OFFICE + b"\0" * 500, "a.doc", "application/x-ole-storage"),
    ],
)
def test_what_a_file_is_is_found_in_it(content, name, kind):
    assert files.kind_of(content, name) == kind


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.txt", "empty"),
        (b"x" * (files.LARGEST + 1), "a.txt", "too_large"),
        (b"MZ\x90\0", "photo.png", "program"),
        (b"#!/bin/sh\n", "readme.txt", "program"),
        (b"\x7fELF", "x", "program"),
        (b"hello", "run.JS", "active_content"),
        (b"hello", "run.exe . ", "active_content"),
        (b"  <!DOCTYPE html><script>", "a.txt", "active_content"),
        (b"<svg onload=x>", "a.png", "active_content"),
        (zipped("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "a.docx", "macros"),
        (files.OFFICE + b"\0" * 50 + "VBA".encode("utf-16-le"), "a.doc", "macros"),
        (zipped("a.txt"), "a.docx", "archive"),
        (b"PK\x03\x04 broken", "a.docx", "archive"),
        (b"Rar!\x1a\x07", "a.rar", "archive"),
        (b"\x01\x00\x02\x03", "a.bin", "unknown_type"),
    ],
)
def test_what_could_run_or_nobody_can_look_into_is_refused(content, name, code):
    with pytest.raises(files.Refused) as refused:
        files.kind_of(content, name)
    assert refused.value.code == code
    with pytest.raises(FileRefused) as told:
        attachments.check([File(name, "image/png", content)])
    assert told.value.code == code


def test_no_more_files_are_taken_than_somebody_can_look_at(entry):
    many = [File("a.txt", "text/plain", b"x")] * (files.MOST + 5)
    with pytest.raises(FileRefused, match="20 at most"):
        attachments.check(many)
    kept = attachments.keep(entry, many)
    assert [row.refused for row in kept] == [""] * files.MOST + ["too_many"]

    large = [File("a.txt", "text/plain", b"x" * files.LARGEST)] * 3
    assert [row.refused for row in attachments.keep(entry, large)] == ["", "", "too_large"]
    with pytest.raises(FileRefused, match="25 MB together"):
        attachments.check(large)


def test_a_file_is_kept_under_a_name_that_says_nothing_and_only_for_us(entry):
    [kept] = attachments.keep(entry, [File("../../etc/passwd", "text/html", PNG, "cid1")])
    assert (kept.name, kept.kind, kept.size, kept.content_id) == ("passwd.png", "image/png", len(PNG), "cid1")
    path = private.root() / kept.path
    assert path.parent.parent == private.root() / "attachments"
    assert path.stat().st_mode & 0o777 == 0o600
    assert attachments.read(kept) == PNG


def test_files_that_nothing_needs_are_removed(entry):
    kept, lost = attachments.keep(entry, [File("a", "", PNG), File("b", "", PNG)])
    Attachment.objects.filter(pk=lost.pk).delete()
    assert attachments.sweep() == 0  # somebody may be writing it now
    for path in (private.root() / "attachments").glob("*/*"):
        os.utime(path, (0, 0))
    assert attachments.sweep(older=timedelta(hours=1)) == 1
    assert attachments.read(kept) == PNG


def test_a_person_who_is_erased_takes_their_files_along(entry, manager):
    [kept] = attachments.keep(entry, [File("my passport.png", "image/png", PNG, "cid")])
    privacy.erase(entry.case.customer, by=manager)
    kept.refresh_from_db()
    assert (kept.name, kept.path, kept.digest, kept.content_id, kept.refused) == ("erased", "", "", "", "erased")
    for path in (private.root() / "attachments").glob("*/*"):
        os.utime(path, (0, 0))
    assert attachments.sweep() == 1
    with pytest.raises(FileNotFoundError):
        attachments.read(kept)
    conversation.note(entry.case, "Erased.", by=manager)
