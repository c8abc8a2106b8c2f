"""The outbox in the back office."""

import re
from datetime import timedelta

from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from communications.actions import holds, suppressions
from communications.models import Message, Reaction, Suppression
from communications.queries.outbox import SHUT
from customers.models import AccessLog
from tests.communications.test_outbox import moved
from tests.factories.communications import message
from tests.factories.customers import customer

State = Message.State
OUTBOX, SUPPRESSED, HOME = reverse("admin:outbox"), reverse("admin:suppressions"), reverse("admin:index")


def page_of(one: Message) -> str:
    return reverse("admin:message", args=[one.pk])


def text_of(client, address: str) -> str:
    return client.get(address).content.decode()


def test_the_page_says_how_mail_leaves_and_what_is_in_the_way(agent_client, settings, tmp_path):
    settings.OUTBOX, settings.OUTBOX_FOLDER = "folder", str(tmp_path)
    assert f"written into a file under {tmp_path}" in text_of(agent_client, OUTBOX)
    settings.OUTBOX = ""
    assert "No mail server is set, so all messages wait" in text_of(agent_client, OUTBOX)
    settings.OUTBOX = "smtp"
    cache.set(SHUT, "Connection refused", 5)
    assert "cannot be reached: Connection refused" in text_of(agent_client, OUTBOX)
    cache.delete(SHUT)
    assert "ms-note" not in text_of(agent_client, OUTBOX)


def test_the_list_shows_the_newest_first_by_state_with_as_many_queries_for_three_as_for_one(agent_client):
    message(subject="Alpha", customer=customer())
    agent_client.get(OUTBOX)
    with CaptureQueriesContext(
        connection,
    ) as one:
        agent_client.get(OUTBOX)
    message(subject="Beta", customer=customer())
    moved(message(subject="Gamma", customer=customer()), State.UNCERTAIN)

    with CaptureQueriesContext(connection) as three:
        shown = text_of(agent_client, OUTBOX)

    assert re.findall("Alpha|Beta|Gamma", shown) == ["Gamma", "Beta", "Alpha"]
    assert len(three) == len(one)
    assert re.findall("Alpha|Beta|Gamma", text_of(agent_client, f"{OUTBOX}?state=uncertain")) == ["Gamma"]


def test_a_letter_is_shown_where_nothing_of_it_can_run_and_it_is_noted_who_looked(agent_client, agent):
    kim = customer()
    one = message(customer=kim, html='<p>Hello</p><script>alert("x")</script>', headers={"In-Reply-To": "<a@b>"})

    shown = text_of(agent_client, page_of(one))

    assert 'sandbox srcdoc="&lt;p&gt;Hello' in shown
    assert "<script>alert" not in shown
    assert one.message_id.strip("<>") in shown
    assert AccessLog.objects.filter(customer=kim, by=agent, fields="message").count() == 1


def test_who_may_decides_about_a_message_and_nobody_else(agent_client, marketer_client, board_manager_client, agent):
    lost, there, late = moved(message(), State.UNCERTAIN), moved(message(), State.UNCERTAIN), message()

    for one, act, state in ((lost, "again", "queued"), (there, "arrived", "sent"), (late, "cancel", "cancelled")):
        address = reverse(f"admin:message_{act}", args=[one.pk])
        assert board_manager_client.post(address).status_code == 403
        assert agent_client.get(address).status_code == 405
        assert agent_client.post(address).status_code == 302
        one.refresh_from_db()
        assert one.state == state
    assert late.settled_by == agent
    refused = agent_client.post(reverse("admin:message_cancel", args=[there.pk]), follow=True)
    assert "This cannot be done with a message in the state" in refused.content.decode()
    assert board_manager_client.get(page_of(there)).status_code == 403


def test_marketing_that_is_held_says_so_and_what_an_erased_person_was_written_is_gone(agent_client):
    kim = customer()
    one = message(customer=kim, kind="marketing", purpose="offers")
    assert "kept back" not in text_of(agent_client, page_of(one))
    holds.place(kim, reason="complaint", key="complaint:1")
    assert "kept back" in text_of(agent_client, page_of(one))

    Message.objects.filter(pk=one.pk).update(
        to_address="", subject="", text="", state="cancelled", reason="erased", ended_at=one.due_at
    )
    assert "The person was erased" in text_of(agent_client, page_of(one))
    assert "of somebody who was erased" in text_of(agent_client, OUTBOX)


def test_the_customer_page_shows_what_was_written_and_the_first_page_what_needs_somebody(agent_client, intern_client):
    kim = customer()
    there = reverse("admin:customer", args=[kim.pk])
    assert "No marketing since" not in text_of(agent_client, there)
    moved(message(customer=kim, subject="Your complaint"), State.UNCERTAIN)
    moved(message(subject="Never taken"), State.FAILED)
    holds.place(kim, reason="complaint", key="complaint:1")

    assert "Your complaint" in text_of(agent_client, there)
    assert "No marketing since" in text_of(agent_client, there)
    home = text_of(agent_client, HOME)
    assert ("Your complaint" in home, "Never taken" in home, "Mail does not leave" in home) == (True, True, False)
    late = message()
    Message.objects.filter(pk=late.pk).update(due_at=late.due_at - timedelta(days=365))
    assert "Mail does not leave" in text_of(agent_client, HOME)
    assert "Your complaint" not in text_of(intern_client, HOME)


def test_an_address_is_suppressed_and_let_go_again_by_who_may(agent_client, marketer_client, marketer):
    assert "No address is suppressed" in text_of(agent_client, SUPPRESSED)
    answer = agent_client.post(SUPPRESSED, {"address": "nobody", "reason": "asked"})
    assert "nobody is no e-mail address." in answer.content.decode()

    assert agent_client.post(SUPPRESSED, {"address": "Kim@Example.com", "reason": "asked"}).status_code == 302
    suppressions.bounced("lee@example.com")

    kim = Suppression.objects.get(address="kim@example.com")
    lift = reverse("admin:suppression_lift", args=[kim.pk])
    assert "lee@example.com" in text_of(agent_client, SUPPRESSED)
    assert agent_client.post(lift).status_code == 403
    assert marketer_client.post(lift).status_code == 302
    kim.refresh_from_db()
    assert kim.lifted_by == marketer
    assert "is not suppressed" in marketer_client.post(lift, follow=True).content.decode()


def test_text_messages_that_cannot_leave_are_told_of(agent_client, settings):
    settings.OUTBOX, settings.SMS_URL = "smtp", ""
    page = agent_client.get(reverse("admin:outbox")).content.decode()
    assert "no way out is set" not in page
    one = message("+49301234567", channel="sms", subject="", text="Hi")
    page = agent_client.get(reverse("admin:outbox")).content.decode()
    assert ("SMS: no way out is set" in page, "of somebody who was erased" in page) == (True, False)
    assert "+49301234567" in agent_client.get(reverse("admin:message", args=[one.pk])).content.decode()


def test_what_was_read_stands_with_the_message_where_it_may_be_known(agent_client):
    one = message()
    now = timezone.now()
    shop = "https://shop.example/"
    Reaction.objects.create(message=one, kind="clicked", target=shop, machine=True, at=now, last_at=now)
    page = agent_client.get(reverse("admin:message", args=[one.pk])).content.decode()
    assert (shop in page, "by a machine" in page) == (True, True)
