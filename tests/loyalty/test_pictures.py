"""Customers' pictures are files that nobody gets at but through the back office."""

import os
import stat

import pytest

from loyalty.actions import contents, pictures
from loyalty.actions.pictures import SamePicture
from loyalty.models import Picture
from tests.factories import customers
from tests.factories.loyalty import programme
from tests.factories.pictures import photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    programme()
    return customers.customer()


def test_a_picture_is_a_file_of_the_application_alone(customer):
    kept = pictures.keep(customer, photo())

    path = pictures.folder() / kept.file
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert pictures.read(kept) == path.read_bytes()
    assert len(pictures.read(kept)) == kept.size


def test_the_same_picture_is_taken_once(customer):
    sent = photo()
    contents.send_receipt(customer, sent)

    with pytest.raises(SamePicture):
        contents.send_receipt(customers.customer(), sent)


def test_files_go_when_the_transaction_is_over(customer, django_capture_on_commit_callbacks):
    kept = pictures.keep(customer, photo())

    with django_capture_on_commit_callbacks(execute=True):
        assert pictures.remove(Picture.objects.all()) == 1
        assert (pictures.folder() / kept.file).exists()

    assert not (pictures.folder() / kept.file).exists()


def test_files_that_no_picture_has_are_swept_when_they_are_old(customer):
    kept = pictures.keep(customer, photo())
    for name in ("old.jpg", "new.jpg"):
        (pictures.folder() / name).write_bytes(b"x")
    for name in (kept.file, "old.jpg"):
        os.utime(pictures.folder() / name, (0, 0))

    assert pictures.sweep() == 1
    assert sorted(path.name for path in pictures.folder().iterdir()) == sorted([kept.file, "new.jpg"])
