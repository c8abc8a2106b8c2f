"""Receipts, reviews, photos and answers: sent by customers, looked at by staff, and only then worth points."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from customers.models import Fact
from loyalty.actions import audit, contents, erasure, merging, pictures, redemptions
from loyalty.actions.contents import ContentRefused, NotConfirmed, NotWaiting, Typed
from loyalty.actions.refusals import ReasonMissing
from loyalty.models import ContentRules, EarningReview, Picture, Submission
from tests.factories import customers, people
from tests.factories.loyalty import buckets, on, programme
from tests.factories.pictures import photo
from tests.factories.rules import fixed, rule, when
from tests.loyalty.test_concurrency import at_once

pytestmark = pytest.mark.django_db
AT = on("2026-03-02", "10:00:00")
SAID = Typed("Corner Shop", "A-17", date(2026, 3, 1), 1999)
LONG = "Keeps its taste to the last cup, and the tin closes so well that I use it on every trip. "


@pytest.fixture(autouse=True)
def _rules(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def customer():
    programme()
    return customers.customer()


def receipt(customer, typed=SAID, at=AT, sent=None):
    return contents.send_receipt(customer, sent or photo(), typed=typed, at=at)


def review(customer, text=LONG, at=AT, **more):
    return contents.send(customer, **{"kind": "review", "subject": "tea-100", "text": text, "at": at} | more)


def refused(action, *arguments, **options) -> str:
    with pytest.raises(ContentRefused) as refusal:
        action(*arguments, **options)
    return refusal.value.code


def test_a_confirmed_receipt_is_a_fact_and_earns_by_the_rules(customer, agent):
    rule(fixed(50, when("about_least", 1000, name="amount"), on="receipt_submitted"))
    sent = receipt(customer)
    assert (sent.state, buckets(customer)[1], Fact.objects.filter(verb="receipt_submitted").count()) == (
        "waiting",
        0,
        0,
    )

    done = contents.confirm(sent, by=agent, at=AT)

    assert (done.state, done.points, buckets(customer)) == ("confirmed", 50, (0, 50, 0, 0))
    fact = Fact.objects.get(verb="receipt_submitted")
    assert (fact.at, fact.about["amount"], fact.about["store"]) == (AT, 1999, "Corner-Shop")
    with pytest.raises(NotWaiting):
        contents.confirm(sent, by=agent)


def test_who_looked_at_it_has_looked_at_its_points_too(customer, agent):
    rule(fixed(50, on="reviewed", review=True))

    done = contents.confirm(review(customer), by=agent, at=AT)

    assert (done.points, buckets(customer)[1]) == (50, 50)
    assert EarningReview.objects.get().decided_by == agent


def test_staff_correct_what_was_typed(customer, agent):
    sent = receipt(customer, Typed())

    assert refused(contents.confirm, sent, by=agent) == "values_missing"
    done = contents.confirm(sent, typed=SAID, by=agent)

    assert (done.store, done.number, done.bought_on, done.total) == ("Corner Shop", "A-17", date(2026, 3, 1), 1999)


@pytest.mark.parametrize(
    "again",
    [SAID, Typed(" corner shop", "a 17", date(2026, 3, 1), 1999)],
)
def test_the_same_receipt_is_taken_once_whoever_sends_it_and_however_it_is_typed(customer, agent, again):
    first = receipt(customer)
    other = customers.customer()

    assert refused(receipt, other, again) == "duplicate_receipt"
    untyped = receipt(other, Typed())
    assert refused(contents.confirm, untyped, typed=again, by=agent) == "duplicate_receipt"
    contents.refuse(first, reason="blurred", by=agent)
    assert receipt(customer, again).state == "waiting"


@pytest.mark.parametrize(
    ("day", "why"), [(date(2026, 1, 30), "receipt_too_old"), (date(2026, 3, 4), "receipt_in_the_future")]
)
def test_a_receipt_is_of_the_last_days(customer, day, why):
    assert refused(receipt, customer, Typed("Shop", "1", day, 100)) == why
    assert receipt(customer, Typed("Shop", "1", date(2026, 1, 31), 100)).pk


def test_enough_is_enough_for_one_day(customer):
    ContentRules.objects.create(programme=programme(), receipts_a_day=2, contents_a_day=1)
    for number in ("1", "2"):
        receipt(customer, Typed("Shop", number, date(2026, 3, 1), 100))
    review(customer)

    assert refused(receipt, customer) == "too_many_today"
    assert refused(review, customer, LONG + "And more.", subject="tea-200") == "too_many_today"
    assert receipt(customer, at=on("2026-03-03")).pk
    assert receipt(customers.customer(), Typed("Shop", "3", date(2026, 3, 1), 100)).pk


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"text": "Good.   " * 9}, "too_short"),
        ({"subject": ""}, "subject_missing"),
        ({"subject": "my tea"}, "subject_missing"),
        ({"rating": 6}, "rating_out_of_range"),
        ({"rating": 1, "kind": "answer"}, "rating_out_of_range"),
    ],
)
def test_what_says_too_little_is_not_taken(customer, change, why):
    ContentRules.objects.create(programme=programme(), shortest=50)

    assert refused(review, customer, **change) == why


def test_the_same_words_are_taken_once_and_one_review_of_each_thing(customer, agent):
    first = review(customer, rating=5)

    assert refused(review, customers.customer(), LONG.upper() + " ") == "duplicate_content"
    assert refused(review, customer, LONG + "And more.") == "duplicate_content"
    contents.refuse(first, reason="about something else", by=agent)
    assert review(customer, LONG + "And more.").pk


def test_photos_and_answers_earn_likewise(customer, agent):
    rule(fixed(20, on="photo_shared"))
    rule(fixed(10, on="question_answered"))
    sent = photo()
    shared = contents.send(customer, "photo", subject="tea-100", picture=sent, at=AT)
    answered = contents.send(customer, "answer", subject="Q-1", text=LONG, at=AT)

    points = [contents.confirm(one, by=agent).points for one in (shared, answered)]

    assert points == [20, 10]
    with pytest.raises(pictures.SamePicture):
        contents.send(customers.customer(), "photo", subject="tea-100", picture=sent, at=AT)


def test_a_refusal_has_a_reason(customer, agent):
    sent = receipt(customer)

    with pytest.raises(ReasonMissing):
        contents.refuse(sent, reason="  ", by=agent)
    done = contents.refuse(sent, reason="blurred", by=agent)

    assert (done.state, done.reason, buckets(customer)[1]) == ("refused", "blurred", 0)
    with pytest.raises(NotWaiting):
        contents.refuse(sent, reason="again", by=agent)


def test_what_one_record_sent_is_the_survivors(customer, manager):
    other = customers.customer()
    receipt(other)

    merging.merge(other, into=customer, by=manager)

    assert Submission.objects.get().customer == customer
    assert Picture.objects.get().customer == customer


def test_an_erased_person_leaves_no_words_and_no_files(customer, manager, agent, django_capture_on_commit_callbacks):
    kept = receipt(customer)
    review(customer)
    contents.confirm(kept, by=agent, at=AT)
    files = list(pictures.folder().iterdir())
    assert len(files) == 1

    with django_capture_on_commit_callbacks(execute=True):
        erasure.erase(customer, by=manager)

    rows = Submission.objects.order_by("pk").values_list("state", "text", "store", "number", "subject", "picture")
    assert list(rows) == [("confirmed", "", "", "", "", None), ("refused", "", "", "", "", None)]
    assert list(pictures.folder().iterdir()) == []
    assert Fact.objects.get(verb="receipt_submitted").about == {}
    assert refused(receipt, customer) == "unknown_customer"


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"state": "confirmed"}, "decided_submission_has_a_time"),
        ({"state": "refused", "decided_at": AT}, "refused_submission_says_why"),
        ({"points": 5}, "only_a_confirmed_submission_earned"),
        ({"rating": 3}, "rating_is_of_a_review_from_one_to_five"),
    ],
)
def test_the_database_too_keeps_a_submission_whole(customer, change, constraint):
    sent = receipt(customer)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Submission.objects.filter(pk=sent.pk).update(**change)


@pytest.mark.django_db(transaction=True)
def test_of_four_who_send_one_receipt_at_once_one_succeeds():
    programme()
    senders = [customers.customer() for _ in range(4)]
    sent = [photo() for _ in senders]

    answers = at_once(4, lambda n: receipt(senders[n], sent=sent[n]).state)

    assert sorted(answers) == ["duplicate_receipt"] * 3 + ["waiting"]


@pytest.mark.django_db(transaction=True)
def test_a_receipt_that_two_confirm_at_once_earns_once():
    programme()
    rule(fixed(50, on="receipt_submitted"))
    customer = customers.customer()
    sent = receipt(customer)
    by = people.person("two")

    answers = at_once(2, lambda _: contents.confirm(sent, by=by).state)

    assert sorted(answers) == ["confirmed", "not_waiting"]
    assert buckets(customer)[1] == 50


def test_a_receipt_that_should_not_have_been_confirmed_is_taken_back_with_what_it_earned(customer, agent):
    capped = rule(fixed(50, on="receipt_submitted", caps=[{"per": "ever", "times": 1}], budget=1000))
    sent = contents.confirm(receipt(customer), by=agent, at=AT)
    redemptions.redeem(customer, 20, at=AT)
    with pytest.raises(ReasonMissing):
        contents.undo(sent, reason=" ", by=agent)

    undone = contents.undo(sent, reason="another shop's", by=agent, at=AT)

    assert (undone.state, undone.reason, undone.points, buckets(customer)) == (
        "undone",
        "another shop's",
        0,
        (0, 0, 0, 20),
    )
    capped.refresh_from_db()
    assert capped.spent == 0
    with pytest.raises(NotConfirmed):
        contents.undo(sent, reason="again", by=agent)
    again = contents.confirm(receipt(customer, sent=photo()), by=agent, at=AT)
    assert (again.points, buckets(customer)) == (50, (0, 30, 0, 0))
    assert audit.audit().findings == []


def test_what_was_confirmed_is_taken_back_on_its_page(agent_client, board_manager_client, customer, agent):
    rule(fixed(50, on="receipt_submitted"))
    sent = contents.confirm(receipt(customer), by=agent, at=AT)
    url = reverse("admin:submission", args=[sent.pk])
    assert "50 points that it earned are taken back" in " ".join(agent_client.get(url).content.decode().split())
    assert "Take it back" not in board_manager_client.get(url).content.decode()
    board_manager_client.post(url, {"undo": "1", "reason": "no"})
    assert Submission.objects.get().state == "confirmed"

    agent_client.post(url, {"undo": "1", "reason": "another shop's"})
    assert (Submission.objects.get().state, buckets(customer)[1]) == ("undone", 0)
    assert "another shop&#x27;s" in agent_client.get(url).content.decode()
