"""Webhooks over the API."""

import time

import pytest
from django.conf import settings

from integrations import signing
from integrations.models import Delivery, Endpoint, Reply
from integrations.scopes import Scope
from tests.factories.integrations import Caller, codes

pytestmark = pytest.mark.django_db
WEBHOOKS = "/api/v1/webhooks/"
WISH = {"name": "Shop", "url": "https://shop.example.com/hook", "verbs": ["bought"]}


@pytest.fixture
def shop() -> Caller:
    return Caller(Scope.WEBHOOKS)


def test_a_webhook_is_made_and_its_secret_shown_once(shop):
    made = shop.send(WEBHOOKS, WISH)

    assert made.status_code == 201
    body = made.json()
    assert body["secret"].startswith("whsec_")
    shown = shop.get(f"{WEBHOOKS}{body['id']}/").json()
    assert shown == {name: value for name, value in body.items() if name != "secret"}
    assert shop.get(WEBHOOKS).json()["results"] == [shown]


def test_a_repeated_request_gets_the_secret_again_and_it_lies_nowhere_in_clear(shop):
    first = shop.send(WEBHOOKS, WISH, key="one").json()
    again = shop.send(WEBHOOKS, WISH, key="one")

    assert again.json() == first
    assert Endpoint.objects.count() == 1
    assert first["secret"] not in Reply.objects.get().body


def test_what_cannot_be_is_refused(shop):
    assert codes(shop.send(WEBHOOKS, WISH | {"url": "http://shop.example.com/"})) == ["url_not_https"]
    assert codes(shop.send(WEBHOOKS, WISH | {"verbs": ["danced"]})) == ["invalid_choice"]
    assert not Endpoint.objects.exists()


def test_a_webhook_is_changed_paused_resumed_and_removed(shop):
    one = f"{WEBHOOKS}{shop.send(WEBHOOKS, WISH).json()['id']}/"

    assert shop.patch(one, {"verbs": []}).json() | {"verbs": None} == shop.get(one).json() | {"verbs": None}
    assert shop.get(one).json()["verbs"] == []
    assert shop.send(f"{one}pause/").json()["active"] is False
    assert shop.send(f"{one}resumption/").json()["active"] is True
    assert shop.send(f"{one}secret/").json()["secret"].startswith("whsec_")
    assert shop.send(f"{one}ping/").json()["state"] == Delivery.State.QUEUED
    assert [row["state"] for row in shop.get(f"{one}deliveries/").json()["results"]] == ["queued"]
    assert shop.delete(one).status_code == 204
    assert shop.get(one).status_code == 404


def test_a_change_on_top_of_somebody_elses_is_refused(shop):
    made = shop.send(WEBHOOKS, WISH)
    one = f"{WEBHOOKS}{made.json()['id']}/"
    assert shop.get(one)["ETag"] == made["ETag"]

    newer = shop.patch(one, {"name": "Till"}, headers={"If-Match": made["ETag"]})
    stale = shop.patch(one, {"verbs": []}, headers={"If-Match": made["ETag"]})

    assert (stale.status_code, codes(stale)) == (412, ["changed_meanwhile"])
    last = shop.patch(one, {"verbs": []}, headers={"If-Match": newer["ETag"]}).json()
    assert (last["name"], last["verbs"]) == ("Till", [])


def test_the_list_takes_the_same_queries_for_one_and_for_three(shop, django_assert_num_queries):
    shop.send(WEBHOOKS, WISH)
    with django_assert_num_queries(2):
        shop.get(WEBHOOKS)
    for _ in range(2):
        shop.send(WEBHOOKS, WISH)
    with django_assert_num_queries(2):
        assert len(shop.get(WEBHOOKS).json()["results"]) == 3


@pytest.mark.parametrize("path", ["", "1/", "1/deliveries/"])
def test_without_the_scope_nothing_is_shown(path):
    assert Caller(Scope.CUSTOMERS_READ).get(WEBHOOKS + path).status_code == 403


@pytest.mark.parametrize("path", ["", "1/secret/", "1/ping/", "1/pause/", "1/resumption/"])
def test_without_the_scope_nothing_is_done(path):
    assert Caller(Scope.CUSTOMERS_READ).send(WEBHOOKS + path).status_code == 403


def test_the_sample_in_the_documentation_knows_our_signatures():
    text = (settings.BASE_DIR / "docs" / "api.md").read_text()
    sample: dict = {}
    exec(text.split("```python")[1].split("```")[0], sample)
    now, body = int(time.time()), b'{"verb":"bought"}'
    header = signing.signature(["whsec_new", "whsec_old"], body, at=now)

    assert sample["is_ours"]("whsec_old", header, body)
    assert not sample["is_ours"]("whsec_other", header, body)
    assert not sample["is_ours"]("whsec_old", header, body + b" ")
    assert not sample["is_ours"]("whsec_new", signing.signature(["whsec_new"], body, at=now - 301), body)
