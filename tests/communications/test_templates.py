"""Templates: their versions stay, and what is refused is refused whole."""

import pytest
from django.db import IntegrityError, transaction

from communications.actions import templates
from communications.actions.templates import TemplateRefused
from communications.models import Template, TemplateVersion
from communications.templating import TemplateFlaw
from tests.factories.communications import template

pytestmark = pytest.mark.django_db

TEXTS = {
    "en": {"subject": "Hello", "text": "Dear {{ first_name }}"},
    "ko": {"subject": "안녕하세요", "text": "{{ name }}님"},
}


def test_a_template_is_made_with_its_first_version(marketer):
    made = templates.make("  Welcome   letter ", channel="email", purpose="care", texts=TEXTS, by=marketer)
    version = made.versions.get()
    assert (made.name, made.language, made.by, version.number, version.languages) == (
        "Welcome letter", "en", marketer, 1, ["en", "ko"],
    )  # fmt: skip
    assert version.texts["ko"] == {"subject": "안녕하세요", "text": "{{ name }}님", "html": "", "link": ""}


def test_what_is_written_anew_is_the_next_version_and_the_old_one_stays(marketer):
    made = template(texts=TEXTS)
    changed = {**TEXTS, "th": {"subject": "สวัสดี", "text": "คุณ{{ first_name }}"}}
    second = templates.revise(made, texts=changed, note="Thai", seen=1, by=marketer)
    same = templates.revise(made, texts=changed, seen=2, by=marketer)
    assert (second.number, second.note, same) == (2, "Thai", second)
    assert [version.languages for version in made.versions.order_by("number")] == [["en", "ko"], ["en", "ko", "th"]]


def test_nobody_overwrites_what_somebody_else_wrote_meanwhile():
    made = template(texts=TEXTS)
    templates.revise(made, texts={"en": {"subject": "A", "text": "B"}}, seen=1)
    with pytest.raises(TemplateRefused) as refused:
        templates.revise(made, texts={"en": {"subject": "C", "text": "D"}}, seen=1)
    assert (refused.value.code, made.versions.count()) == ("changed_meanwhile", 2)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": "Taken"}, "name_taken"),
        ({"name": "  "}, "name_missing"),
        ({"channel": "fax"}, "channel_unknown"),
        ({"purpose": "fun"}, "purpose_unknown"),
        ({"language": "ko"}, "template_empty"),
        ({"language": "xx"}, "language_unknown"),
        ({"texts": {"en": {"subject": "S", "text": "T"}, "fr": {"text": "T"}}}, "language_unknown"),
        ({"texts": {"en": {"subject": "S", "text": "{% load static %}"}}}, "template_syntax"),
        ({"texts": {"en": {"subject": "S", "text": "T"}, "th": {"text": "T"}}}, "template_empty"),
    ],
)
def test_what_cannot_be_sent_is_not_kept(changes, code):
    template("Taken")
    wanted = {"name": "New", "channel": "email", "texts": {"en": {"subject": "S", "text": "T"}}} | changes
    with pytest.raises((TemplateRefused, TemplateFlaw)) as refused:
        templates.make(wanted.pop("name"), **wanted)
    assert (refused.value.code, Template.objects.count()) == (code, 1)


def test_a_template_is_renamed_and_set_aside(marketer):
    made = template("Old", texts=TEXTS)
    made = templates.rename(made, "New", purpose="offers", language="ko", by=marketer)
    assert (made.name, made.purpose, made.language) == ("New", "offers", "ko")
    with pytest.raises(TemplateRefused) as refused:
        templates.rename(made, "New", purpose="", language="th", by=marketer)
    assert refused.value.code == "language_missing"
    made = templates.archive(made, by=marketer)
    for act in (
        lambda: templates.revise(made, texts=TEXTS),
        lambda: templates.rename(made, "X", purpose="", language="en"),
    ):
        with pytest.raises(TemplateRefused) as refused:
            act()
        assert refused.value.code == "archived"
    assert templates.restore(made, by=marketer).archived_at is None


def test_the_database_refuses_versions_that_say_nothing():
    made = template()
    for wrong in ({"texts": {}}, {"number": 0}, {"number": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            TemplateVersion.objects.create(**{"template": made, "number": 2, "texts": {"en": {}}, **wrong})
