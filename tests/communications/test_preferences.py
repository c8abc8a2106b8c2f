"""What customers decide themselves: one click ends it, a page has all their choices, and nobody else gets in."""

import pytest
from django.test import Client

from communications import links
from communications.actions import preferences
from communications.links import About
from customers.actions import consents, merging, privacy
from customers.models import ConsentDecision, Fact, Verb
from customers.queries.consents import allowed, current
from tests.factories.customers import customer

pytestmark = pytest.mark.django_db


def with_consent(*channels: str, purpose: str = "offers", **fields):
    person = customer(**fields)
    for channel in channels or ("email",):
        consents.decide(person, channel=channel, purpose=purpose, granted=True, source="sign-up")
    return person


def path(url: str) -> str:
    return url.removeprefix("http://127.0.0.1:8000")


def may(person, channel: str = "email", purpose: str = "offers") -> bool:
    return person.pk in allowed([person.pk], channel, purpose)


def test_looking_changes_nothing_and_one_click_ends_it_without_cookie_or_token():
    person = with_consent()
    url, browser = path(links.unsubscribe(person.pk, "email", "offers")), Client(enforce_csrf_checks=True)
    page = browser.get(url)
    assert (page.status_code, may(person), b"<button" in page.content) == (200, True, True)
    for _again in range(2):
        answer = browser.post(url, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
        assert (answer.status_code, answer.cookies, may(person)) == (200, {}, False)
    [decision] = ConsentDecision.objects.filter(customer=person, granted=False)
    assert (decision.source, decision.channel, decision.purpose) == ("one-click", "email", "offers")
    assert Fact.objects.filter(customer=person, verb=Verb.CONSENT_WITHDRAWN).count() == 1


def test_the_button_of_the_page_ends_it_too_and_nothing_else():
    person = with_consent("email", "sms")
    url = path(links.unsubscribe(person.pk, "email", "offers"))
    answer = Client().post(url)
    assert "You are unsubscribed" in answer.content.decode()
    assert (may(person), may(person, "sms")) == (False, True)
    assert "You are not subscribed" in Client().get(url).content.decode()


def test_who_never_decided_can_say_no_before_anybody_asks():
    person = customer()
    assert preferences.unsubscribe(person, channel="email", purpose="care") is True
    assert preferences.unsubscribe(person, channel="email", purpose="care") is False
    assert ConsentDecision.objects.get(customer=person).granted is False


def test_every_choice_is_on_one_page_also_phone_and_post():
    person = with_consent("email", "phone")
    url, browser = path(links.preferences(person.pk)), Client(enforce_csrf_checks=True)
    page = browser.get(url).content.decode()
    assert (page.count('type="checkbox"'), page.count("checked")) == (15, 2)
    browser.post(url, {"want": ["email-offers", "post-care", "nothing-known"]})
    granted = {(one.channel, one.purpose) for one in current(person) if one.allowed}
    assert granted == {("email", "offers"), ("post", "care")}
    assert ConsentDecision.objects.filter(customer=person).count() == 4  # what stays as it was is not written again
    assert ConsentDecision.objects.latest("pk").wording == preferences.wording()
    browser.post(url, {"want": ["email-offers"], "none": "1"})
    assert not any(one.allowed for one in current(person))


WORDS = [
    ("ko", "받고 싶은 소식"),
    ("th-TH", "สิ่งที่คุณอยากได้รับ"),
    ("fr", "What you want to hear"),
    ("", "What you want to hear"),
]


@pytest.mark.parametrize(("language", "words"), WORDS)
def test_pages_speak_the_customers_language(language, words):
    person = with_consent(language=language)
    page = Client(headers={"Accept-Language": "ko"}).get(path(links.preferences(person.pk))).content.decode()
    assert words in page


def test_links_that_we_never_made_open_nothing():
    person = with_consent()
    good = links.token(About(person.pk, "email", "offers"))
    other = f"{person.pk + 1:x}-eo.{good.partition('.')[2]}"
    for wrong in ("x", other, good[:-1], good.replace("-eo", "-so"), links.token(About(person.pk + 99))):
        for url in (f"/u/{wrong}", f"/preferences/{wrong}"):
            assert (Client().get(url).status_code, Client().post(url).status_code) == (404, 404)
    assert may(person)


def test_a_link_follows_a_merge_and_ends_with_an_erasure():
    person, other = with_consent(), with_consent()
    url = path(links.unsubscribe(person.pk, "email", "offers"))
    merging.merge(person, into=other)
    Client().post(url)
    assert not may(other)
    privacy.erase(other)
    assert (Client().get(url).status_code, Client().post(url).status_code) == (410, 410)


def test_a_link_made_for_one_thing_says_what_it_is_about():
    for about in (About(7), About(7, "sms", "care"), About(99_999, "post", "research")):
        assert links.read(links.token(about)) == about


def test_looking_again_and_again_is_slowed_down_and_ending_never():
    person = with_consent()
    url, browser = path(links.unsubscribe(person.pk, "email", "offers")), Client(REMOTE_ADDR="203.0.113.77")
    assert {browser.get(url).status_code for _n in range(62)} == {200, 429}
    assert browser.post(url, {"List-Unsubscribe": "One-Click"}).status_code == 200
