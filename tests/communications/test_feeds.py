"""Calendar feeds: whoever knows the address reads them, until they are revoked; nobody is named in them."""

from datetime import timedelta

import icalendar
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from communications.actions import feeds
from communications.actions.feeds import FeedRefused
from communications.models import CalendarFeed, HumanTask
from tests.factories import plans as made
from tests.factories.customers import customer

pytestmark = pytest.mark.django_db


def summaries(token: str) -> list[str]:
    answer = Client().get(reverse("plan_feed", args=[token]))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return [str(event["SUMMARY"]) for event in icalendar.Calendar.from_ical(answer.content).walk("VEVENT")]


def test_a_feed_shows_what_is_planned_and_names_no_customer(marketer, manager):
    today = timezone.localdate()
    made.campaign(starts_on=today + timedelta(days=3), owner=marketer, live=False)
    made.campaign(starts_on=today + timedelta(days=4), owner=manager, live=False)
    person = customer(name="Ada Byron")
    HumanTask.objects.create(
        kind="call", customer=person, title="Call Ada Byron", due_at=timezone.now(), assignee=marketer
    )
    own, token = feeds.open_feed("Phone", scope="own", by=marketer)
    _all, other = feeds.open_feed("Team", scope="all", by=marketer)

    assert [text.split(" (")[1] for text in summaries(token) if " (" in text] == ["e-mail, draft)"]
    assert "phone call" in summaries(token)
    assert len(summaries(other)) == 2
    body = Client().get(reverse("plan_feed", args=[token])).content.decode()
    assert "Ada" not in body
    own.refresh_from_db()
    assert own.used_at is not None
    assert token not in str(CalendarFeed.objects.values())


def test_a_revoked_feed_and_that_of_somebody_who_left_are_read_no_more(marketer, manager):
    feed, token = feeds.open_feed("Phone", scope="own", by=marketer)
    with pytest.raises(FeedRefused) as refused:
        feeds.revoke(feed, by=manager)
    assert refused.value.code == "not_yours"

    marketer.is_active = False
    marketer.save()
    assert Client().get(reverse("plan_feed", args=[token])).status_code == 404
    marketer.is_active = True
    marketer.save()
    feeds.revoke(feed, by=marketer)
    assert Client().get(reverse("plan_feed", args=[token])).status_code == 404
    assert Client().get(reverse("plan_feed", args=["guessed"])).status_code == 404


def test_feeds_are_named_and_few(marketer):
    with pytest.raises(FeedRefused) as refused:
        feeds.open_feed(" ", scope="own", by=marketer)
    assert refused.value.code == "no_name"
    for n in range(10):
        feeds.open_feed(str(n), scope="own", by=marketer)
    with pytest.raises(FeedRefused) as refused:
        feeds.open_feed("one more", scope="own", by=marketer)
    assert refused.value.code == "too_many"


def test_a_marketer_opens_and_revokes_a_feed_on_the_page(marketer_client, manager_client):
    page = reverse("admin:calendar_feeds")

    shown = marketer_client.post(page, {"name": "Phone", "scope": "all"}).content.decode()

    feed = CalendarFeed.objects.get()
    assert "/feeds/plans/" in shown
    assert "/feeds/plans/" not in marketer_client.get(page).content.decode()
    assert manager_client.post(reverse("admin:revoke_feed", args=[feed.pk])).status_code == 404
    marketer_client.post(reverse("admin:revoke_feed", args=[feed.pk]))
    feed.refresh_from_db()
    assert feed.revoked_at is not None
