"""Letters are filled in with what is known, and sent like any answer."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from calendars.queries import hours_of
from communications.models import Message
from feedback import placeholders
from feedback.actions import complaints, letters, redress
from feedback.models import Clock, LetterTemplate
from feedback.usual_letters import LETTERS
from tests.factories import calendars, customers, feedback
from tests.factories.loyalty import on, programme
from tests.factories.policies import policy

pytestmark = pytest.mark.django_db


def refused(code, step, *args, **values):
    with pytest.raises(ValidationError) as error:
        step(*args, **values)
    assert error.value.code == code
    return error.value


def template(text, **changes):
    usual = {"purpose": "acknowledgement", "kind": "", "language": "en", "subject": "About {{ number }}"}
    return LetterTemplate.objects.create(**usual | {"text": text} | changes)


def test_an_acknowledgement_states_the_time_limit_goes_out_and_moves_the_case(agent):
    case = feedback.case(at=on("2026-03-02", "12:00"), subject="Parcel late")
    entry = letters.send(case, "acknowledgement", by=agent)

    assert "by 27 Apr 2026 at the latest" in entry.text
    assert "8 weeks" in entry.text
    assert str(agent) in entry.text
    assert (entry.kind, entry.automatic, entry.author) == ("reply", True, agent)
    case.refresh_from_db()
    assert (case.stage, case.answered_at) == ("acknowledged", None)
    message = Message.objects.get()
    assert (message.text, message.subject) == (entry.text, f"We have received your message {case.number}")
    assert [event.what for event in case.events.order_by("pk")] == ["opened", "letter", "acknowledged"]


def test_the_letter_is_in_the_customers_language_and_for_the_kind_of_case(agent):
    case = feedback.case(language="ko-KR")
    usual = letters.draft(case, "acknowledgement", by=agent).text
    assert ("고객님" in usual, "(8주 이내)" in usual) == (True, True)
    assert "Dear" in letters.draft(feedback.case(language="fr"), "acknowledgement", by=agent).text
    template("Any kind, English")
    assert letters.draft(case, "acknowledgement", by=agent).text == "Any kind, English"
    template("아무 종류", language="ko")
    template("Complaint, English", kind="complaint")
    assert letters.draft(case, "acknowledgement", by=agent).text == "아무 종류"
    template("불만", language="ko", kind="complaint")
    assert letters.draft(case, "acknowledgement", by=agent).text == "불만"
    assert letters.draft(feedback.case("question"), "acknowledgement", by=agent).text == "Any kind, English"


def test_an_offer_says_what_is_offered_and_why(agent):
    programme()
    case = complaints.decide(feedback.case(), outcome="upheld", reason="It came a week late.", by=agent)
    redress.propose(case, "points", points=300, words="for the wait", by=agent)
    redress.propose(case, "money", amount=1250, by=agent)
    declined = redress.propose(case, "apology", by=agent)
    redress.withdraw(declined, by=agent)
    text = letters.draft(case, "offer", by=agent).text

    assert "It came a week late." in text
    assert "- 300 points: for the wait\n- " in text
    assert "12.50" in text
    assert "apology" not in text


def test_a_gap_is_filled_before_a_letter_leaves(agent):
    case = feedback.case(customer=customers.customer(name="", email="a@example.org"))
    letter = letters.draft(case, "final", by=agent)
    assert letter.missing == ["customer_name", "outcome", "reason"]
    error = refused("letter_has_gaps", letters.send, case, "final", by=agent)
    assert "whether the complaint is upheld" in error.messages[0]
    refused("letter_has_gaps", letters.send, case, "final", text="Dear {{ customer_name }}", by=agent)
    assert not Message.objects.exists()

    entry = letters.send(case, "final", text="Dear customer, no.", by=agent)
    assert (entry.text, entry.automatic) == ("Dear customer, no.", False)


def test_a_template_that_cannot_be_filled_in_is_refused_and_the_usual_ones_can():
    for text in ("Dear {{ custmer_name }}", "{% include 'x' %}"):
        with pytest.raises(ValidationError) as error:
            LetterTemplate(purpose="final", subject="x", text=text).full_clean()
        assert error.value.error_dict["text"][0].code == "placeholder_unknown"
    for usual in LETTERS.values():
        assert not any(placeholders.unknown(text) for texts in usual.values() for text in texts)
        assert usual.keys() == set(LetterTemplate.Purpose.values)


def test_a_final_response_keeps_what_regulation_asks_for_while_the_case_goes_on(agent):
    calendars.calendar()
    policy("Regulation", ("final_response", 56, "calendar_days", ()))
    case = feedback.case()
    letters.send(case, "holding", text="Dear customer, not yet.", by=agent)
    assert Clock.objects.get(case=case).state == "running"

    entry = letters.send(case, "final", text="Dear customer, no.", by=agent)

    clock = Clock.objects.get(case=case)
    assert (clock.state, clock.fulfilled_at) == ("met", entry.at)
    case.refresh_from_db()
    assert case.is_open


@pytest.mark.parametrize(
    ("amount", "unit", "sent", "days"),
    [
        (15, "business_days", 10, 35),
        (15, "business_days", 22, 15),  # too late
        (20, "business_days", 10, 20),
    ],
)
def test_a_holding_letter_in_time_puts_off_fifteen_business_days_and_nothing_else(agent, amount, unit, sent, days):
    received = datetime(2026, 3, 2, 9, tzinfo=UTC)
    calendars.calendar()
    policy("Payments", ("final_response", amount, unit, ()))
    case = feedback.case(at=received)
    letters.send(case, "holding", by=agent, at=received + timedelta(days=sent))

    clock = Clock.objects.get(case=case)
    assert clock.due_at == hours_of(clock.calendar_version_id).close_of_business_day(received, days)
    assert (clock.breached_at is not None) == (sent == 22)
