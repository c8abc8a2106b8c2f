"""Mailboxes in the back office."""

import pytest
from django.test import Client

from feedback.models import Mailbox
from tests.factories import feedback

pytestmark = pytest.mark.django_db
WISH = {
    "name": "Support", "address": "Help@Shop.example", "kind": "question", "host": "localhost", "port": "1",
    "security": "none", "username": "u", "new_password": "open sesame", "folder": "INBOX",
    "active": "on", "main": "on",
}  # fmt: skip


def signed_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_a_manager_sets_a_mailbox_up_and_tries_it(manager):
    client = signed_in(manager)
    assert "No mailbox yet" in client.get("/admin/mailboxes/").content.decode()
    assert client.get("/admin/mailboxes/new/").status_code == 200
    refused = client.post("/admin/mailboxes/new/", WISH | {"new_password": "", "password_name": "HOME"})
    assert "must begin with MAILBOX_" in refused.content.decode()

    assert (
        "less than or equal to 65535"
        in client.post("/admin/mailboxes/new/", WISH | {"port": "65536"}).content.decode()
    )

    client.post("/admin/mailboxes/new/", WISH)
    mailbox = Mailbox.objects.get()
    assert (mailbox.address, mailbox.main, mailbox.port) == ("help@shop.example", True, 1)
    page = client.post(f"/admin/mailboxes/{mailbox.pk}/try/", follow=True).content.decode()
    assert "That did not work" in page
    assert "sesame" not in page

    change = f"/admin/mailboxes/{mailbox.pk}/change/"
    assert "sesame" not in client.get(change).content.decode()
    sealed = mailbox.password
    client.post(change, WISH | {"new_password": "", "name": "Help"})
    mailbox.refresh_from_db()
    assert (mailbox.name, mailbox.password) == ("Help", sealed)


def test_support_sees_mailboxes_and_changes_none(agent, intern):
    mailbox = feedback.mailbox(error="Authentication failed", stuck={"7": {"tries": 3}})
    client = signed_in(agent)
    assert "cannot be read" in client.get("/admin/mailboxes/").content.decode()
    page = client.get(f"/admin/mailboxes/{mailbox.pk}/").content.decode()
    assert "Authentication failed" in page
    assert "could not be taken" in page
    assert client.get("/admin/mailboxes/new/").status_code == 403
    assert client.get(f"/admin/mailboxes/{mailbox.pk}/change/").status_code == 403
    assert client.post(f"/admin/mailboxes/{mailbox.pk}/try/").status_code == 403
    assert signed_in(intern).get("/admin/mailboxes/").status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_much_for_three_as_for_one(agent, count, django_assert_max_num_queries):
    for number in range(count):
        feedback.mailbox(address=f"a{number}@shop.example")
    client = signed_in(agent)
    client.get("/admin/mailboxes/")
    with django_assert_max_num_queries(12):
        assert client.get("/admin/mailboxes/").status_code == 200


def test_what_somebody_else_has_changed_meanwhile_is_not_written_over_unseen(manager):
    client = signed_in(manager)
    mailbox = feedback.mailbox(address="help@shop.example", host="localhost", username="u", password_name="MAILBOX_A")
    change = f"/admin/mailboxes/{mailbox.pk}/change/"
    wish = WISH | {"new_password": "", "password_name": "MAILBOX_A", "name": "Mine"}
    wish["seen"] = client.get(change).context["form"]["seen"].value()
    Mailbox.objects.filter(pk=mailbox.pk).update(folder="Theirs", last_uid=7)

    shown = client.post(change, wish)
    assert "Somebody has changed this meanwhile" in shown.content.decode()
    mailbox.refresh_from_db()
    assert mailbox.folder == "Theirs"
    assert client.post(change, wish | {"seen": shown.context["form"]["seen"].value()}).status_code == 302
    mailbox.refresh_from_db()
    assert (mailbox.name, mailbox.folder, mailbox.last_uid) == ("Mine", "INBOX", 7)
