"""The pages of templates: found, written, looked at on a real customer, tried on oneself."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from communications.actions import templates
from communications.models import Message, Template
from customers.models import AccessLog
from tests.factories.communications import template
from tests.factories.customers import customer

pytestmark = pytest.mark.django_db

TEXTS = {
    "en": {
        "subject": "Hello {{ first_name }}",
        "text": "Dear {{ first_name }}",
        "html": "<p>Dear {{ first_name }}</p>",
    },
    "ko": {"subject": "안녕하세요", "text": "{{ name }}님"},
}


def posted(texts: dict, **fields) -> dict:
    parts = {f"{code}-{part}": text for code, said in texts.items() for part, text in said.items()}
    return {"name": "Welcome", "channel": "email", "purpose": "care", "language": "en", **parts, **fields}


def preview(client, texts: dict, **fields) -> str:
    return client.post(reverse("admin:template_preview"), posted(texts, **fields)).content.decode()


def test_templates_are_listed_by_channel_at_a_fixed_price(marketer_client, marketer, django_assert_max_num_queries):
    template("Welcome", texts=TEXTS)
    aside = template("Old")
    templates.archive(aside, by=marketer)
    with django_assert_max_num_queries(12):
        page = marketer_client.get(reverse("admin:templates")).content.decode()
    assert ("Welcome" in page, "en, ko" in page, ">Old<" in page) == (True, True, False)
    for n in range(3):
        template(f"Text {n}", channel="sms", texts={"en": {"text": "Hi"}})
    with django_assert_max_num_queries(12):
        page = marketer_client.get(reverse("admin:templates") + "?channel=sms").content.decode()
    assert (page.count("Text "), "Welcome" in page) == (3, False)
    assert ">Old<" in marketer_client.get(reverse("admin:templates") + "?archived=1").content.decode()


def test_a_template_is_written_and_written_anew(marketer_client, marketer):
    answer = marketer_client.post(reverse("admin:new_template"), posted(TEXTS))
    made = Template.objects.get()
    assert answer.url == reverse("admin:template", args=[made.pk])
    changed = {**TEXTS, "en": {**TEXTS["en"], "text": "Good day {{ first_name }}"}}
    marketer_client.post(answer.url, posted(changed, name="Greeting", note="kinder", seen="1"))
    made.refresh_from_db()
    second = made.versions.get(number=2)
    assert (made.name, second.note, second.by) == ("Greeting", "kinder", marketer)
    page = marketer_client.get(reverse("admin:template_version", args=[made.pk, 2])).content.decode()
    assert ("<del>" in page, "<ins>" in page, page.count("ms-difference")) == (True, True, 1)
    late = marketer_client.post(answer.url, posted(TEXTS, seen="1")).content.decode()
    assert ("Somebody else has changed it meanwhile" in late, made.versions.count()) == (True, 2)


def test_a_flaw_stands_beside_what_it_is_about(marketer_client):
    wrong = {**TEXTS, "ko": {"subject": "x", "text": "{% load static %}"}}
    page = marketer_client.post(reverse("admin:new_template"), posted(wrong)).content.decode()
    assert not Template.objects.exists()
    assert 'id="error_ko-text"' in page
    assert "this cannot be used: {% load static %}" in page


def test_the_preview_is_of_a_real_customer_and_that_is_written_down(marketer_client, marketer):
    cache.clear()
    kim = customer(name="김민수", language="ko", email="kim@example.com", number="K-1")
    assert "Dear Ada" in preview(marketer_client, TEXTS)
    assert "Dear Ada" in preview(marketer_client, TEXTS, purpose="no purpose")
    page = preview(marketer_client, TEXTS, customer="K-1", preview="en")
    assert "Dear 김민수" in page
    assert "&lt;p&gt;Dear 김민수&lt;/p&gt;" in page
    assert "김민수님" in preview(marketer_client, TEXTS, customer="K-1", preview="ko")
    [seen] = AccessLog.objects.filter(customer=kim)
    assert (seen.what, seen.fields, seen.by) == ("viewed", "template preview", marketer)
    assert "Nobody has this number" in preview(marketer_client, TEXTS, customer="K-2")


def test_the_preview_says_what_is_wrong_and_what_could_be(marketer_client):
    shouting = {"en": {"subject": "FREE TEA NOW!!", "text": "{{ first_name }}"}}
    page = preview(marketer_client, shouting)
    assert "shouts in capital letters" in page
    assert "is not known here" in preview(marketer_client, {"en": {"subject": "x", "text": "{{ nobody }}"}})
    assert "Nothing is written" in preview(marketer_client, {}, preview="th")


def test_a_test_goes_to_oneself_and_never_to_the_customer(marketer_client, marketer):
    made = template(texts=TEXTS)
    kim = customer(name="Kim", email="kim@example.com", number="K-1")
    url = reverse("admin:template_test", args=[made.pk])
    marketer.email = "max@shop.example"
    marketer.save()
    page = marketer_client.post(url, posted(TEXTS, customer="K-1")).content.decode()
    [message] = Message.objects.all()
    assert (message.to_address, message.subject, message.kind) == (
        "max@shop.example",
        "[Test] Hello Kim",
        "transactional",
    )
    assert (message.customer, "max@shop.example" in page) == (None, True)
    assert kim.messages.count() == 0
    broken = posted({"en": {"subject": "x", "text": "{{"}})
    assert "cannot be used" in marketer_client.post(url, broken).content.decode()
    marketer.email = ""
    marketer.save()
    assert "no e-mail address" in marketer_client.post(url, posted(TEXTS)).content.decode()
    assert Message.objects.count() == 1


def test_a_template_is_set_aside_and_taken_up_again(marketer_client):
    made = template(texts=TEXTS)
    url = reverse("admin:template_archive", args=[made.pk])
    marketer_client.post(url)
    page = marketer_client.get(reverse("admin:template", args=[made.pk])).content.decode()
    assert ("It was set aside" in page, "Offer it again" in page) == (True, True)
    marketer_client.post(url)
    made.refresh_from_db()
    assert made.archived_at is None


def test_who_may_not_is_turned_away(agent_client, intern_client):
    made = template(texts=TEXTS)
    for name, args in (("templates", []), ("template", [made.pk]), ("template_version", [made.pk, 1])):
        url = reverse(f"admin:{name}", args=args)
        assert (agent_client.get(url).status_code, intern_client.get(url).status_code) == (200, 403)
    assert agent_client.get(reverse("admin:new_template")).status_code == 403
    for name in ("template_archive", "template_test"):
        assert agent_client.post(reverse(f"admin:{name}", args=[made.pk])).status_code == 403
    agent_client.post(reverse("admin:template", args=[made.pk]), posted({"en": {"subject": "x", "text": "y"}}))
    assert made.versions.count() == 1
