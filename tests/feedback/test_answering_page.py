"""The public page of a survey: one question a step, stored on POST only, polite where the link is of no use."""

from datetime import timedelta
from secrets import token_hex

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from feedback.models import Answer, Invitation
from feedback.pages import answering
from tests.factories.surveys import asked, invitation, survey, token

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor() -> Client:
    return Client(enforce_csrf_checks=True)


def page_of(invitation: Invitation) -> str:
    return reverse("survey", args=[token(invitation)])


def test_looking_at_it_stores_nothing_even_by_the_link_of_one_click(visitor):
    page = page_of(one := invitation(survey()))

    for address in (page, f"{page}?answer=9", f"{page}?answer=9&question=why"):
        shown = visitor.get(address)
        assert shown.status_code == 200
        assert visitor.head(address).status_code == 200
    assert 'value="9" checked' in shown.content.decode()
    assert shown["X-Robots-Tag"] == "noindex"
    assert "no-store" in shown["Cache-Control"]
    assert not shown.cookies
    one.refresh_from_db()
    assert (one.begun_at, Answer.objects.count()) == (None, 0)


def test_a_customer_answers_step_by_step_goes_back_and_is_thanked_in_their_language(visitor):
    page = page_of(one := invitation(survey(), asked(language="ko")))

    step = visitor.post(page, {"question": "score", "answer": "3"})
    assert step.url == f"{page}?question=why"
    assert 'lang="ko"' in visitor.get(step.url).content.decode()
    assert 'value="3" checked' in visitor.get(f"{page}?question=score").content.decode()
    assert visitor.get(page).context["question"].code == "why"  # who comes back goes on
    done = visitor.post(page, {"question": "why", "answer": "Late"}, follow=True)

    assert "Thank you, that helps. (ko)" in done.content.decode()
    again = visitor.post(page, {"question": "why", "answer": "Other"})
    assert again.status_code == 200
    assert "Thank you, that helps. (ko)" in again.content.decode()
    assert one.answers.get(question="why").text == "Late"


def test_what_is_no_answer_is_said_beside_the_question(visitor):
    page = page_of(invitation(survey()))

    for sent in ({"question": "score"}, {"question": "score", "answer": "12"}, {"question": "nothing"}, {}):
        refused = visitor.post(page, sent)
        assert refused.status_code == 400
        assert 'role="alert"' in refused.content.decode()
    assert Answer.objects.count() == 0


def test_a_link_of_no_use_says_so_and_nothing_about_whom_it_was_for(visitor):
    one = invitation(survey(), asked(name="Ann Example"))
    over = page_of(one)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    gone, unknown = visitor.get(over), visitor.get(reverse("survey", args=["x.y"]))

    assert (gone.status_code, unknown.status_code) == (410, 404)
    assert visitor.post(over, {"question": "score", "answer": "1"}).status_code == 410
    for page in (gone, unknown):
        assert "Ann" not in page.content.decode()
        assert page["X-Robots-Tag"] == "noindex"


def test_an_address_may_not_ask_without_end(visitor, monkeypatch):
    monkeypatch.setattr(answering, "PER_MINUTE", 3)
    page = page_of(invitation(survey()))

    here, there = f"2001:db8::{token_hex(2)}:1", f"2001:db8::{token_hex(2)}:2"

    codes = [visitor.get(page, REMOTE_ADDR=here).status_code for _ in range(8)]

    assert codes[:3] == [200, 200, 200]
    assert 429 in codes
    assert visitor.get(page, REMOTE_ADDR=there).status_code == 200
