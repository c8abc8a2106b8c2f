"""What comes back of messages: told once on the timeline, and the address is left alone."""

import pytest
from django.utils import timezone

from communications import abuse
from communications.actions import bounces, suppressions
from communications.actions.bounces import UnknownMessage
from communications.models import Message, Suppression
from customers.models import Fact
from tests.factories.communications import message
from tests.factories.customers import customer

pytestmark = pytest.mark.django_db


def sent(**changes) -> Message:
    one = message(**changes)
    now = timezone.now()
    Message.objects.filter(pk=one.pk).update(state="sent", sent_at=now, handed_at=now, attempts=1)
    one.refresh_from_db()
    return one


def facts(who) -> list[str]:
    return list(
        Fact.objects.filter(customer=who, verb__in=["mail_bounced", "spam_reported"]).values_list("verb", flat=True)
    )


def arf(message_id: str, kind: str = "abuse") -> bytes:
    return (
        "From: <abuse@provider.example>\r\nTo: <help@shop.example>\r\nSubject: complaint\r\nMIME-Version: 1.0\r\n"
        "Message-ID: <arf@provider.example>\r\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nThis is a complaint.\r\n"
        "--b\r\nContent-Type: message/feedback-report\r\n\r\n"
        f"Feedback-Type: {kind}\r\nUser-Agent: X/1\r\nVersion: 1\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
        f"Message-ID: {message_id}\r\nSubject: Offer\r\n\r\nBuy\r\n--b--\r\n"
    ).encode()


def test_a_message_that_comes_back_for_good_leaves_its_address_alone_once():
    kim = customer()
    one = sent(customer=kim)
    for _again in range(2):
        one = bounces.bounced(one, permanent=True, status="5.1.1")
    standing = Suppression.objects.get(address="kim@example.com")
    assert (standing.bounces, standing.customer, one.state, one.error) == (1, kim, "sent", "It came back: 5.1.1")
    assert facts(kim) == ["mail_bounced"]


def test_a_message_that_comes_back_for_now_is_written_down_and_no_more():
    kim = customer()
    bounces.bounced(sent(customer=kim), permanent=False, status="4.2.2")
    assert (facts(kim), Suppression.objects.count()) == (["mail_bounced"], 0)


def test_who_complains_of_spam_gets_no_offers_until_a_person_with_the_right_lifts_it(agent, manager):
    kim = customer()
    one = sent(customer=kim)
    for _again in range(2):
        bounces.complained(one)
    standing = Suppression.objects.get(address="kim@example.com")
    assert (standing.reason, facts(kim)) == ("complained", ["spam_reported"])
    assert not agent.has_perm("communications.lift_suppression")
    assert manager.has_perm("communications.lift_suppression")
    lifted = suppressions.lift(standing, by=manager)
    assert (lifted.lifted_by, lifted.lifted_at is not None) == (manager, True)


def test_a_complaint_is_read_from_the_report_of_a_provider_and_by_our_message_id_alone():
    kim = customer()
    one = sent(customer=kim)
    said = abuse.complaint(arf(one.message_id))
    assert said == abuse.Complaint("abuse", (one.message_id,))
    assert bounces.complained_of(["<nobody@knows.example>"]) == []
    assert bounces.complained_of(said.message_ids) == [one]
    assert facts(kim) == ["spam_reported"]
    assert abuse.complaint(arf(one.message_id, "not-spam")).is_one is False
    assert abuse.complaint(arf(one.message_id, "something")) is None
    assert abuse.complaint(b"Subject: hello\r\n\r\nfeedback-report") is None
    assert abuse.complaint(arf(one.message_id).replace(b"feedback-report; b", b"delivery-status; b")) is None


def test_a_message_is_found_by_its_id_with_or_without_brackets():
    one = sent()
    assert bounces.find(one.message_id) == bounces.find(one.message_id.strip("<>")) == one
    with pytest.raises(UnknownMessage):
        bounces.find("nobody@knows.example")
