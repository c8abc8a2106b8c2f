"""Who is invited to a survey, who is not and why, once per occasion and not too often."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connections
from django.utils import timezone

from communications.actions import holds
from communications.models import Message
from customers.actions import consents
from customers.models import EmailAddress, Fact, Verb
from feedback.actions import invitations, surveys
from feedback.actions.invitations import NotInvited
from feedback.models import Invitation
from tests.factories.surveys import asked, invitation, segment, survey, token

DAY = timedelta(days=1)


def refused(survey, customer, **options) -> str:
    with pytest.raises(NotInvited) as refusal:
        invitation(survey, customer, **options)
    return refusal.value.code


@pytest.mark.django_db
def test_an_invitation_goes_out_in_the_customers_language_with_a_link_of_which_only_a_hash_is_kept():
    made = survey()
    one = invitation(made, asked(language="ko"))

    mail = Message.objects.get()
    assert (one.state, one.language, mail.customer_id) == ("sent", "ko", one.customer_id)
    assert "How was it? (ko)" in mail.text
    assert f"/survey/{token(one)}/?answer=9" in mail.html
    assert token(one).partition(".")[0] not in str(vars(one))
    assert Fact.objects.filter(verb=Verb.SURVEY_INVITED, about__invitation=one.pk).count() == 1


@pytest.mark.django_db
def test_who_has_not_agreed_or_cannot_be_asked_is_not_invited():
    made, away = survey(), asked()
    assert refused(survey(live=False), asked()) == "survey_not_live"
    consents.decide(away, channel="email", purpose="research", granted=False, source="test")
    assert refused(made, away) == "no_consent"
    lost = asked()
    EmailAddress.objects.filter(customer=lost).delete()
    assert refused(made, lost) == "no_address"
    narrow = survey(segment=segment("country", "KR"))
    assert refused(narrow, asked(country="DE")) == "not_in_segment"
    gone = asked()
    invitation(made, gone, key="once")
    assert refused(made, gone, key="once") == "invited_already"
    assert Invitation.objects.count() == 1


@pytest.mark.django_db
def test_one_invitation_within_the_cooldown_whichever_the_survey():
    one, now = asked(), timezone.now()
    invitation(survey(), one, at=now - 29 * DAY)

    assert refused(survey(), one, at=now) == "cooldown"
    assert invitation(survey(), one, at=now + 2 * DAY).state == "sent"


@pytest.mark.django_db
def test_what_is_planned_is_sent_when_due_or_says_why_not():
    made, now = survey(occasion="purchase"), timezone.now()
    free, busy = asked(), asked()
    holds.place(busy, reason="complaint", key="complaint:1")
    for one in (free, busy):
        Invitation.objects.create(survey=made, customer=one, occasion="purchase", key=str(one.pk), due_at=now)
    later = Invitation.objects.create(
        survey=made, customer=asked(), occasion="purchase", key="later", due_at=now + DAY
    )

    assert invitations.send_due(at=now) == 2
    assert invitations.send_due(at=now) == 0

    states = dict(Invitation.objects.values_list("customer", "state"))
    assert states == {free.pk: "sent", busy.pk: "skipped", later.customer_id: "planned"}
    assert Invitation.objects.get(customer=busy).reason == "open_complaint"
    assert Message.objects.count() == 1


@pytest.mark.django_db
def test_who_does_not_answer_is_reminded_once_by_a_link_of_its_own_and_then_it_expires():
    now = timezone.now()
    one = invitation(survey(remind_days=4, expires_days=10), at=now)
    first = token(one)

    assert invitations.remind_due(at=now + 3 * DAY) == 0
    assert invitations.remind_due(at=now + 4 * DAY) == 1
    assert invitations.remind_due(at=now + 9 * DAY) == 0
    assert token(one) != first
    assert Message.objects.count() == 2
    assert invitations.expire(at=now + 9 * DAY) == 0
    assert invitations.expire(at=now + 10 * DAY) == 1
    one.refresh_from_db()
    assert one.state == "expired"


@pytest.mark.django_db
def test_who_takes_consent_back_is_not_reminded():
    now = timezone.now()
    one = invitation(survey(), at=now)
    consents.decide(one.customer, channel="email", purpose="research", granted=False, source="test")

    assert invitations.remind_due(at=now + 5 * DAY) == 1
    one.refresh_from_db()
    assert (one.reminded_at, one.remind_at) == (None, None)
    assert Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_surveys_at_once_invite_a_customer_once():
    surveys.rules()
    one, made = asked(), [survey() for _ in range(4)]
    start, outcomes = Barrier(len(made)), []

    def run(each) -> None:
        start.wait()
        try:
            invitations.invite(each, one, key=f"at-once:{each.pk}")
            outcomes.append("sent")
        except NotInvited as refusal:
            outcomes.append(refusal.code)
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=[each]) for each in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["cooldown", "cooldown", "cooldown", "sent"]
    assert Message.objects.count() == 1
