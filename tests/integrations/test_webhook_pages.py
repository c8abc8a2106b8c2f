"""Webhooks in the back office."""

import pytest
from django.urls import reverse
from django.utils import timezone

from customers.actions import readers, timeline
from customers.models import Verb
from integrations import signing
from integrations.actions import webhooks
from integrations.models import Delivery, Endpoint
from tests.factories.customers import customer
from tests.factories.webhooks import endpoint

WEBHOOKS, NEW = reverse("admin:webhooks"), reverse("admin:webhook_new")
WISH = {"name": "Warehouse", "url": "https://hooks.example.com/", "verbs": ["bought"]}


def page_of(made: Endpoint) -> str:
    return reverse("admin:webhook", args=[made.pk])


def deliver(made: Endpoint, count: int) -> list[Delivery]:
    who = customer()
    for _ in range(count):
        timeline.record(who, Verb.BOUGHT)
    readers.catch_up("webhooks", webhooks.queue)
    made.deliveries.update(state="sent", sent_at=timezone.now(), next_at=None, attempts=1, status=200)
    return list(made.deliveries.order_by("-pk"))


def test_without_webhooks_the_page_says_what_they_are_for(manager_client):
    assert "No other system is told yet" in manager_client.get(WEBHOOKS).content.decode()


def test_a_webhook_is_created_and_its_secret_shown_once(manager_client, manager):
    assert manager_client.get(NEW).status_code == 200

    answer = manager_client.post(NEW, WISH)

    made = Endpoint.objects.get()
    secret = signing.unseal(made.secret)
    assert (made.name, made.url, made.verbs, made.by) == ("Warehouse", WISH["url"], ["bought"], manager)
    assert secret in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    for address in (WEBHOOKS, page_of(made)):
        assert secret not in manager_client.get(address).content.decode()


def test_a_refused_address_is_told_at_its_field(manager_client):
    answer = manager_client.post(NEW, WISH | {"url": "http://hooks.example.com/"})

    assert answer.status_code == 200
    assert "The address must begin with https://." in answer.content.decode()
    assert not Endpoint.objects.exists()


def test_a_webhook_is_changed(manager_client):
    made = endpoint().endpoint
    change = reverse("admin:webhook_change", args=[made.pk])
    assert made.url in manager_client.get(change).content.decode()

    seen = {"seen": made.revision}
    assert manager_client.post(change, WISH | {"name": "Till", "verbs": []} | seen).status_code == 302
    refused = manager_client.post(change, WISH | {"url": "https://user:pw@example.com/"} | seen)

    made.refresh_from_db()
    assert (made.name, made.verbs) == ("Till", [])
    assert "Somebody else has changed this webhook meanwhile." in refused.content.decode()
    refused = manager_client.post(change, WISH | {"url": "https://user:pw@example.com/", "seen": made.revision})
    assert "no address that a message can be sent to" in refused.content.decode()


def test_its_messages_stand_on_its_page_and_may_be_sent_again(manager_client):
    made = endpoint().endpoint
    [delivery] = deliver(made, 1)
    page = manager_client.get(page_of(made)).content.decode()
    assert "delivered" in page
    assert f"customer {delivery.fact.customer.number}" in page

    manager_client.post(reverse("admin:webhook_again", args=[delivery.pk]))

    delivery.refresh_from_db()
    assert delivery.state == "queued"


def test_a_message_that_is_being_sent_is_not_sent_again(manager_client):
    made = endpoint().endpoint
    delivery = webhooks.ping(made)
    Delivery.objects.update(state="leased")

    page = manager_client.post(reverse("admin:webhook_again", args=[delivery.pk]), follow=True).content.decode()

    assert "The message is being sent." in page


def test_ping_pause_resume_and_a_new_secret(manager_client):
    made = endpoint()
    ways = {
        way: reverse(f"admin:webhook_{way}", args=[made.endpoint.pk]) for way in ("ping", "pause", "resume", "secret")
    }

    manager_client.post(ways["ping"])
    assert made.endpoint.deliveries.get().fact is None
    manager_client.post(ways["pause"])
    assert not Endpoint.objects.get().active
    manager_client.post(ways["resume"])
    assert Endpoint.objects.get().active
    page = manager_client.post(ways["secret"]).content.decode()
    assert signing.unseal(Endpoint.objects.get().secret) in page
    assert made.secret not in page


def test_a_webhook_is_removed_with_its_messages_after_asking(manager_client):
    made = endpoint().endpoint
    deliver(made, 2)
    remove = reverse("admin:webhook_remove", args=[made.pk])

    assert "pause it instead" in manager_client.get(remove).content.decode()
    assert Endpoint.objects.exists()
    manager_client.post(remove)

    assert not Endpoint.objects.exists()
    assert not Delivery.objects.exists()


def test_messages_come_in_pages(manager_client):
    made = endpoint().endpoint
    newest, *_, oldest = deliver(made, 30)
    first = manager_client.get(page_of(made)).content.decode()
    after = first.split("?after=")[1].split('"')[0]

    second = manager_client.get(page_of(made), {"after": after}).content.decode()

    assert f"message {newest.pk}\n" in first
    assert f"message {oldest.pk}\n" not in first
    assert f"message {oldest.pk}\n" in second
    assert manager_client.get(page_of(made), {"after": "nonsense"}).status_code == 302


def test_the_pages_take_the_same_queries_for_one_and_for_many(manager_client, django_assert_num_queries):
    made = endpoint().endpoint
    deliver(made, 1)
    with django_assert_num_queries(5):
        manager_client.get(WEBHOOKS)
    with django_assert_num_queries(6):
        manager_client.get(page_of(made))
    deliver(made, 3)
    for _ in range(2):
        endpoint()
    with django_assert_num_queries(5):
        manager_client.get(WEBHOOKS)
    with django_assert_num_queries(6):
        manager_client.get(page_of(made))


@pytest.mark.parametrize(
    "route",
    [
        "webhook",
        "webhook_change",
        "webhook_secret",
        "webhook_ping",
        "webhook_pause",
        "webhook_resume",
        "webhook_remove",
    ],
)
def test_only_managers_touch_a_webhook(agent_client, marketer_client, intern_client, route):
    address = reverse(f"admin:{route}", args=[endpoint().endpoint.pk])
    for client in (agent_client, marketer_client, intern_client):
        assert client.post(address).status_code == 403


def test_only_managers_see_or_make_webhooks(agent_client, marketer_client, intern_client):
    delivery = webhooks.ping(endpoint().endpoint)
    for client in (agent_client, marketer_client, intern_client):
        assert client.get(WEBHOOKS).status_code == 403
        assert client.post(NEW, WISH).status_code == 403
        assert client.post(reverse("admin:webhook_again", args=[delivery.pk])).status_code == 403


def test_home_tells_of_a_webhook_that_was_switched_off(manager_client, agent_client):
    made = endpoint().endpoint
    home = reverse("admin:index")
    assert "was switched off" not in manager_client.get(home).content.decode()

    Endpoint.objects.filter(pk=made.pk).update(active=False, disabled_at=timezone.now())

    assert "was switched off" in manager_client.get(home).content.decode()
    assert "was switched off" not in agent_client.get(home).content.decode()
