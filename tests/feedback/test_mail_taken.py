"""E-mail is taken once, into the case that it belongs to, and nobody gets into somebody else's."""

import threading
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from communications.models import Message, Suppression
from feedback.actions import conversation, mail
from feedback.mail import addresses
from feedback.models import Attachment, Case, Entry, Mail
from feedback.queries.mailboxes import reply_to
from tests.factories import customers, feedback, mails

pytestmark = pytest.mark.django_db
Outcome = Mail.Outcome


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    cache.clear()


@pytest.fixture
def mailbox(db):
    return feedback.mailbox(main=True)


@pytest.fixture
def ada(db):
    return customers.customer(name="Ada", email="ada@example.org")


@pytest.fixture
def case(mailbox, ada):
    """Of Ada, by e-mail, with its confirmation gone out."""
    taken = mail.take(mails.plain(message_id="<first@example.org>"), mailbox=mailbox)
    return taken.case


def test_a_message_of_a_customer_opens_a_case_and_is_confirmed_once(mailbox, ada):
    taken = mail.take(
        mails.with_files(("box.png", "image/png", mails.PNG), message_id="<m1@example.org>"), mailbox=mailbox
    )

    case = taken.case
    assert (taken.outcome, case.customer, case.channel) == (Outcome.OPENED, ada, Case.Channel.EMAIL)
    assert (case.subject, case.sender_address, case.kind) == ("Parcel late", "ada@example.org", Case.Kind.QUESTION)
    entry = case.entries.get(kind=Entry.Kind.RECEIVED)
    assert (entry.text, entry.message_id) == ("See the photo.", "<m1@example.org>")
    assert entry.attachments.get().name == "box.png"
    sent = Message.objects.get()
    assert (sent.to_address, sent.reply_to) == ("ada@example.org", addresses.signed("support@shop.example", case.pk))
    assert sent.headers["In-Reply-To"] == "<m1@example.org>"
    assert sent.headers["Auto-Submitted"] == "auto-replied"
    assert case.number in sent.subject
    assert case.answered_at is None


def test_the_same_message_is_taken_once_and_two_with_one_id_are_two(mailbox, ada):
    raw = mails.plain(message_id="<m1@example.org>")
    first = mail.take(raw, mailbox=mailbox)
    assert mail.take(b"Received: by another.example\r\n" + raw, mailbox=mailbox) == first
    other = mail.take(mails.plain("Something else.", message_id="<m1@example.org>"), mailbox=mailbox)
    again = mail.take(mails.plain("Something else.", message_id="<m1@example.org>"), mailbox=mailbox)

    assert other == again != first
    assert (Case.objects.count(), Entry.objects.filter(kind="received").count()) == (2, 2)


@pytest.mark.django_db(transaction=True)
def test_two_workers_take_one_message_once(mailbox, ada):
    raw, start, taken = mails.plain(message_id="<m1@example.org>"), threading.Barrier(2), []

    def work():
        try:
            start.wait()
            taken.append(mail.take(raw, mailbox=mailbox).pk)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(set(taken)) == 1
    assert len(taken) == 2
    assert (Case.objects.count(), Message.objects.count()) == (1, 1)


def test_an_answer_comes_back_to_its_case_by_the_signed_address(case):
    for recipient in (reply_to(case), reply_to(case).upper(), f"Shop <{reply_to(case)}>"):
        taken = mail.take(mails.plain("More.", subject="x", sender="other@example.net", to=recipient))
        assert (taken.case, taken.how, taken.outcome) == (case, "address", Outcome.HEARD)


def test_a_signature_of_another_case_or_key_opens_nothing(case):
    local, _at, host = reply_to(case).partition("@")
    forged = f"{local.replace(f'+c{case.pk}.', f'+c{case.pk + 1}.')}@{host}"
    assert addresses.case_of(forged) is None
    assert addresses.case_of(f"support+c{case.pk}@shop.example") is None
    taken = mail.take(mails.plain("Let me in.", sender="other@example.net", to=forged))
    assert taken.outcome == Outcome.OPENED
    assert taken.case != case


def test_an_address_signed_with_an_older_key_still_works(case):
    old = reply_to(case)
    with override_settings(SECRET_KEY="a new one", SECRET_KEY_FALLBACKS=["only-for-this-machine"]):
        assert addresses.case_of(old) == case.pk
        assert reply_to(case) != old


@pytest.mark.parametrize("head", ["in_reply_to", "references"])
def test_an_answer_to_our_message_goes_on_with_its_case_whoever_sends_it(case, head):
    ours = case.entries.get(kind=Entry.Kind.REPLY).message_id
    taken = mail.take(mails.plain("Thanks.", subject="x", sender="ada.private@example.net", **{head: ours}))
    assert (taken.case, taken.how) == (case, "thread")


def test_who_belongs_to_a_case_is_let_in_by_their_own_message_or_its_number(case, ada):
    own = mail.take(mails.plain("And?", subject="x", references="<first@example.org>"))
    number = mail.take(mails.plain("Hello?", subject=f"Re: your case {case.number}"))

    assert (own.case, own.how, number.case, number.how) == (case, "thread", case, "subject")
    case.refresh_from_db()
    assert case.entries.filter(kind="received").count() == 3


