"""Themes are ranked by a formula that anybody can follow, handed to the board, and it is known why customers left."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from customers.models import Profile
from feedback.actions import answers, complaints, voice
from feedback.actions.voice import HandoverRefused
from feedback.models import Handover, LeavingReason
from feedback.queries import voice as read
from feedback.surveys.words import pairs
from tests.factories import customers, feedback
from tests.factories.surveys import asked, invitation, survey, token

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def worth(amount: int, **changes):
    one = customers.customer(**changes)
    Profile.objects.create(customer=one, currency="EUR", gross=amount)
    return one


def a_year() -> tuple:
    until = timezone.now() + DAY
    return until - 365 * DAY, until


def test_the_score_of_a_theme_is_what_its_formula_says(agent):
    late, now = feedback.theme("Late parcels"), timezone.now()
    rich = worth(75_00)
    worth(25_00)
    quick = feedback.case(customer=rich, theme=late, severity=3, impact=2, at=now - 30 * DAY)
    slow = feedback.case(customer=rich, theme=late, severity=1, impact=4, at=now - 20 * DAY)
    feedback.case("question", theme=late, severity=2, impact=1, at=now - 300 * DAY)
    for each, days in ((quick, 29), (slow, 10)):
        complaints.decide(each, outcome="not", reason="It was on time.", by=agent, at=now - days * DAY)
        complaints.close(each, by=agent, at=now - days * DAY)
    feedback.case(customer=rich, theme=late, spam=True)

    [pain] = read.board(*a_year())

    # 3 x 2 + 1 x 4 + 2 x 1 = 12; x (1 + 75 / 100); x (1 + 1 of 2 slow)
    assert pain.score == pytest.approx(12 * 1.75 * 1.5)
    assert (pain.cases, pain.earlier, pain.complaints, pain.settled, pain.quick) == (3, 1, 2, 2, 1)
    assert (pain.customers, pain.value, pain.severity) == (2, 75_00, 2.0)
    assert sum(each.cases for each in read.months(late, *a_year())) == 3


def test_words_are_counted_by_case_and_languages_without_blanks_by_pairs():
    late = feedback.theme()
    for text, language in (
        ("The parcels were late, so late!", "en"), ("My parcel came late", "en"),
        ("배송이 늦어요", "ko"), ("배송 지연", "ko"), ("ส่งของช้า", "th"), ("ของช้ามาก", "th"),
    ):  # fmt: skip
        feedback.case(theme=late, text=text, language=language)

    found = read.words(late, *a_year())

    assert dict(found.stems)["late"] == 2
    assert dict(found.stems)["parcel"] == 2
    assert "the" not in dict(found.stems)
    assert found.korean == [("배송", 2)]
    assert ("ขอ", 2) in found.thai or ("ของ", 2) in found.thai
    assert pairs(["배송이", "배송"], most=1) == [("배송", 2)]


def test_a_theme_is_handed_to_the_board_once_until_it_answers(manager):
    late = feedback.theme()
    feedback.case(theme=late, severity=4)

    handed = voice.hand_over(late, question="Shall we change the carrier?", by=manager)

    assert (handed.state, handed.cases, handed.customers) == ("waiting", 1, 1)
    assert read.board(*a_year())[0].handover == handed
    with pytest.raises(HandoverRefused) as refusal:
        voice.hand_over(late, question="Again?", by=manager)
    assert refusal.value.code == "waits_already"
    assert voice.answer(handed, taken=True, text="On the agenda of May.", by=manager).state == "taken"
    with pytest.raises(HandoverRefused) as refusal:
        voice.answer(handed, taken=False)
    assert refusal.value.code == "not_waiting"
    assert voice.hand_over(late, question="Again?", by=manager).state == "waiting"
    with pytest.raises(HandoverRefused) as refusal:
        voice.hand_over(feedback.theme("Quiet"), question="What?")
    assert refusal.value.code == "no_cases"
    with pytest.raises(HandoverRefused) as refusal:
        voice.hand_over(late, question=" ")
    assert refusal.value.code == "question_missing"


def test_a_handover_names_the_days_of_the_business(manager, settings):
    settings.BUSINESS_ZONE = "Europe/Berlin"
    at = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    feedback.case(theme=(late := feedback.theme()), at=at - DAY)

    handed = voice.hand_over(late, question="Why?", days=7, by=manager, at=at)
    assert (handed.since, handed.until) == (date(2026, 11, 16), date(2026, 11, 23))


def test_a_theme_is_told_month_by_month_those_without_cases_too(settings):
    settings.BUSINESS_ZONE = "Europe/Berlin"
    late, begins = feedback.theme(), datetime(2026, 1, 10, tzinfo=UTC)
    for day, severity in ((0, 1), (1, 4), (50, 2)):  # January and March
        feedback.case(theme=late, severity=severity, at=begins + day * DAY)
    feedback.case(theme=feedback.theme("Other"), at=begins)

    found = read.months(late, begins, begins + 60 * DAY)
    assert [(each.month, each.cases, each.severity) for each in found] == [
        (date(2026, 1, 1), 2, 2.5), (date(2026, 2, 1), 0, None), (date(2026, 3, 1), 1, 2.0)
    ]  # fmt: skip
    assert [each.quick_percent for each in found] == [None, None, None]


def test_why_the_lapsed_left_is_known_from_the_exit_survey_or_a_note(agent):
    said = {"languages": ["en"], "questions": [{
        "code": "why", "kind": "choice", "text": {"en": "Why?"},
        "choices": [{"code": "c1", "text": {"en": "The prices"}}, {"code": "c2", "text": {"en": "The tea"}}],
    }]}  # fmt: skip
    gone, silent = asked(), customers.customer()
    for one in (gone, silent, customers.customer()):
        Profile.objects.update_or_create(customer=one, defaults={"stage": Profile.Stage.LAPSED})
    answers.answer(token(invitation(survey("exit", content=said), gone)), "why", "c1")
    voice.note_leaving(silent, "moved", by=agent)
    voice.note_leaving(customers.customer(), "price", by=agent)  # has not lapsed

    found = read.leaving()

    assert (found.lapsed, found.known) == (3, 2)
    assert found.reasons == [("The prices", 1), ("moved away", 1)]
    with pytest.raises(HandoverRefused):
        voice.note_leaving(silent, "bored", by=agent)


def test_the_latest_reason_counts_and_all_customers_together_are_two_statements(agent):
    def choice(text: str) -> dict:
        return {"languages": ["ko", "en"], "questions": [
            {"code": "score", "kind": "nps", "text": {"en": "How?", "ko": "?"}},
            {"code": "why", "kind": "several", "required": False, "text": {"en": "Why?", "ko": "왜?"}, "choices": [
                {"code": "c1", "text": {"en": "One", "ko": text}}, {"code": "c2", "text": {"en": "Two", "ko": "둘"}},
            ]},
        ]}  # fmt: skip

    old, new = survey("exit", content=choice("하나")), survey("exit", content=choice("the prices"))
    gone = [asked() for _ in range(5)]
    for one in gone:
        Profile.objects.update_or_create(customer=one, defaults={"stage": Profile.Stage.LAPSED})
    noted, answered = timezone.now() - DAY, timezone.now()
    with time_machine.travel(answered, tick=False):
        for one, of, said in ((0, old, ["c2"]), (1, new, ["c1"]), (2, old, ["c1"]), (3, old, [])):
            link = token(invitation(of, gone[one]))
            answers.answer(link, "score", "3")
            answers.answer(link, "why", said)
    notes = ((0, noted, "moved"), (1, answered, "moved"), (2, answered + DAY, "price"), (4, noted, "need"))
    for one, at, reason in notes:
        LeavingReason.objects.create(customer=gone[one], reason=reason, at=at, by=agent)
    LeavingReason.objects.create(customer=gone[4], reason="other", at=noted - DAY, by=agent)

    with CaptureQueriesContext(connection) as queries:
        found = read.leaving()
    assert (found.lapsed, found.known) == (5, 4)
    assert found.reasons == [("the prices", 2), ("needs it no more", 1), ("둘", 1)]
    assert len(queries) == 2


def test_the_pages_show_it_with_as_many_questions_for_three_themes_as_for_one(manager_client, agent_client):
    counts = []
    for _ in range(2):
        for _ in range(1 + len(counts)):
            feedback.case(theme=(late := feedback.theme("Late parcels")))
        with CaptureQueriesContext(connection) as queries:
            page = manager_client.get(reverse("admin:voice"))
        counts.append(len(queries))
    assert "sum of severity x impact" in page.content.decode()
    assert counts[0] == counts[1]
    deep = reverse("admin:pain_point", args=[late.pk])
    shown = agent_client.get(deep).content.decode()
    assert "Words used most" in shown
    assert 'x-data="theme()"' in shown  # light or dark as the reader has it

    manager_client.post(deep, {"question": "What would help?"})

    assert Handover.objects.get().theme == late
    assert "waits for the board" in agent_client.get(reverse("admin:voice")).content.decode()
    gone = customers.customer()
    Profile.objects.create(customer=gone, stage=Profile.Stage.LAPSED)
    page = reverse("admin:customer", args=[gone.pk])
    shown = agent_client.post(reverse("admin:note_leaving", args=[gone.pk]), {"reason": "price"}, follow=True)
    assert shown.redirect_chain == [(page, 302)]
    assert "the prices" in shown.content.decode()


def test_who_may_not_see_cases_sees_no_voice_either(intern_client, board_manager_client):
    late = feedback.theme()
    for page in (reverse("admin:voice"), reverse("admin:pain_point", args=[late.pk])):
        assert intern_client.get(page).status_code == 403
        assert board_manager_client.get(page).status_code == 200
    board_manager_client.post(reverse("admin:pain_point", args=[late.pk]), {"question": "May I?"})
    assert Handover.objects.count() == 0
