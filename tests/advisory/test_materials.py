"""What is read for an item: links and files, given out to who may see them, and not before their time."""

import os
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from advisory.actions import agendas, materials, meetings, terms
from advisory.actions.refusals import BoardRefused, WrongState
from advisory.confidentiality import Level
from advisory.models import Item, Material, Term
from advisory.queries import access
from feedback import private
from feedback.actions.attachments import FileRefused
from feedback.mail import File
from tests.factories import advisory as make

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 prices"


@pytest.fixture
def item(settings, tmp_path) -> Item:
    settings.MEDIA_ROOT = tmp_path
    return agendas.add(make.meeting(members=1), "Prices")


def seen(term: Term, material: Material):
    args = [access.link(term, "portal"), material.item.meeting_id, material.pk]
    return Client().get(reverse("portal_material", args=args))


def test_a_file_is_found_out_kept_apart_and_named_so_that_it_can_be_opened(item):
    kept = materials.upload(item, File("C:\\plans\\new prices.pdf", "text/html", PDF), name="Price list")

    assert (kept.name, kept.kind, kept.size, kept.url) == ("Price list.pdf", "application/pdf", len(PDF), "")
    assert kept.path.startswith("materials/")
    assert materials.read(kept) == PDF
    assert materials.upload(item, File("photo", "", b"\x89PNG\r\n\x1a\nx")).name == "photo.png"
    with pytest.raises(FileRefused, match="program"):
        materials.upload(item, File("prices.pdf", "application/pdf", b"MZ\x90\0"))
    for _ in range(materials.MOST - 2):
        materials.link(item, "Page", url="https://a.example/")
    for one_more in (
        lambda: materials.upload(item, File("a.pdf", "", PDF)),
        lambda: materials.link(item, "Page", url="https://a.example/"),
    ):
        with pytest.raises(BoardRefused) as refused:
            one_more()
        assert refused.value.code == "too_many"


def test_members_have_a_file_from_its_time_on_while_they_hold_their_seat(item):
    [member] = [one.term for one in make.invitees(item.meeting)]
    soon = timezone.now() + timedelta(hours=1)
    kept = materials.upload(item, File("prices.pdf", "", PDF), from_at=soon)
    page = reverse("portal_meeting", args=[access.link(member, "portal"), item.meeting_id])
    assert (seen(member, kept).status_code, "prices.pdf" in Client().get(page).content.decode()) == (404, False)

    materials.withhold(kept, until=None)
    given = seen(member, kept)
    assert (given.status_code, given.content, given["Content-Type"]) == (200, PDF, "application/octet-stream")
    assert given["Content-Disposition"] == 'attachment; filename="prices.pdf"'
    assert given["Cache-Control"].startswith("private, no-store")
    stranger = make.term(make.board())
    make.meeting(stranger.board, members=0)
    assert seen(stranger, kept).status_code == 404

    make.nda(member.board)
    secret = materials.upload(item, File("factory.pdf", "", PDF), level=Level.CONFIDENTIAL)
    assert (seen(member, secret).status_code, seen(member, kept).status_code) == (404, 200)
    make.sign(member)
    assert seen(member, secret).status_code == 200
    company = materials.upload(item, File("ours.pdf", "", PDF), level=Level.COMPANY)
    assert seen(member, company).status_code == 404
    old = access.link(member, "portal")
    terms.resign(member, reason="Moved")
    assert Client().get(reverse("portal_material", args=[old, item.meeting_id, kept.pk])).status_code == 404


def test_staff_upload_show_and_remove_a_file_on_the_meetings_page(item, manager_client, intern_client):
    meeting = item.meeting
    add = reverse("admin:meeting_material", args=[meeting.pk])
    later = f"{timezone.localtime() + timedelta(days=2):%Y-%m-%dT%H:%M}"
    sent = {"item": item.pk, "level": 1, "from_at": later, "file": SimpleUploadedFile("prices.pdf", PDF)}
    manager_client.post(add, sent)
    kept = Material.objects.get()
    page = manager_client.get(reverse("admin:meeting", args=[meeting.pk])).content.decode()
    assert "members see it from" in page
    address = reverse("admin:meeting_file", args=[meeting.pk, kept.pk])
    assert address in page
    assert manager_client.get(address).content == PDF
    assert intern_client.get(address).status_code == 403
    assert "prices.pdf" in manager_client.get(reverse("admin:meeting_book", args=[meeting.pk])).content.decode()

    for wrong in ({}, {"url": "https://a.example/", "file": SimpleUploadedFile("a.pdf", PDF)}):
        said = manager_client.post(add, {"item": item.pk, "level": 1} | wrong, follow=True).content.decode()
        assert "Give a link or a file." in said
    empty = {"item": item.pk, "level": 1, "file": SimpleUploadedFile("run.pdf", b"MZ\x90\0")}
    assert "Programs are not taken" in manager_client.post(add, empty, follow=True).content.decode()

    change = reverse("admin:meeting_change_material", args=[meeting.pk])
    manager_client.post(change, {"material": kept.pk, "do": "show"})
    kept.refresh_from_db()
    assert kept.from_at is None
    assert intern_client.post(change, {"material": kept.pk, "do": "remove"}).status_code == 403
    manager_client.post(change, {"material": kept.pk, "do": "remove"})
    assert not Material.objects.exists()


def test_files_that_no_agenda_needs_are_removed(item):
    first, second = (materials.upload(item, File(name, "", PDF)) for name in ("a.pdf", "b.pdf"))
    materials.remove(second)
    for path in (private.root() / "materials").glob("*/*"):
        os.utime(path, (0, 0))

    assert materials.sweep() == 1
    assert materials.read(first) == PDF
    (private.root() / first.path).unlink()
    [member] = [one.term for one in make.invitees(item.meeting)]
    assert seen(member, first).status_code == 404
    meetings.cancel(item.meeting, reason="Nobody comes")
    with pytest.raises(WrongState):
        materials.remove(first)
