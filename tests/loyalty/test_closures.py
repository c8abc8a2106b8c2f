"""A wallet is blocked, opened again and closed, by page and by API; what happens with its points is said before."""

import pytest
from django.urls import reverse

from customers.models import Fact, Verb
from loyalty.actions import audit, closures, households, point_gifts, points, redemptions
from loyalty.actions.refusals import OpenHold, ReasonMissing, WalletClosed
from loyalty.models import Household, PointGift, Transaction, Wallet
from tests.factories.customers import customer as make
from tests.factories.integrations import Caller, codes
from tests.factories.loyalty import buckets, programme

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    programme(gift_confirmed=True)
    made = make(number="ADA", name="Ada Example")
    points.grant(made, 100, reason="start")
    return made


def test_closing_forfeits_and_leaves_households_and_gifts(ada, manager):
    ben = make()
    points.grant(ben, 10, reason="start")
    household = households.found(ada)
    households.join(household, ben, share=100)
    gift = point_gifts.give(ada, 5, to=ben)

    closed = closures.close(ada, reason="asked for it", by=manager)

    assert (closed.status, buckets(ada), buckets(ben)) == ("closed", (0, 0, 0, 0), (0, 10, 0, 0))
    assert Household.objects.get().ended_at
    assert PointGift.objects.get(pk=gift.pk).status == "declined"
    told = Fact.objects.get(customer=ada, verb=Verb.WALLET_CLOSED)
    assert (told.by, told.about["reason"]) == (manager, "asked for it")
    assert Transaction.objects.get(kind="forfeit").reason == "asked for it"
    with pytest.raises(WalletClosed):
        closures.close(ada, reason="again")
    assert audit.audit().findings == []


def test_one_point_is_one(manager_client, ada):
    redemptions.hold(ada, 1)
    Wallet.objects.update(available=0, debt=1)

    shown = page(manager_client, ada)

    assert "1 point is held for a redemption" in shown
    assert "1 point that is owed is written off" in shown


def test_it_needs_a_reason_and_no_open_hold(ada):
    with pytest.raises(ReasonMissing):
        closures.close(ada, reason=" ")
    redemptions.hold(ada, 4)
    with pytest.raises(OpenHold):
        closures.close(ada, reason="left")
    assert Wallet.objects.get().status == "open"


def page(client, ada):
    return " ".join(client.get(reverse("admin:wallet", args=[ada.pk])).content.decode().split())


def test_the_page_says_what_happens_and_does_it(manager_client, marketer_client, intern_client, ada):
    url = reverse("admin:wallet", args=[ada.pk])
    assert "100 points are forfeited" in page(manager_client, ada)
    assert "Close for good" not in page(marketer_client, ada)
    assert intern_client.get(url).status_code == 403
    assert marketer_client.post(url, {"do": "close", "close-reason": "no"}).status_code == 403

    assert "This field is required" in manager_client.post(url, {"do": "freeze"}).content.decode()
    manager_client.post(url, {"do": "freeze", "freeze-reason": "odd"})
    assert Wallet.objects.get().status == "frozen"
    assert "Points can be earned and spent again: 100 points" in page(manager_client, ada)
    manager_client.post(url, {"do": "open", "open-reason": "cleared"})
    held = redemptions.hold(ada, 4)
    assert "4 points are held for a redemption" in page(manager_client, ada)
    assert "are held" in manager_client.post(url, {"do": "close", "close-reason": "left"}).content.decode()

    redemptions.void(held)
    manager_client.post(url, {"do": "close", "close-reason": "left"})
    assert Wallet.objects.get().status == "closed"
    assert "closed for good" in page(manager_client, ada)


def test_the_api_blocks_opens_and_closes(ada):
    caller, url = Caller(), "/api/v1/customers/ADA/wallet/"
    assert caller.get(url).json() == {"customer": "ADA", "status": "open"}
    for verb, status in (("freeze", "frozen"), ("opening", "open"), ("closure", "closed")):
        answer = caller.send(f"{url}{verb}/", {"reason": "asked"})
        assert (answer.status_code, answer.json()["status"]) == (201, status)

    assert codes(caller.send(f"{url}closure/", {"reason": "asked"})) == ["wallet_closed"]
    assert codes(caller.send(f"{url}freeze/")) == ["required"]
    assert Caller("points:read").send(f"{url}freeze/", {"reason": "no"}).status_code == 403
