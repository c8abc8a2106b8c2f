"""Answers that are given often."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from feedback.actions import macros
from feedback.models import Case, Draft, Entry, Macro, MacroText
from feedback.queries.macros import offered
from tests.factories import customers, feedback

pytestmark = pytest.mark.django_db


def macro(name: str = "Late parcel", /, texts: dict[str, str] | None = None, **changes) -> Macro:
    made = Macro.objects.create(name=name, **changes)
    for language, text in (texts or {}).items():
        MacroText.objects.create(macro=made, language=language, text=text)
    return made


def test_the_text_is_in_the_cases_language_and_filled_in(agent):
    late = macro(texts={"en": "Dear {{ customer_name }}: {{ number }}", "ko": "안녕하세요 {{ customer_name }}"})
    kim = customers.customer(name="Kim {{ number }}", email="kim@example.org")

    english, korean, thai = (feedback.case(customer=kim, language=code) for code in ("en", "ko-KR", "th"))
    assert macros.text_for(late, english, by=agent) == f"Dear Kim {{{{ number }}}}: #{english.pk}"
    assert macros.text_for(late, korean, by=agent) == "안녕하세요 Kim {{ number }}"
    assert macros.text_for(late, thai, by=agent).startswith("Dear Kim")
    assert macros.text_for(macro("Steps only"), thai, by=agent) == ""


def test_a_text_with_a_word_that_means_nothing_is_not_saved():
    with pytest.raises(ValidationError, match="cannot be filled in"):
        MacroText(macro=macro(), language="en", text="Dear {{ customer.password }}").full_clean()


def test_managers_write_the_words_of_macros_in_the_admin(client, manager):
    client.force_login(manager)
    late = macro(texts={"en": "It comes tomorrow."})
    address = reverse("admin:feedback_macro_change", args=[late.pk])
    assert "It comes tomorrow.</textarea>" in client.get(address).content.decode()

    counts = {"texts-TOTAL_FORMS": 2, "texts-INITIAL_FORMS": 1, "texts-MIN_NUM_FORMS": 0, "texts-MAX_NUM_FORMS": 1000}
    kept = {"texts-0-id": late.texts.get().pk, "texts-0-macro": late.pk, "texts-0-language": "en"}
    fresh = {"texts-1-id": "", "texts-1-macro": late.pk, "texts-1-language": "ko", "texts-1-text": "내일 도착합니다."}
    answer = client.post(address, {"name": late.name, **counts, **kept, "texts-0-text": "Today.", **fresh})
    assert answer.status_code == 302
    assert dict(late.texts.values_list("language", "text")) == {"en": "Today.", "ko": "내일 도착합니다."}


def test_steps_are_taken_with_the_answer_that_is_sent(agent, agent_client):
    theme = feedback.theme()
    late = macro(texts={"en": "It comes tomorrow."}, theme=theme, take=True, waits=True, sleep_hours=2)
    case = feedback.case()
    address = reverse("admin:case_macro", args=[case.pk]) + f"?macro={late.pk}"

    assert "It comes tomorrow.</textarea>" in agent_client.get(address).content.decode()
    text = agent_client.get(address, headers={"Accept": "application/json"}).json()["text"]
    agent_client.post(reverse("admin:case_reply", args=[case.pk]), {"reply": text, "macro": late.pk})

    case = Case.objects.get()
    assert (case.theme, case.assignee, case.waiting) == (theme, agent, "customer")
    assert abs(case.snoozed_until - timezone.now() - timedelta(hours=2)) < timedelta(minutes=1)
    assert Entry.objects.get(kind="reply").text == "It comes tomorrow."
    assert not Draft.objects.exists()


def test_a_team_is_offered_its_own_and_everybodys(agent):
    team = feedback.team(agent)
    everybodys, own = macro("A"), macro("B", team=team)
    macro("C", team=feedback.team())
    macro("D", retired=True)

    assert list(offered(feedback.case(team=team))) == [everybodys, own]
