"""Templates over the API: made, written anew, refused as on the page."""

import pytest

from communications.models import TemplateVersion
from tests.factories import communications
from tests.factories.integrations import Caller, codes

pytestmark = pytest.mark.django_db
TEMPLATES = "/api/v1/templates/"


def test_a_template_is_made_and_its_next_version_written_by_who_has_seen_the_last():
    shop = Caller("templates:read", "templates:write")
    texts = {
        "en": {"subject": "News", "text": "Dear {{ first_name }}"},
        "ko": {"subject": "소식", "text": "안녕하세요"},
    }
    made = shop.send(TEMPLATES, {"name": "News", "channel": "email", "purpose": "offers", "texts": texts}).json()
    there = f"{TEMPLATES}{made['id']}/"
    assert (made["version"], made["languages"], made["texts"]["ko"]["subject"]) == (1, ["en", "ko"], "소식")

    newer = {"en": {"subject": "News", "text": "Hello"}}
    assert shop.send(f"{there}versions/", {"texts": newer, "seen": 1}).json()["number"] == 2
    assert codes(shop.send(f"{there}versions/", {"texts": texts, "seen": 1})) == ["changed_meanwhile"]
    refused = shop.send(f"{there}versions/", {"texts": {"en": {"subject": "x", "text": "{% include x %}"}}})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field"] == "text"
    assert TemplateVersion.objects.count() == 2
    assert shop.get(there).json()["texts"] == {"en": {"subject": "News", "text": "Hello", "html": "", "link": ""}}
    assert codes(Caller("templates:read").send(f"{there}versions/", {"texts": newer})) == ["permission_denied"]
    assert Caller("plans:read").get(TEMPLATES).status_code == 403


def test_templates_are_listed_with_the_same_questions_for_one_and_for_three(django_assert_num_queries):
    shop = Caller("templates:read")
    shop.get(TEMPLATES)
    for count in (1, 3):
        while TemplateVersion.objects.count() < count:
            communications.template(channel="sms", texts={"en": {"text": "Hi"}})
        with django_assert_num_queries(2):
            assert len(shop.get(f"{TEMPLATES}?channel=sms").json()["results"]) == count
    assert shop.get(f"{TEMPLATES}?archived=true").json()["results"] == []
