"""The pages of referrals, receipts and reviews."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from customers.models import AccessLog
from loyalty.actions import contents, pictures, referrals
from loyalty.actions.contents import Typed
from loyalty.models import Picture, Referral, Submission
from tests.factories import customers
from tests.factories.loyalty import buckets, on, programme
from tests.factories.pictures import photo
from tests.factories.referrals import bought, brought, rules
from tests.factories.rules import fixed, rule

pytestmark = pytest.mark.django_db
SAID = Typed("Corner Shop", "A-17", date(2026, 3, 1), 1999)
AT = on("2026-03-02")
TYPED = {"store": "Corner Shop", "number": "A-17", "bought_on": "2026-03-01", "total": "19.99"}


@pytest.fixture(autouse=True)
def _rules(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    programme()


@pytest.fixture
def rosa():
    return customers.customer(name="Rosa Referrer")


def page(client, name, *arguments, **query):
    return client.get(reverse(f"admin:{name}", args=arguments), query)


def send(client, name, *arguments, **said):
    return client.post(reverse(f"admin:{name}", args=arguments), said, follow=True)


def text(response):
    return " ".join(response.content.decode().split())


def to_be_looked_at(rosa) -> Referral:
    referrals.note(rosa, {"device": "aa"})
    referral = brought(rosa, friend=customers.customer(name="Fritz Friend"), signals={"device": "aa"})
    bought(referral.friend, 8000, "2026-01-10")
    referrals.settle_due(at=on("2026-03-01"))
    return referral


def test_strange_referrals_wait_on_the_page_and_are_decided_there(marketer_client, rosa):
    rules()
    referral = to_be_looked_at(rosa)

    shown = text(page(marketer_client, "referrals"))
    assert "the device of who brought them" in shown
    assert "Who shares what" in shown
    send(marketer_client, "decide_referral", referral.pk, decline="1", reason="")
    assert Referral.objects.get().state == "review"
    assert "Both are rewarded" in text(send(marketer_client, "decide_referral", referral.pk, approve="1"))
    assert buckets(rosa)[1] == 500
    assert "settled already" in text(send(marketer_client, "decide_referral", referral.pk, decline="1", reason="no"))


def test_who_may_only_look_does_not_decide(agent_client, rosa):
    rules()
    referral = to_be_looked_at(rosa)

    assert "Fritz Friend" in text(page(agent_client, "referrals"))
    assert send(agent_client, "decide_referral", referral.pk, approve="1").status_code == 403


def test_the_customer_page_tells_of_friends_and_of_what_was_sent(agent_client, rosa):
    rules()
    referral = to_be_looked_at(rosa)
    contents.send_receipt(rosa, photo(), typed=SAID, at=AT)

    assert "Brought Fritz Friend" in text(page(agent_client, "customer", rosa.pk))
    assert "Came by Rosa Referrer" in text(page(agent_client, "customer", referral.friend_id))
    assert "Take in a receipt" in text(page(agent_client, "customer", rosa.pk))


def test_the_home_page_tells_what_waits(marketer_client, rosa):
    rules()
    to_be_looked_at(rosa)
    contents.send_receipt(rosa, photo(), typed=SAID, at=AT)

    shown = text(page(marketer_client, "index"))

    assert "Referrals to look at" in shown
    assert "Receipts and reviews to look at" in shown


def test_a_receipt_is_taken_in_looked_at_and_confirmed(agent_client, rosa):
    rule(fixed(50, on="receipt_submitted"))
    file = SimpleUploadedFile("../../etc/passwd.jpg", photo(), content_type="image/jpeg")
    today = timezone.localdate().isoformat()

    send(agent_client, "take_receipt", rosa.pk, picture=file, **TYPED | {"bought_on": today})
    sent = Submission.objects.get()
    assert "Rosa Referrer" in text(page(agent_client, "submissions"))
    shown = text(page(agent_client, "submission", sent.pk))
    assert reverse("admin:picture", args=[sent.picture_id]) in shown
    assert 'value="19.99"' in shown
    done = text(send(agent_client, "submission", sent.pk, confirm="1", **TYPED | {"bought_on": today}))

    assert "earned 50 points" in done
    assert buckets(rosa)[1] == 50
    assert "confirmed" in text(page(agent_client, "submissions", state="decided"))


def test_a_receipt_is_refused_with_a_reason(agent_client, rosa):
    sent = contents.send_receipt(rosa, photo(), at=AT)

    assert "Say why" in text(send(agent_client, "submission", sent.pk, refuse="1", reason=""))
    assert "It is refused" in text(send(agent_client, "submission", sent.pk, refuse="1", reason="blurred"))
    assert Submission.objects.get().reason == "blurred"


def test_what_is_no_photo_is_not_taken_in(agent_client, rosa):
    file = SimpleUploadedFile("photo.jpg", b"<script>", content_type="image/jpeg")

    assert "not a picture" in text(send(agent_client, "take_receipt", rosa.pk, picture=file))
    assert "Send a picture" in text(send(agent_client, "take_receipt", rosa.pk))
    assert Picture.objects.count() == 0


def test_pictures_are_seen_by_who_may_and_that_is_written_down(
    agent_client, board_manager_client, intern_client, client, rosa, agent
):
    sent = contents.send_receipt(rosa, photo(), at=AT)

    answer = page(agent_client, "picture", sent.picture_id)

    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))
    assert answer.content == pictures.read(sent.picture)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert AccessLog.objects.get(fields="picture").by == agent
    assert [page(one, "picture", sent.picture_id).status_code for one in (board_manager_client, intern_client)] == [
        403
    ] * 2
    assert page(client, "picture", sent.picture_id).status_code == 302
    (pictures.folder() / sent.picture.file).unlink()
    assert page(agent_client, "picture", sent.picture_id).status_code == 404


def test_who_may_not_decide_does_not(board_manager_client, rosa):
    sent = contents.send_receipt(rosa, photo(), typed=SAID, at=AT)

    shown = text(send(board_manager_client, "submission", sent.pk, confirm="1", **TYPED))

    assert "19.99 EUR" in shown
    assert Submission.objects.get().state == "waiting"


@pytest.mark.parametrize("name", ["referrals", "submissions"])
def test_lists_take_as_many_queries_for_three_rows_as_for_one(
    marketer_client, rosa, name, django_assert_max_num_queries
):
    rules()

    def add(n: int) -> None:
        brought(rosa, signals={"card": "cc"})
        contents.send_receipt(rosa, photo(), typed=Typed("S", str(n), date(2026, 3, 1), 1), at=AT)

    add(1)
    add(2)
    page(marketer_client, name)
    with django_assert_max_num_queries(60) as one:
        page(marketer_client, name)
    add(3)
    add(4)
    with django_assert_max_num_queries(60) as three:
        page(marketer_client, name)

    assert len(one) == len(three)
