"""Signing up in two steps: nothing but the confirmation goes out before, and the second step counts."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from communications.actions import optins
from communications.actions.optins import OptInRefused
from communications.models import Message
from customers.models import ConsentDecision, EmailAddress, Fact
from customers.queries.consents import allowed
from tests.factories.customers import customer

pytestmark = pytest.mark.django_db


def link(message: Message) -> str:
    [found] = [word for word in message.text.split() if "/confirm/" in word]
    return found.removeprefix("http://127.0.0.1:8000")


def test_until_it_is_confirmed_nothing_but_the_confirmation_goes_out_and_then_it_counts_from_that_moment():
    kim = customer(email="kim@example.com", language="ko")
    asked_at = timezone.now() - timedelta(days=2)
    asked = optins.ask(kim, ["offers", "care"], at=asked_at)
    again = optins.ask(kim, ["care", "offers"], at=asked_at)
    assert (asked, Message.objects.count(), asked.kind) == (again, 1, "transactional")
    assert "확인" in asked.subject
    assert not ConsentDecision.objects.exists()
    url, browser = link(asked), Client(enforce_csrf_checks=True)
    page = browser.get(url).content.decode()
    assert ("<button" in page, ConsentDecision.objects.count()) == (True, 0)
    before = timezone.now()
    for _again in range(2):
        assert browser.post(url).status_code == 200
    decisions = ConsentDecision.objects.filter(customer=kim)
    assert {(one.channel, one.purpose, one.granted, one.source) for one in decisions} == {
        ("email", "care", True, "double opt-in"), ("email", "offers", True, "double opt-in"),
    }  # fmt: skip
    assert decisions.count() == 2
    assert all(fact.at >= before for fact in Fact.objects.filter(customer=kim, verb="consent_given"))
    assert kim.pk in allowed([kim.pk], "email", "offers")


def test_a_link_that_is_old_or_went_to_another_address_confirms_nothing():
    kim = customer(email="kim@example.com")
    old = optins.ask(kim, ["care"], at=timezone.now() - timedelta(days=8))
    new = optins.ask(kim, ["care"])
    EmailAddress.objects.filter(customer=kim).update(address="other@example.com")
    for url, status in ((link(old), 410), (link(new), 410), (link(new)[:-1], 404)):
        assert (Client().get(url).status_code, Client().post(url).status_code) == (status, status)
    assert not ConsentDecision.objects.exists()


def test_who_cannot_be_asked_is_refused():
    with pytest.raises(OptInRefused) as refused:
        optins.ask(customer(), ["care"])
    assert refused.value.code == "no_address"
    for wrong in ([], ["fun"], ["care", "fun"]):
        with pytest.raises(OptInRefused) as refused:
            optins.ask(customer(email="kim@example.com"), wrong)
        assert refused.value.code == "no_purpose"
