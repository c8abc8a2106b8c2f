"""Who was invited, and inviting one customer by hand."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from feedback.models import Invitation
from tests.factories.customers import customer
from tests.factories.surveys import asked, invitation, survey

pytestmark = pytest.mark.django_db


def test_a_customer_is_invited_by_number_or_address_once_a_day(marketer, marketer_client):
    made, kim = survey(), asked(name="Kim Min", number="C-7", email="kim@example.org")
    invite, listing = (reverse(f"admin:{name}", args=[made.pk]) for name in ("survey_invite", "survey_invitations"))

    assert "Nobody was invited yet" in marketer_client.get(listing).content.decode()
    done = marketer_client.post(invite, {"who": "kim@example.org"}, follow=True).content.decode()
    again = marketer_client.post(invite, {"who": "C-7"}, follow=True).content.decode()
    nobody = marketer_client.post(invite, {"who": "Kim"}, follow=True).content.decode()

    assert "Kim Min is invited." in done
    assert (Invitation.objects.get().customer, Invitation.objects.get().by) == (kim, marketer)
    assert "was invited on this occasion already" in again
    assert "Nobody was found by this." in nobody


def test_the_list_says_what_became_of_each_and_asks_as_often_for_three(marketer_client, intern_client):
    def asks() -> int:
        with CaptureQueriesContext(connection) as queries:
            marketer_client.get(listing)
        return len(queries)

    made = survey()
    listing = reverse("admin:survey_invitations", args=[made.pk])
    invitation(made)
    asks()
    one = asks()
    for _ in range(2):
        invitation(made)

    assert asks() == one
    assert "sent" in marketer_client.get(listing, {"state": "sent"}).content.decode()
    assert "Nobody was invited yet" in marketer_client.get(listing, {"state": "answered"}).content.decode()
    assert intern_client.get(listing).status_code == 403


def test_a_customers_page_shows_what_they_were_asked_and_asks_more(marketer_client, agent_client):
    made, kim = survey(name="Once a year"), asked(name="Kim Min")
    page, invite = reverse("admin:customer", args=[kim.pk]), reverse("admin:survey_invite_chosen")
    theirs = reverse("admin:surveys_of_customer", args=[kim.pk])
    assert f'hx-get="{theirs}"' in marketer_client.get(page).content.decode()
    assert "Was not asked anything yet." in marketer_client.get(theirs).content.decode()

    answer = marketer_client.post(invite, {"survey": made.pk, "customer": kim.pk})

    assert answer.url == page
    assert "Once a year" in marketer_client.get(theirs, headers={"HX-Request": "true"}).content.decode()
    assert Invitation.objects.get().customer == kim
    refused = marketer_client.post(invite, {"survey": made.pk, "customer": customer().pk}, follow=True)
    assert "has not agreed to be asked" in refused.content.decode()
    assert marketer_client.post(invite, {"survey": "x", "customer": kim.pk}).status_code == 404
