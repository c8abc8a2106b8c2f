"""Surveys for other systems: what came of them, and inviting."""

import pytest
from django.urls import reverse

from feedback.actions import answers
from feedback.models import Invitation, Survey
from tests.factories.integrations import Caller, codes
from tests.factories.surveys import asked, content, invitation, segment, survey, token

pytestmark = pytest.mark.django_db


def test_results_come_with_n_margin_and_formula():
    made = survey(code="recommend")
    for score in (10, 9, 9, 2):
        link = token(invitation(made, asked()))
        answers.answer(link, "score", score)
        if score == 2:
            answers.answer(link, "why", "")

    answer = Caller("surveys:read").get("/api/v1/surveys/recommend/results/")
    found = answer.json()
    assert answer.status_code == 200, found

    assert found["score"] == {"n": 4, "value": 50.0, "margin": pytest.approx(84.87, abs=0.01), "few": True}
    assert (found["invited"], found["answered"], found["counts"]["9"]) == (4, 4, 2)
    assert "1.96" in found["formula"]
    assert len(found["months"]) == 1


def test_a_customer_is_invited_once_for_a_key_and_refusals_have_codes():
    made, one = survey(code="recommend"), asked()
    caller = Caller("surveys:send")
    address = "/api/v1/surveys/recommend/invitations/"

    first = caller.send(address, {"customer": one.number}, key="a")
    again = caller.send(address, {"customer": one.number}, key="a")
    other = caller.send(address, {"customer": one.number}, key="b")

    assert (first.status_code, again.json()) == (201, first.json())
    assert codes(other) == ["cooldown"]
    assert Invitation.objects.get().survey == made
    assert Caller("surveys:read").send(address, {"customer": one.number}, key="c").status_code == 403
    assert Caller("points:read").get("/api/v1/surveys/").status_code == 403
    assert reverse("survey-list") == "/api/v1/surveys/"


def test_a_survey_is_written_published_paused_and_goes_on():
    caller, here = Caller("surveys:read", "surveys:write"), "/api/v1/surveys/recommend/"
    wish = {"code": "recommend", "name": "Recommend", "kind": "nps", "content": content(), "low_score": 6}

    made = caller.send("/api/v1/surveys/", wish, key="k1")
    assert (made.status_code, made.json()["state"], made.json()["published"]) == (201, "draft", False)
    assert made.json()["content"]["questions"][1]["show_if"] == {"question": "score", "how": "at_most", "value": 6}
    assert caller.send("/api/v1/surveys/", wish, key="k1").json() == made.json()
    assert codes(caller.send("/api/v1/surveys/", wish)) == ["code_taken"]

    published = caller.send(f"{here}publication/")
    assert (published.json()["state"], published.json()["published"]) == ("live", True)
    assert codes(caller.send(f"{here}publication/")) == ["nothing_to_publish"]
    stale = caller.patch(here, {"name": "Other"}, headers={"If-Match": made["ETag"]})
    assert (stale.status_code, codes(stale)) == (412, ["changed_meanwhile"])
    fewer = content() | {"questions": content()["questions"][:1]}
    changed = caller.patch(here, {"content": fewer, "remind_days": 2}, headers={"If-Match": published["ETag"]})
    assert (changed.json()["published"], len(changed.json()["content"]["questions"])) == (False, 1)
    assert (changed.json()["remind_days"], changed.json()["low_score"]) == (2, 6)
    assert [caller.send(f"{here}{step}/").json()["state"] for step in ("pause", "resumption")] == ["paused", "live"]
    assert codes(caller.patch(here, {"remind_days": 40})) == ["reminds_too_late"]


def test_what_cannot_be_asked_is_refused():
    caller = Caller("surveys:write")
    wish = {"code": "x", "name": "X", "kind": "nps"}
    for said, code in (
        (7, "malformed"), ({"languages": 5}, "no_language"), ({"languages": [["en"]]}, "no_language"),
        ({"languages": ["en"], "questions": []}, "no_question"),
        (content() | {"languages": ["en", "th"]}, "text_missing"), (content("csat"), "score_first"),
    ):  # fmt: skip
        assert codes(caller.send("/api/v1/surveys/", wish | {"content": said})) == [code]
    assert not Survey.objects.exists()
    assert Caller("surveys:send").send("/api/v1/surveys/", wish | {"content": content()}).status_code == 403


def test_a_wave_invites_a_segment_once_a_day():
    made = survey(code="recommend", occasion="segment", segment=segment("country", "DE"))
    asked(country="DE")
    asked(country="KR")
    caller = Caller("surveys:send")

    assert caller.send("/api/v1/surveys/recommend/waves/").json() == {"planned": 1}
    assert caller.send("/api/v1/surveys/recommend/waves/").json() == {"planned": 0}
    assert Invitation.objects.get().survey == made
    assert Caller("surveys:write").send("/api/v1/surveys/recommend/waves/").status_code == 403
