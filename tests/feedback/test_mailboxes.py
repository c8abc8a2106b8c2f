"""Mailboxes are read from a real IMAP server, each message once, whoever dies in between."""

import os
import signal
import smtplib
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from communications.actions import sending
from communications.queries.outbox import SHUT
from feedback import imap
from feedback.actions import conversation, mail, mailboxes
from feedback.actions.mailboxes import MailboxRefused
from feedback.imap import ImapError
from feedback.models import Case, Entry, Mail, Mailbox
from feedback.queries.mailboxes import due
from tests.factories import mails
from tests.factories.customers import customer
from tests.factories.feedback import mailbox as plain_mailbox
from tests.factories.imap import ImapServer, imap_server
from tests.factories.mail import mail_server

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    cache.clear()


@pytest.fixture(scope="module")
def dovecot() -> Iterator[ImapServer]:
    with imap_server() as server:
        yield server


@pytest.fixture
def support(dovecot, transactional_db, request) -> Mailbox:
    """Read from a user of its own in each test."""
    values = dovecot.account | {"username": f"u{abs(hash(request.node.name))}", "take_old": True, "main": True}
    return mailboxes.save(Mailbox(name="Support", address="support@shop.example"), **values)


def test_what_is_new_is_taken_once_and_marked(dovecot, support):
    dovecot.deliver(mails.plain("One.", message_id="<one@example.org>"), to=support.username)
    dovecot.deliver(mails.plain("Two."), to=support.username)
    assert mailboxes.try_connection(support) == 2
    assert (mailboxes.read(support), mailboxes.read(support)) == (2, 0)

    dovecot.deliver(mails.plain("Three."), to=support.username)
    dovecot.deliver(mails.plain("One.", message_id="<one@example.org>"), to=support.username)
    assert mailboxes.read(support) == 2
    assert Case.objects.count() == 3
    assert all("Seen" in flags for flags in dovecot.flags(user=support.username))
    support.refresh_from_db()
    assert (support.last_uid, support.error, support.lease_until, support.stuck) == (4, "", None, {})
    assert not due(timezone.now())
    assert list(due(timezone.now() + mailboxes.EVERY)) == [support]


def test_no_mailbox_is_read_inside_a_transaction(db):
    with pytest.raises(RuntimeError, match="inside a transaction"):
        mailboxes.read(plain_mailbox())


def test_what_was_taken_is_moved_where_that_is_wished(dovecot, support):
    support = mailboxes.save(support, taken_folder="Taken & done")
    dovecot.deliver(mails.plain(), to=support.username)
    assert mailboxes.read(support) == 1
    assert dovecot.flags(user=support.username) == []
    assert len(dovecot.flags(imap.quoted("Taken & done"), support.username)) == 1


def test_what_lay_there_before_is_left_unless_it_is_wished(dovecot, support):
    support = mailboxes.save(support, take_old=False)
    dovecot.deliver(mails.plain("Old."), to=support.username)
    assert mailboxes.read(support) == 0
    dovecot.deliver(mails.plain("New."), to=support.username)
    assert mailboxes.read(support) == 1
    assert Entry.objects.get(kind="received").text == "New."


def test_readers_that_are_killed_take_nothing_twice_and_lose_nothing(dovecot, support):
    support = mailboxes.save(support, taken_folder="Taken")
    texts = ["One.", "Three.", "Two."]
    for text in texts:
        dovecot.deliver(mails.plain(text), to=support.username)
    host, name = connection.settings_dict["HOST"], connection.settings_dict["NAME"]
    for after in ("take", "settle"):
        command = [sys.executable, "-m", "tests.feedback.mailbox_child", str(host), str(name), str(support.pk), after]
        child = subprocess.run(command, cwd=REPOSITORY, env=os.environ | {"PYTHONWARNINGS": "ignore"}, timeout=120)
        assert child.returncode == -signal.SIGKILL
        assert mailboxes.read(support) == 0  # somebody may still be at it
        Mailbox.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    mailboxes.read(support)

    assert sorted(Entry.objects.filter(kind="received").values_list("text", flat=True)) == texts
    assert dovecot.flags(user=support.username) == []
    assert len(dovecot.flags("Taken", support.username)) == 3


