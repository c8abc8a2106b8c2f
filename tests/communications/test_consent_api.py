"""What other systems tell and ask about what customers want to hear."""

import pytest
from django.test import Client

from communications.models import Message, PushSubscription, Suppression
from tests.communications.test_bounces import sent
from tests.communications.test_push_subscriptions import PUBLIC, SECRET
from tests.factories.customers import customer
from tests.factories.integrations import Caller, codes

pytestmark = pytest.mark.django_db
C1 = "/api/v1/customers/C-1"


def test_a_customer_is_asked_to_confirm_and_gets_a_page_of_choices():
    customer(number="C-1", email="kim@example.com")
    shop = Caller("customers:write", "customers:read")
    answer = shop.send(f"{C1}/opt-ins/", {"purposes": ["care"]})
    assert (answer.status_code, answer.json()["state"]) == (202, "queued")
    assert Message.objects.get().to_address == "kim@example.com"
    assert codes(shop.send(f"{C1}/opt-ins/", {"purposes": ["fun"]})) == ["invalid_choice"]
    customer(number="C-2")
    assert codes(shop.send("/api/v1/customers/C-2/opt-ins/", {"purposes": ["care"]})) == ["no_address"]
    page = shop.get(f"{C1}/preferences/").json()
    assert page["push_key"] == ""
    assert Client().get(page["page"].removeprefix("http://127.0.0.1:8000")).status_code == 200


def test_a_device_is_told_of_and_taken_away(settings):
    settings.PUSH_KEY = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
    customer(number="C-1")
    shop = Caller("customers:write", "customers:read")
    device = {"endpoint": "https://push.example.com/a", "public_key": PUBLIC, "secret": SECRET}
    assert shop.get(f"{C1}/preferences/").json()["push_key"].startswith("BP4z9KsN6nGRTbVYI")
    assert shop.send(f"{C1}/devices/", device).status_code == 201
    assert codes(shop.send(f"{C1}/devices/", device | {"secret": "x"})) == ["keys_invalid"]
    assert shop.send(f"{C1}/devices/removal/", {"endpoint": device["endpoint"]}).json() == {"removed": True}
    assert not PushSubscription.objects.exists()


def test_a_provider_tells_of_bounces_and_complaints_as_often_as_it_likes():
    one, other = sent(to="a@example.com", customer=customer()), sent(to="b@example.com", customer=customer())
    provider = Caller("messages:report")
    for _again in range(2):
        said = {"message_id": one.message_id, "event": "bounced", "status": "5.1.1"}
        assert provider.post("/api/v1/message-reports/", said).status_code == 200
        said = {"message_id": other.message_id.strip("<>"), "event": "complained"}
        assert provider.post("/api/v1/message-reports/", said).status_code == 200
    standing = Suppression.objects.order_by("address").values_list("address", "reason", "bounces")
    assert list(standing) == [("a@example.com", "bounced", 1), ("b@example.com", "complained", 0)]
    unknown = provider.post("/api/v1/message-reports/", {"message_id": "x@y", "event": "bounced"})
    assert codes(unknown) == ["message_unknown"]


def test_without_the_scope_nothing_is_said_or_done():
    customer(number="C-1", email="kim@example.com")
    reader = Caller("messages:read")
    assert reader.get(f"{C1}/preferences/").status_code == 403
    assert reader.send(f"{C1}/opt-ins/", {"purposes": ["care"]}).status_code == 403
    assert reader.send(f"{C1}/devices/", {}).status_code == 403
    assert reader.post("/api/v1/message-reports/", {}).status_code == 403
    assert not Message.objects.exists()
