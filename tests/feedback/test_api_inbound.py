"""A mail server hands in what came in."""

import pytest
from django.core.cache import cache
from django.test import Client

from feedback.models import Case, Mail
from tests.factories import feedback, mails
from tests.factories.integrations import token

PATH = "/api/v1/inbound/mail/"


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    cache.clear()


def post(raw: bytes, *, scopes=("mail:write",), kind: str = "message/rfc822"):
    headers = {"Authorization": f"Bearer {token(*scopes).secret}"} if scopes else {}
    return Client().post(PATH, raw, content_type=kind, headers=headers)


@pytest.mark.django_db
def test_a_message_is_handed_in_once():
    mailbox = feedback.mailbox()
    raw = mails.with_files(("big.txt", "text/plain", b"x" * 6_000_000), message_id="<m1@example.org>")
    first, again = post(raw), post(raw)

    assert first.status_code == 200, first.content
    assert first.json() == again.json()
    [case] = Case.objects.all()
    assert first.json()["outcome"] == "opened"
    assert first.json()["case"] == case.pk
    assert Mail.objects.get().mailbox == mailbox


@pytest.mark.django_db
def test_what_is_no_message_or_comes_from_somebody_else_is_refused():
    assert post(b"  ").json()["errors"][0]["code"] == "mail_missing"
    assert post(b"{}", kind="application/json").status_code == 415
    assert post(mails.plain(), scopes=("customers:read",)).status_code == 403
    assert post(mails.plain(), scopes=()).status_code == 401
    assert not Mail.objects.exists()