def test_two_workers_do_not_read_one_mailbox_at_once(dovecot, support):
    Mailbox.objects.filter(pk=support.pk).update(lease_until=timezone.now() + timedelta(minutes=1))
    dovecot.deliver(mails.plain(), to=support.username)
    assert not due(timezone.now() + timedelta(seconds=30))
    assert mailboxes.read(support) == 0
    Mailbox.objects.filter(pk=support.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert mailboxes.read(support) == 1


def test_a_message_that_cannot_be_taken_holds_up_no_other_and_is_given_up_in_the_end(dovecot, support, monkeypatch):
    dovecot.deliver(mails.plain("Bad."), to=support.username)
    dovecot.deliver(mails.plain("Good."), to=support.username)
    real = mail.take

    def take(raw, **options):
        if b"Bad." in raw:
            raise ValueError("nobody thought of this")
        return real(raw, **options)

    monkeypatch.setattr(mail, "take", take)
    assert [mailboxes.read(support) for _ in range(4)] == [1, 0, 0, 0]
    support.refresh_from_db()
    assert support.stuck == {"1": {"tries": mailboxes.TRIES, "error": "ValueError"}}
    assert Entry.objects.get(kind="received").text == "Good."
    assert "Seen" not in dovecot.flags(user=support.username)[0]


def test_a_message_that_the_server_does_not_hand_out_holds_up_no_other_and_is_never_given_up(
    dovecot, support, monkeypatch
):
    for text in ("Bad.", "Good."):
        dovecot.deliver(mails.plain(text), to=support.username)
    real = imap.Folder.fetch

    def fetch(folder, uid):
        if uid == 1:
            raise imap.Refused("FETCH: this one is broken")
        return real(folder, uid)

    with monkeypatch.context() as broken:
        broken.setattr(imap.Folder, "fetch", fetch)
        taken = [mailboxes.read(support) for _ in range(mailboxes.TRIES + 2)]
    support.refresh_from_db()
    now = timezone.now()

    assert (sum(taken), Entry.objects.get(kind="received").text) == (1, "Good.")
    assert (support.error, support.failures, support.last_uid) == ("FETCH: this one is broken", 0, 2)
    assert now < support.next_at <= now + mailboxes.EVERY
    assert mailboxes.read(support) == 1
    support.refresh_from_db()
    assert (support.error, support.stuck, Case.objects.count()) == ("", {}, 2)


def test_what_the_server_does_not_move_is_taken_once_and_tried_some_times(dovecot, support, monkeypatch):
    support = mailboxes.save(support, taken_folder="Taken")
    for text in ("One.", "Two."):
        dovecot.deliver(mails.plain(text), to=support.username)

    def settle(folder, uid, *, into):
        raise imap.Refused("MOVE: over quota")

    with monkeypatch.context() as full:
        full.setattr(imap.Folder, "settle", settle)
        for _n in range(2):
            mailboxes.read(support)
    support.refresh_from_db()

    assert (support.error, sorted(support.stuck)) == ("MOVE: over quota", ["1", "2"])
    mailboxes.read(support)
    support.refresh_from_db()
    assert (support.error, support.stuck, Case.objects.count()) == ("", {}, 2)
    assert len(dovecot.flags("Taken", support.username)) == 2


def test_a_server_that_numbers_its_messages_anew_is_read_from_the_start_and_nothing_is_taken_twice(dovecot, support):
    dovecot.deliver(mails.plain(), to=support.username)
    mailboxes.read(support)
    Mailbox.objects.filter(pk=support.pk).update(uid_validity=1, last_uid=99)
    assert mailboxes.read(support) == 1
    assert Mail.objects.count() == 1


def test_what_is_wrong_stands_on_the_mailbox_and_is_tried_ever_later(dovecot, support):
    mailboxes.save(support, password="wrong")
    waits = []
    for _ in range(3):
        assert mailboxes.read(support) == 0
        support.refresh_from_db()
        waits.append(round((support.next_at - support.polled_at).total_seconds()))
    assert waits == [60, 120, 240]
    assert "Authentication failed" in support.error
    assert "wrong" not in support.error
    with pytest.raises(ImapError):
        mailboxes.try_connection(support)
    support.security = "starttls"
    with pytest.raises(ImapError, match="TLS not supported"):  # and it did not hear the password
        mailboxes.try_connection(support)

    support.refresh_from_db()
    mailboxes.save(support, password="secret")
    mailboxes.read(support)
    support.refresh_from_db()
    assert (support.error, support.failures) == ("", 0)


def test_a_conversation_goes_there_and_back_over_real_servers(dovecot, support, settings, agent):
    """A customer's mail in, our confirmation out by SMTP, their answer to it back into the same case."""
    ada = customer(name="Ada", email="ada@example.org")
    cache.delete(SHUT)
    with mail_server(settings) as smtp:
        dovecot.deliver(mails.plain("Where is it?"), to=support.username)
        mailboxes.read(support)
        sending.send_due()
        [confirmation] = smtp.mails
        assert confirmation["Auto-Submitted"] == "auto-replied"

        answer = EmailMessage()
        answer["From"], answer["To"] = "Ada <ada.at.work@example.net>", confirmation["Reply-To"]
        answer["Subject"] = f"Re: {confirmation['Subject']}"
        answer["In-Reply-To"] = answer["References"] = confirmation["Message-ID"]
        answer["Message-ID"] = "<answer@example.net>"
        answer.set_content("It has come.\n\n> We have your message")
        with smtplib.SMTP("127.0.0.1", smtp.port) as client:
            client.send_message(answer, to_addrs=["support@shop.example"])
        _to, raw = smtp.got[-1]
        dovecot.deliver(raw, to=support.username)
        assert mailboxes.read(support) == 1

    case = Case.objects.get()
    assert case.customer == ada
    assert [entry.kind for entry in case.entries.order_by("pk")] == ["received", "reply", "received"]
    conversation.reply(case, "Good to hear.", by=agent)


def test_a_server_that_says_nothing_is_not_waited_for_without_end(transactional_db, monkeypatch):
    monkeypatch.setattr(imap, "TIMEOUT", 0.2)
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        silent = mailboxes.save(
            Mailbox(name="Deaf", address="deaf@shop.example"), host="127.0.0.1", port=deaf.getsockname()[1],
            security="none", username="x", password="y",
        )  # fmt: skip
        assert mailboxes.read(silent) == 0
    silent.refresh_from_db()
    assert silent.error.startswith("TimeoutError")


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"address": "Support@Shop.example"}, "address_taken"),
        ({"host": "mail.example", "password": "x"}, "user_missing"),
        ({"host": "mail.example", "username": "u"}, "password_missing"),
        ({"host": "mail.example", "username": "u", "password": "x", "password_name": "MAILBOX_A"}, "password_twice"),
        ({"password": "x", "password_name": "MAILBOX_A"}, "password_twice"),
        ({"host": "mail.example", "username": "u", "password_name": "SECRET_KEY"}, "name_not_allowed"),
        ({"host": "mail.example", "username": "u", "password": "x", "security": "none"}, "tls_missing"),
    ],
)
def test_a_mailbox_that_cannot_work_is_refused(db, values, code):
    plain_mailbox()
    with pytest.raises(MailboxRefused) as refused:
        mailboxes.save(Mailbox(name="Other", address="other@shop.example"), **values)
    assert refused.value.code == code


