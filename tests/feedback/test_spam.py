"""What nobody wanted waits aside until somebody looks; nothing is thrown away."""

import pytest
from django.core.exceptions import ValidationError

from communications.models import Hold, Message
from customers.models import Fact
from feedback import spam as rules
from feedback.actions import spam
from feedback.models import Case, Clock
from tests.factories import feedback, policies


@pytest.mark.parametrize(
    ("text", "changes", "held"),
    [
        ("Where is my parcel? I ordered it three weeks ago.", {}, False),
        ("It looks like https://shop.example/p/12 and not like https://shop.example/p/13.", {}, False),
        ("Hello", {"marks": ["honeypot"]}, True),
        ("Hello", {"marks": ["too_fast"]}, False),
        ("Buy backlinks now https://a.example https://b.example https://c.example", {}, True),
        ("[url=https://x.example]casino[/url]", {}, True),
        ("We rank on Google for you", {"subject": "SEO services https://x.example"}, True),
        ("Hello, this was said before", {"repeated": 3}, True),
        ("Buy backlinks https://a.example https://b.example https://c.example", {"known": True}, False),
    ],
)
def test_the_rules_say_what_is_held_aside(text, changes, held):
    assert rules.judge(text, **changes).held is held


@pytest.mark.django_db
def test_a_case_that_was_no_spam_begins_when_it_is_released(agent):
    feedback.mailbox(main=True)
    case = feedback.case(spam=True, sender_address="ada@example.org")
    assert not Fact.objects.filter(customer=case.customer, verb="complaint_opened").exists()
    assert not Hold.objects.exists()

    case = spam.release(case, by=agent)
    assert case.is_open
    assert Fact.objects.filter(customer=case.customer, verb="complaint_opened").count() == 1
    assert Hold.objects.count() == 1
    assert Message.objects.get().to_address == "ada@example.org"
    with pytest.raises(ValidationError) as refused:
        spam.release(case, by=agent)
    assert refused.value.code == "not_spam"


@pytest.mark.django_db
def test_an_open_case_can_be_held_aside_and_holds_nothing_back_then(agent):
    case = spam.hold(feedback.case(), by=agent)
    assert (case.spam, Case.objects.open().count()) == (True, 0)
    assert not Hold.objects.filter(lifted_at=None).exists()
    with pytest.raises(ValidationError) as refused:
        spam.hold(case, by=agent)
    assert refused.value.code == "case_is_spam"


@pytest.mark.django_db
def test_nothing_is_promised_for_what_is_held_aside_until_it_is_released(agent):
    policies.policy()
    case = spam.hold(feedback.case(), by=agent)
    assert case.due_at is None
    assert set(Clock.objects.values_list("state", flat=True)) == {"cancelled"}

    assert spam.release(case, by=agent).due_at is not None
    assert Clock.objects.get(metric="first_response").state == "running"