@pytest.mark.parametrize("way", ["subject", "references", "forged sender"])
def test_a_stranger_gets_into_no_thread(case, mailbox, way):
    changes = {"sender": "mallory@example.net", "to": mailbox.address}
    if way == "subject":
        changes["subject"] = f"Re: [{case.number}]"
    elif way == "references":
        changes["references"] = "<first@example.org>"
    else:
        changes |= {"subject": f"Re: [{case.number}]", "sender": "ada@example.org"}
        changes["extra"] = {"Authentication-Results": "mx.shop.example; dmarc=fail"}
    taken = mail.take(mails.plain("Send the refund to this account.", **changes))

    assert taken.case != case
    assert taken.outcome == Outcome.OPENED
    assert taken.case.customer is None
    notes = taken.case.entries.filter(kind=Entry.Kind.NOTE, text__contains=case.number)
    assert notes.count() == 1
    assert case.entries.filter(kind="received").count() == 1


def test_an_address_that_two_customers_have_is_nobodys(mailbox, ada):
    customers.customer(name="Bo", email="ada@example.org")
    assert mail.take(mails.plain(), mailbox=mailbox).case.customer is None


def test_a_closed_case_is_opened_again_and_one_of_long_ago_is_followed_by_a_new_one(case, agent):
    feedback.closed(case, by=agent)
    taken = mail.take(mails.plain("It is broken again.", to=reply_to(case)))
    case.refresh_from_db()
    assert taken.case == case
    assert case.reopenings == 1

    feedback.closed(case, by=agent)
    later = timezone.now() + timedelta(days=100)
    Case.objects.filter(pk=case.pk).update(closed_at=timezone.now() - timedelta(days=100))
    following = mail.take(mails.plain("And again.", to=reply_to(case)), at=later)
    assert following.case.follows == case
    assert following.entry.case == following.case


def test_an_absence_notice_is_kept_in_its_thread_and_asks_opens_and_answers_nothing(case, agent):
    conversation.reply(case, "It comes tomorrow.", by=agent)
    feedback.closed(case, by=agent)
    messages = Message.objects.count()
    taken = mail.take(mails.absence(to=reply_to(case)))
    assert (taken.outcome, taken.case) == (Outcome.AUTOMATIC, case)
    case.refresh_from_db()
    assert case.closed_at is not None
    assert case.unanswered_since is None

    nowhere = mail.take(mails.absence())
    assert (nowhere.outcome, nowhere.case) == (Outcome.IGNORED, None)
    assert (Message.objects.count(), Case.objects.count()) == (messages, 1)


def test_a_bounce_is_told_in_its_case_and_remembered_of_the_address(case):
    sent = case.entries.get(kind=Entry.Kind.REPLY).outgoing
    taken = mail.take(mails.bounce(sent.message_id, to="somebody.else@example.org"))

    assert (taken.outcome, taken.case, taken.entry.automatic) == (Outcome.BOUNCED, case, True)
    assert case.events.get(what="bounced").about == {"message": sent.pk, "permanent": True, "status": "5.1.1"}
    assert Suppression.objects.get().address == "ada@example.org"  # ours to say to whom it went, not the report's
    later = mail.take(mails.bounce(sent.message_id, to="ada@example.org", status="4.2.2", action="delayed"))
    assert later.outcome == Outcome.BOUNCED
    assert Suppression.objects.get().bounces == 1
    unknown = mail.take(mails.bounce("<made-up@shop.example>", to="ada@example.org"))
    assert unknown.outcome == Outcome.IGNORED


@pytest.mark.parametrize(
    "extra",
    [
        {"Precedence": "bulk"},
        {"List-Id": "<news.example>"},
        {"Auto-Submitted": "auto-generated"},
        {"X-Spam-Flag": "YES"},
    ],
)
def test_what_machines_send_is_held_aside_and_not_answered(mailbox, extra):
    taken = mail.take(mails.plain(extra=extra), mailbox=mailbox)
    assert (taken.outcome, taken.case.spam) == (Outcome.HELD, True)
    assert Message.objects.count() == 0


def test_a_mailing_list_that_feeds_the_mailbox_is_no_reason_to_hold_its_mail_aside(ada):
    mailbox = feedback.mailbox(main=True, list_id="support.shop.example")
    listed = {"List-Id": "Support <support.shop.example>", "Precedence": "list"}
    taken = mail.take(mails.plain(extra=listed), mailbox=mailbox)
    assert taken.outcome == Outcome.OPENED
    assert Message.objects.count() == 1


def test_what_many_send_in_the_same_words_is_held_aside(mailbox):
    text = "Dear sir, I have an offer for you that you will surely want to read at once."
    held = [
        mail.take(mails.plain(text, sender=f"s{number}@spam.example"), mailbox=mailbox).outcome for number in range(4)
    ]
    assert held == [Outcome.OPENED, Outcome.OPENED, Outcome.OPENED, Outcome.HELD]


def test_files_that_are_not_taken_leave_a_word_why(mailbox):
    files = [
        ("run.exe", "application/pdf", b"MZ\x90"),
        ("a.png", "image/png", mails.PNG),
        ("x.svg", "text/plain", b"<svg"),
    ]
    mail.take(mails.with_files(*files), mailbox=mailbox)
    assert list(Attachment.objects.order_by("pk").values_list("name", "refused")) == [
        ("run.exe", "program"), ("a.png", ""), ("x.svg", "active_content")
    ]  # fmt: skip