def test_a_password_is_not_in_the_database_and_may_come_from_the_environment(db, monkeypatch):
    values = {"host": "mail.example", "username": "u"}
    sealed = mailboxes.save(Mailbox(name="A", address="a@shop.example"), **values, password="open sesame")
    assert "sesame" not in sealed.password
    assert mailboxes._account(sealed).password == "open sesame"

    named = mailboxes.save(Mailbox(name="B", address="b@shop.example"), **values, password_name="MAILBOX_B")
    with pytest.raises(ImapError, match="MAILBOX_B is not set"):
        mailboxes._account(named)
    monkeypatch.setenv("MAILBOX_B", "from outside")
    assert mailboxes._account(named).password == "from outside"


def test_a_password_goes_to_no_other_server_than_it_was_entered_for(db):
    values = {"host": "mail.example", "username": "u"}
    box = mailboxes.save(Mailbox(name="A", address="a@shop.example"), **values, password="open sesame")
    with pytest.raises(MailboxRefused) as refused:
        mailboxes.save(box, host="evil.example")
    assert refused.value.code == "password_again"
    box.refresh_from_db()
    assert mailboxes.save(box, name="B").host == "mail.example"
    assert mailboxes.save(box, host="new.example", password="open sesame").host == "new.example"


def test_there_is_one_main_mailbox(db):
    first = mailboxes.save(Mailbox(name="A", address="a@shop.example"), main=True)
    mailboxes.save(Mailbox(name="B", address="b@shop.example"), main=True)
    first.refresh_from_db()
    assert not first.main
