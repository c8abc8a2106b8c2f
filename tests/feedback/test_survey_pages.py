"""The editor and the results of surveys."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from feedback.actions import answers, surveys
from feedback.models import Invitation, Survey
from tests.factories.surveys import asked, invitation, segment, survey, token

pytestmark = pytest.mark.django_db
SETTINGS = {
    "name": "Recommend", "code": "recommend", "kind": "nps", "occasion": "hand", "delay_hours": "24",
    "sample_percent": "100", "remind_days": "4", "expires_days": "30", "low_score": "6", "low_kind": "complaint",
    "languages": ["en", "ko"],
}  # fmt: skip
QUESTIONS = {
    "q0-code": "score", "q0-kind": "nps", "q0-required": "on", "q0-text-en": "How likely?", "q0-text-ko": "얼마나?",
    "q1-code": "what", "q1-kind": "choice", "q1-text-en": "What?", "q1-text-ko": "무엇?",
    "q1-choices-en": "Price\nTaste", "q1-choices-ko": "가격\n맛",
    "q1-about": "score", "q1-how": "at_most", "q1-value": "6",
}  # fmt: skip


def test_a_survey_is_written_shown_in_each_language_and_published(manager_client):
    page = reverse("admin:new_survey")
    assert manager_client.get(page).status_code == 200
    shown = manager_client.post(reverse("admin:survey_preview"), SETTINGS | QUESTIONS | {"preview": "ko"})
    assert "무엇?" in shown.content.decode()
    assert "가격" in shown.content.decode()
    rows = manager_client.post(reverse("admin:survey_draft"), SETTINGS | QUESTIONS | {"up": "q1", "add": "1"})
    assert [row.code for row in rows.context["draft"].rows] == ["what", "score", "q1"]

    refused = manager_client.post(page, SETTINGS | QUESTIONS | {"save": "1", "q1-value": "60"})
    assert "depends on a value that cannot be" in refused.content.decode()
    kept = manager_client.post(page, SETTINGS | QUESTIONS | {"save": "1"})

    made = Survey.objects.get()
    assert kept.url == reverse("admin:survey_results", args=[made.pk])
    assert made.versions.get().content["questions"][1]["choices"][1]["text"] == {"en": "Taste", "ko": "맛"}
    manager_client.post(reverse("admin:publish_survey", args=[made.pk]))
    made.refresh_from_db()
    assert made.state == Survey.State.LIVE
    again = manager_client.get(reverse("admin:change_survey", args=[made.pk]))
    assert again.context["draft"].said()["questions"][1]["show_if"]["value"] == 6


def test_settings_that_were_typed_stay_while_questions_are_added_without_scripts(manager_client):
    typed = SETTINGS | QUESTIONS | {"add": "1", "name": "Renamed", "delay_hours": "7", "occasion": "case"}
    new = manager_client.post(reverse("admin:new_survey"), typed)
    assert [row.code for row in new.context["draft"].rows] == ["score", "what", "q1"]
    assert {name: new.context["form"][name].value() for name in SETTINGS} == {
        name: typed[name] for name in SETTINGS
    }  # fmt: skip
    assert 'value="Renamed"' in new.content.decode()
    assert new.context["form"].errors == {}

    made = survey(live=False)
    page = reverse("admin:change_survey", args=[made.pk])
    seen = manager_client.get(page).context["form"]["seen"].value()
    Survey.objects.update(name="Of somebody else")
    again = manager_client.post(page, typed | {"seen": str(seen)}).context["form"]
    assert (again["name"].value(), again["seen"].value()) == ("Renamed", str(seen))


def test_a_trial_run_asks_as_customers_are_asked_and_stores_nothing(marketer_client):
    page = reverse("admin:try_survey", args=[survey(live=False).pk])

    assert "nothing is stored" in marketer_client.get(page).content.decode()
    low = marketer_client.get(page, {"question": "score", "answer": "2", "given": "{}"})
    assert low.context["question"].code == "why"
    assert marketer_client.get(page, {"question": "score", "answer": "12"}).context["refusal"]
    done = marketer_client.get(page, {"question": "score", "answer": "9", "language": "ko"})
    assert "Thank you, that helps. (ko)" in done.content.decode()
    assert Invitation.objects.count() == 0


def test_results_show_score_margin_n_and_formula_and_never_a_share_without_its_n(agent_client):
    made = survey()
    for score in (10, 9, 9, 2):
        link = token(invitation(made, asked()))
        answers.answer(link, "score", score)
        if score == 2:
            answers.answer(link, "why", "=Late")
    invitation(made, asked())

    page = agent_client.get(reverse("admin:survey_results", args=[made.pk]))
    body = page.content.decode()

    # 3 promoters, 1 detractor of 4: 50; var = 1 - 0.25 = 0.75; 1.96 * sqrt(0.75 / 4) * 100 = 84.87
    assert page.context["score_said"] == "+50 ± 85 (n = 4)"
    assert "1.96 x" in body
    assert "80 %" in body
    assert "of 5 invitations" in body
    assert "fewer than 30 answers" in body
    assert "=Late" in body
    file = b"".join(agent_client.get(page.request["PATH_INFO"], {"format": "csv"})).decode()
    assert "'=Late" in file
    assert len(file.splitlines()) == 5


def test_the_page_asks_as_much_for_three_answers_as_for_one(agent_client):
    made = survey()
    page, counts = reverse("admin:survey_results", args=[made.pk]), []
    for _ in range(2):
        for _ in range(len(counts) + 1):
            link = token(invitation(made, asked()))
            answers.answer(link, "score", 3)
            answers.answer(link, "why", "Late")
        agent_client.get(page)
        with CaptureQueriesContext(connection) as queries:
            agent_client.get(page)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_a_survey_is_paused_goes_on_and_asks_its_segment(marketer_client, manager_client):
    made = survey(occasion="segment", segment=segment("country", "DE"))
    asked(country="DE")
    marketer = {name: reverse(f"admin:{name}", args=[made.pk]) for name in ("pause_survey", "survey_wave")}

    manager_client.post(marketer["pause_survey"])
    made.refresh_from_db()
    assert made.state == Survey.State.PAUSED
    assert "not live" in manager_client.post(marketer["survey_wave"], follow=True).content.decode()
    manager_client.post(reverse("admin:resume_survey", args=[made.pk]))
    assert "1 invitation is planned" in manager_client.post(marketer["survey_wave"], follow=True).content.decode()
    manager_client.post(reverse("admin:survey_cooldown"), {"days": "7"})
    assert surveys.rules().cooldown_days == 7


def test_who_may_not_see_surveys_or_change_them_does_not(intern_client, board_manager_client):
    made = survey()
    for name, args in (("surveys", []), ("survey_results", [made.pk]), ("try_survey", [made.pk])):
        assert intern_client.get(reverse(f"admin:{name}", args=args)).status_code == 403
        assert board_manager_client.get(reverse(f"admin:{name}", args=args)).status_code == 200
    for name in ("publish_survey", "pause_survey", "survey_wave"):
        assert board_manager_client.post(reverse(f"admin:{name}", args=[made.pk])).status_code == 403
    assert board_manager_client.get(reverse("admin:new_survey")).status_code == 403


def test_a_survey_that_somebody_else_has_changed_meanwhile_is_not_written_over_unseen(manager_client):
    manager_client.post(reverse("admin:new_survey"), SETTINGS | QUESTIONS | {"save": "1"})
    made = Survey.objects.get()
    page = reverse("admin:change_survey", args=[made.pk])
    wish = SETTINGS | QUESTIONS | {"save": "1", "name": "Mine"}
    wish["seen"] = manager_client.get(page).context["form"]["seen"].value()
    surveys.change(made, name="Theirs")

    shown = manager_client.post(page, wish)
    assert "Somebody has changed this meanwhile" in shown.content.decode()
    assert Survey.objects.get().name == "Theirs"
    manager_client.post(page, wish | {"seen": shown.context["form"]["seen"].value()})
    assert Survey.objects.get().name == "Mine"
