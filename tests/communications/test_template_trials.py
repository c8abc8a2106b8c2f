"""A template tried on oneself."""

import pytest

from communications.actions import template_trials
from communications.templating import TemplateFlaw
from tests.factories.communications import template
from tests.factories.customers import customer

pytestmark = pytest.mark.django_db
TEXTS = {"en": {"text": "Hi {{ first_name }}, {{ offer_code }}"}, "ko": {"text": "{{ name }}님"}}


def test_what_is_no_e_mail_comes_as_its_text_and_what_a_step_gives_is_made_up(marketer):
    made = template("Birthday wish", channel="sms", texts=TEXTS)
    kim = customer(name="Kim Lee", phone="+49301234567", language="ko")
    marketer.email = "max@shop.example"
    nobody = template_trials.send(made, TEXTS, by=marketer, language="ko")
    real = template_trials.send(made, TEXTS, by=marketer, language="en", customer=kim)
    assert [(one.channel, one.to_address, one.subject, one.text, one.customer) for one in (nobody, real)] == [
        ("email", "max@shop.example", "[Test] SMS: Birthday wish", "Ada King님", None),
        ("email", "max@shop.example", "[Test] SMS: Birthday wish", "Hi Kim, LEAF-6789-EFGH", None),
    ]


def test_without_an_address_or_with_a_flaw_nothing_is_sent(marketer):
    made = template(channel="sms", texts=TEXTS)
    marketer.email = ""
    with pytest.raises(template_trials.NoAddress):
        template_trials.send(made, TEXTS, by=marketer, language="en")
    marketer.email = "max@shop.example"
    with pytest.raises(TemplateFlaw):
        template_trials.send(made, {"en": {"text": "{{"}}, by=marketer, language="en")
