"""Sending to a real SMTP server: nothing twice, nothing lost, and what nobody can know is shown."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone

from communications.actions import holds, outbox, sending, suppressions
from communications.attachments import Attachment
from communications.models import Message, Suppression
from communications.queries.outbox import SHUT
from customers.actions import consents
from tests.factories.communications import message
from tests.factories.customers import customer
from tests.factories.mail import HANG_UP_AFTER, HANG_UP_BEFORE, mail_server

REPOSITORY = Path(__file__).resolve().parents[2]
MARKETING = {"kind": "marketing", "purpose": "offers"}


@pytest.fixture(autouse=True)
def _open(transactional_db):
    cache.delete(SHUT)


def states() -> dict[str, int]:
    return dict(Counter(Message.objects.values_list("state", flat=True)))


def seen(one: Message) -> tuple[str, str, int]:
    one.refresh_from_db()
    return one.state, one.reason, one.attempts


def leases_over() -> None:
    Message.objects.filter(lease_until__isnull=False).update(lease_until=timezone.now() - timedelta(seconds=1))


def fan(**changes) -> dict:
    """Somebody who wants to hear of offers, and an offer."""
    who = changes.pop("customer", None) or customer()
    consents.decide(who, channel="email", purpose="offers", granted=True, source="form")
    return {"customer": who, **MARKETING, **changes}


def test_a_mail_arrives_as_it_was_written(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    file = Attachment(default_storage.save("a.pdf", ContentFile(b"%PDF\n.\n")), "계약 1.pdf", "application/pdf")
    one = message(
        "kim@example.com",
        sender="Müller, Shop <help@shop.example>",
        reply_to="case+1@shop.example",
        subject="감사합니다 · Vielen Dank für Ihre lange Geduld mit uns in diesem Jahr",
        text=".\nGrüße\n.. und Ende",
        html="<p>Grüße</p>",
        headers={"In-Reply-To": "<a@b>", "References": " ".join(f"<{n}@example.com>" for n in range(20))},
        attachments=[file],
    )
    with mail_server(settings) as server:
        assert sending.send_due() == 1
        assert sending.send_due() == 0

    [mail] = server.mails
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    [attached] = mail.iter_attachments()
    assert server.got[0][0] == "kim@example.com"
    assert (mail["Subject"], mail["Message-ID"], mail["To"]) == (one.subject, one.message_id, "kim@example.com")
    assert (mail["From"], mail["Reply-To"]) == ('"Müller, Shop" <help@shop.example>', "case+1@shop.example")
    assert (mail["In-Reply-To"], mail["References"]) == ("<a@b>", one.headers["References"])
    assert text.get_content() == ".\r\nGrüße\r\n.. und Ende\r\n"
    assert html.get_content() == "<p>Grüße</p>\r\n"
    assert (attached.get_filename(), attached.get_content()) == ("계약 1.pdf", b"%PDF\n.\n")
    assert max(map(len, server.got[0][1].split(b"\r\n"))) < 999
    assert seen(one) == ("sent", "", 1)


def test_many_go_over_one_connection_the_urgent_first_and_what_is_due_later_waits(settings):
    settings.OUTBOX_GROUP = 2
    offer = message("offer@example.com", **fan())
    later = message("later@example.com", due_at=timezone.now() + timedelta(hours=1))
    for n in range(5):
        message(f"p{n}@example.com")

    with mail_server(settings) as server:
        assert sending.send_due() == 6

    assert [to for to, _ in server.got] == [*(f"p{n}@example.com" for n in range(5)), offer.to_address]
    assert server.greetings == 1
    assert seen(later) == ("queued", "", 0)


@pytest.mark.parametrize("pipelining", [False, True])
def test_what_the_server_says_decides_what_becomes_of_it(settings, pipelining):
    refusals = {"full@example.com": "452 4.2.2 Mailbox full", "nobody@example.com": "550 5.1.1 No such user"}
    ends = {"spam@example.com": "554 5.7.1 Looks like spam", "grey@example.com": "451 4.7.1 Come again"}
    ones = {name: message(f"{name}@example.com") for name in ("full", "nobody", "spam", "grey", "good")}

    with mail_server(settings, refusals=refusals, ends=ends, pipelining=pipelining) as server:
        assert sending.send_due() == 1

        assert {name: seen(one) for name, one in ones.items()} == {
            "full": ("queued", "", 1),
            "nobody": ("failed", "refused", 1),
            "spam": ("failed", "refused", 1),
            "grey": ("queued", "", 1),
            "good": ("sent", "", 1),
        }
        assert ones["spam"].error == "554 5.7.1 Looks like spam"
        pause = ones["grey"].due_at - timezone.now()
        assert timedelta(seconds=50) < pause <= timedelta(seconds=60)
        assert list(Suppression.objects.values_list("address", "reason", "bounces")) == [
            ("nobody@example.com", "bounced", 1)
        ]
        Message.objects.filter(pk=ones["grey"].pk).update(due_at=timezone.now(), attempts=sending.ATTEMPTS - 1)
        assert sending.send_due() == 0
        assert seen(ones["grey"]) == ("failed", "gave_up", sending.ATTEMPTS)
    assert server.ids == [ones["good"].message_id]


@pytest.mark.parametrize("end", [HANG_UP_BEFORE, HANG_UP_AFTER])
def test_without_an_answer_marketing_waits_for_a_person_and_a_reply_goes_again_under_its_old_id(settings, end, agent):
    first = message("broken@example.com")
    offer = message("broken@example.com", **fan())

    with mail_server(settings, ends={"broken@example.com": end}) as server:
        assert sending.send_due() == 0
        assert seen(first) == ("queued", "", 1)
        assert seen(offer) == ("uncertain", "no_answer", 1)

        server.ends = {}
        Message.objects.filter(pk=first.pk).update(due_at=timezone.now())
        assert sending.send_due() == 1
        assert outbox.confirm(offer, by=agent).state == "sent"

    taken = [first.message_id, offer.message_id] if end == HANG_UP_AFTER else []
    assert server.ids == [*taken, first.message_id]


def test_a_connection_that_the_server_closed_meanwhile_is_opened_anew(settings):
    first, second = message("last@example.com"), message("next@example.com")

    with mail_server(settings, ends={"last@example.com": "421 4.3.2 Closing"}) as server:
        assert sending.send_due() == 1

    assert (seen(first)[0], seen(second)[0]) == ("queued", "sent")
    assert server.greetings == 2


def test_where_nobody_answers_everything_waits_and_nothing_counts_as_tried(settings):
    settings.OUTBOX, settings.EMAIL_HOST, settings.EMAIL_PORT = "smtp", "127.0.0.1", 9
    ones = [message() for _ in range(3)]

    assert sending.send_due() == 0

    assert [seen(one) for one in ones] == [("queued", "", 0)] * 3
    assert "refused" in cache.get(SHUT)
    with mail_server(settings):
        assert sending.send_due() == 0  # not tried again within half a minute
        cache.delete(SHUT)
        assert sending.send_due() == 3


def test_on_ones_own_machine_mail_becomes_files_and_without_a_way_out_it_waits(settings, tmp_path):
    settings.OUTBOX, settings.OUTBOX_FOLDER = "", str(tmp_path / "mail")
    one = message()
    assert sending.send_due() == 0

    settings.OUTBOX = "folder"
    assert sending.send_due() == 1

    [file] = (tmp_path / "mail").iterdir()
    assert file.name == f"{one.message_id.strip('<>')}.eml"
    assert b"About your order" in file.read_bytes()


def test_whom_marketing_may_not_reach_it_does_not_and_other_messages_do(settings, agent):
    kim, lee, ann, bob = (customer() for _ in range(4))
    offers = {
        "held": message("kim@example.com", **fan(customer=kim)),
        "suppressed": message("Lee@example.com", **fan(customer=lee)),
        "no consent": message("ann@example.com", customer=ann, **MARKETING),
        "withdrawn": message("bob@example.com", **fan(customer=bob)),
        "good": message("eve@example.com", **fan()),
    }
    holds.place(kim, reason="complaint", key="complaint:1")
    complaint = suppressions.suppress("lee@example.com", reason="complained", customer=lee)
    consents.decide(bob, channel="email", purpose="offers", granted=False, source="link")
    reply = message("lee@example.com", customer=lee)

    with mail_server(settings) as server:
        assert sending.send_due() == 2
        assert {name: seen(one)[:2] for name, one in offers.items()} == {
            "held": ("queued", ""),
            "suppressed": ("skipped", "suppressed"),
            "no consent": ("skipped", "no_consent"),
            "withdrawn": ("skipped", "no_consent"),
            "good": ("sent", ""),
        }
        assert seen(reply)[0] == "sent"
        holds.lift("complaint:1")
        suppressions.lift(complaint, by=agent)
        again = message("lee@example.com", **fan(customer=lee))
        assert sending.send_due() == 2
        assert (seen(offers["held"])[0], seen(again)[0]) == ("sent", "sent")
    assert len(server.got) == 4


def test_where_nobody_was_found_three_times_nothing_is_sent_any_more(settings):
    with mail_server(settings, refusals={"nobody@example.com": "550 5.1.1 No such user"}) as server:
        for _ in range(3):
            assert seen_after(message("nobody@example.com")) == "failed"
        server.refusals = {}
        assert seen_after(message("Nobody@example.com")) == "skipped"
    assert server.got == []


def seen_after(one: Message) -> str:
    sending.send_due()
    return seen(one)[0]


def test_what_is_held_or_cancelled_after_it_was_leased_is_not_sent(settings):
    kim = customer()
    held, gone = message(**fan(customer=kim)), message()
    run = sending.Run(sending.open_channel(), time.monotonic() + 10)
    mine = sending._claim(run)
    holds.place(kim, reason="complaint", key="complaint:1")
    outbox.cancel(gone)

    with transaction.atomic():
        assert sending.statements.launch(run.worker, [], mine, seconds=60) == []

    assert (seen(held), seen(gone)) == (("queued", "", 0), ("cancelled", "cancelled", 0))


def test_what_a_dead_worker_never_touched_goes_back_and_the_rest_is_uncertain(settings):
    reply, offer, untouched = message(), message(**fan()), message(**fan())
    run = sending.Run(sending.open_channel(), time.monotonic() + 10)
    mine = sending._claim(run)
    assert mine == [reply.pk, offer.pk, untouched.pk]
    sending._launch(run, mine[:2])

    assert sending.recover() == 0
    leases_over()
    assert sending.recover() == 3

    assert (seen(reply), seen(untouched)) == (("queued", "", 1), ("queued", "", 0))
    assert seen(offer) == ("uncertain", "worker_lost", 1)
    with transaction.atomic():  # the dead worker comes back, and has nothing to say any more
        sending.statements.launch(run.worker, [reply.pk, offer.pk], [untouched.pk], seconds=60)
    assert (seen(reply)[0], seen(offer)[0], seen(untouched)[0]) == ("queued", "uncertain", "queued")
    Message.objects.filter(pk=reply.pk).update(attempts=sending.UNSURE_AT_MOST - 1)
    sending._launch(run, sending._claim(run)[:1])
    leases_over()
    sending.recover()
    assert seen(reply) == ("uncertain", "worker_lost", 3)


def test_two_senders_at_once_send_each_message_once(settings):
    settings.OUTBOX_GROUP = 7
    outbox.queue_many(outbox.Outgoing(to=f"p{n}@example.com", subject="S", text="T", key=f"k{n}") for n in range(300))

    def work(_) -> int:
        try:
            return sending.send_due()
        finally:
            connection.close()

    with mail_server(settings) as server, ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(work, range(3))) == 300

    assert Counter(server.ids).most_common(1)[0][1] == 1
    assert states() == {"sent": 300}


def test_senders_that_are_killed_double_nothing_and_every_message_is_sent_or_listed(settings):
    """Marketing: what may have left waits for a person. Five kills of two senders."""
    who = fan()
    wishes = [
        outbox.Outgoing(to=f"p{n}@example.com", subject="S", text="T", key=f"k{n}", **who) for n in range(CRASHED)
    ]
    outbox.queue_many(wishes)
    with mail_server(settings) as server, senders(server.port) as running:
        for kill in range(5):
            wait_for(lambda goal=(kill + 1) * CRASHED // 8: len(server.got) >= goal)
            os.kill(running.pop(0), signal.SIGKILL)
            running.append(next(running.more))
        wait_for(lambda: not Message.objects.filter(state__in=Message.WAITING).exists())
        wait_for(lambda: Message.objects.filter(state="in_flight").count() <= 20 * 5)
        leases_over()
        sending.send_due()

    assert Counter(server.ids).most_common(1)[0][1] == 1
    assert set(states()) <= {"sent", "uncertain"}
    unsure = set(Message.objects.filter(state="uncertain").values_list("message_id", flat=True))
    assert len(unsure) <= 20 * 7
    sure = set(Message.objects.filter(state="sent").values_list("message_id", flat=True))
    assert sure <= set(server.ids) <= sure | unsure
    print(f"{CRASHED} sent to by two who were killed five times: {len(unsure)} uncertain")


CRASHED = int(os.environ.get("CRASHED", "240"))


class Senders(list):
    """Process ids of those that send now; ``more`` gives the next one that begins."""

    more: Iterator[int]


@contextmanager
def senders(port: int) -> Iterator[Senders]:
    place = connection.settings_dict
    command = [sys.executable, "-m", "tests.communications.sender_child", place["HOST"], place["NAME"], str(port)]
    with subprocess.Popen(command, cwd=REPOSITORY, env=os.environ, stdout=subprocess.PIPE, text=True) as first:
        running = Senders()
        running.more = map(int, first.stdout)
        try:
            running += [next(running.more), next(running.more)]
            yield running
        finally:
            first.kill()
            for pid in running:
                os.kill(pid, signal.SIGKILL)


def wait_for(happens) -> None:
    until = time.monotonic() + 60 + CRASHED / 4  # only so that it ends at all
    while not happens():
        assert time.monotonic() < until
        time.sleep(0.01)
