"""What comes in answer to letters of plans: complaints of spam, and customers who write back."""

import pytest

from communications.models import Suppression
from customers.models import Fact
from feedback.actions import mail
from feedback.models import Case, Mail
from tests.communications.test_bounces import arf, sent
from tests.factories import mails
from tests.factories.customers import customer

pytestmark = pytest.mark.django_db


def test_a_complaint_of_spam_ends_offers_and_opens_no_case():
    kim = customer(email="kim@example.com")
    letter = sent(customer=kim, kind="marketing", purpose="offers")
    raw = arf(letter.message_id)
    first, again = mail.take(raw), mail.take(raw)
    assert (first, first.outcome, first.how) == (again, Mail.Outcome.BOUNCED, "complaint")
    assert Suppression.objects.get().reason == "complained"
    assert Fact.objects.filter(customer=kim, verb="spam_reported").count() == 1
    assert not Case.objects.exists()
    other = mail.take(arf("<nobody@knows.example>").replace(b"<arf@", b"<arf2@"))
    assert other.outcome == Mail.Outcome.IGNORED


def test_who_answers_a_letter_opens_a_case_of_their_own_whatever_address_they_answer_from():
    kim = customer(email="kim@example.com")
    letter = sent(customer=kim, kind="marketing", purpose="care")
    answer = mails.plain("Do you ship to Seoul?", sender="kim@work.example", in_reply_to=letter.message_id)
    stranger = mails.plain("Do you ship?", sender="kim@work.example", in_reply_to="<guessed@shop.example>")
    assert mail.take(answer).case.customer == kim
    assert mail.take(stranger).case.customer is None
    assert Fact.objects.filter(customer=kim, verb="case_opened").count() == 1
