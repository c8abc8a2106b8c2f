"""Surveys for other systems: what came of them, and inviting."""

import pytest
from django.urls import reverse

from feedback.actions import answers
from feedback.models import Invitation
from tests.factories.integrations import Caller, codes
from tests.factories.surveys import asked, invitation, survey, token

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
