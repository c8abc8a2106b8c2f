"""Who is told of facts, and of which."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from customers.actions import readers, timeline
from customers.models import Fact, Verb
from integrations import outbound, signing
from integrations.actions import webhooks
from integrations.models import Delivery, Endpoint
from tests.factories.customers import customer
from tests.factories.webhooks import endpoint

pytestmark = pytest.mark.django_db


def code(refusal: pytest.ExceptionInfo[ValidationError]) -> str:
    return refusal.value.code


def queued_for(target: Endpoint) -> list[Fact]:
    readers.catch_up("webhooks", webhooks.queue)
    return [delivery.fact for delivery in target.deliveries.order_by("pk").select_related("fact")]


def test_the_secret_is_readable_once_and_never_stands_in_the_database(agent):
    made = endpoint(by=agent)

    assert made.secret.startswith("whsec_")
    row = Endpoint.objects.values().get()
    assert made.secret not in str(row)
    assert signing.unseal(row["secret"]) == made.secret
    assert row["by_id"] == agent.pk


def test_a_secret_sealed_with_an_earlier_key_of_the_installation_still_opens(settings):
    sealed = signing.seal("whsec_a")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new one", [settings.SECRET_KEY]
    assert signing.unseal(sealed) == "whsec_a"

    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(signing.Unreadable):
        signing.unseal(sealed)


def test_a_signature_covers_time_and_body():
    one = signing.signature(["whsec_a"], b"{}", at=1)

    assert one == "t=1,v1=7aaed73a0f45f657eacd5c9b580562745d6023b1e3e6d17dce076b81940aa046"
    assert signing.signature(["whsec_a"], b"{}", at=2).partition(",")[2] != one.partition(",")[2]
    assert signing.signature(["whsec_a"], b"{ }", at=1) != one
    assert signing.signature(["whsec_a", "whsec_b"], b"{}", at=1).startswith(one + ",v1=")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("hooks.example.com", "url_invalid"),
        ("https://", "url_invalid"),
        ("https://user:secret@hooks.example.com/", "url_invalid"),
        ("https://hooks.example.com/#part", "url_invalid"),
        ("https://hooks.example.com:99999/", "url_invalid"),
        ("http://hooks.example.com/", "url_not_https"),
        ("ftp://hooks.example.com/", "url_not_https"),
        ("http://127.0.0.1:9000/", "url_not_https"),
        ("https://127.0.0.1/", "url_private"),
        ("https://localhost/", "url_private"),
        ("https://10.1.2.3/", "url_private"),
        ("https://192.168.0.1/", "url_private"),
        ("https://169.254.169.254/latest/meta-data/", "url_private"),
        ("https://[::1]/", "url_private"),
        ("https://[fd00::1]/", "url_private"),
        ("https://[::ffff:10.0.0.1]/", "url_private"),
        ("https://[64:ff9b::a00:1]/", "url_private"),
        ("https://224.0.0.1/", "url_private"),
    ],
)
def test_only_public_addresses_over_https_are_taken(settings, url, expected):
    settings.LOCAL = False

    with pytest.raises(webhooks.WebhookRefused) as refusal:
        endpoint(url)

    assert code(refusal) == expected
    assert not Endpoint.objects.exists()


@pytest.mark.parametrize("url", ["http://127.0.0.1:9000/x", "http://localhost:9000/", "http://[::1]:9000/"])
def test_a_local_run_may_talk_to_itself_and_to_no_other_private_address(settings, url):
    settings.LOCAL = True

    assert endpoint(url).endpoint.url == url
    with pytest.raises(webhooks.WebhookRefused) as refusal:
        endpoint("https://10.0.0.1/")
    assert code(refusal) == "url_private"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"name": " "}, "name_missing"),
        ({"name": "a" * 101}, "too_long"),
        ({"verbs": ["bought", "sneezed"]}, "unknown_verb"),
    ],
)
def test_a_webhook_needs_a_name_and_facts_that_there_are(changes, expected):
    with pytest.raises(webhooks.WebhookRefused) as refusal:
        endpoint(**changes)

    assert code(refusal) == expected


def test_an_endpoint_is_told_once_of_what_it_wants_from_its_first_moment_on():
    ada = customer()
    timeline.record(ada, Verb.BOUGHT)
    readers.number()
    some, everything = endpoint(verbs=["bought"]).endpoint, endpoint().endpoint
    bought, visited = timeline.record(ada, Verb.BOUGHT), timeline.record(ada, Verb.VISITED)

    assert queued_for(some) == [bought]
    assert queued_for(everything) == [bought, visited]
    assert webhooks.queue([bought, visited]) == 0


def test_a_paused_endpoint_is_not_told_of_what_happens_meanwhile():
    ada = customer()
    paused = webhooks.pause(endpoint().endpoint)
    timeline.record(ada, Verb.BOUGHT)
    assert queued_for(paused) == []

    webhooks.resume(paused)
    news = timeline.record(ada, Verb.VISITED)

    assert queued_for(paused) == [news]


def test_resuming_an_endpoint_that_was_switched_off_forgets_its_failures():
    made = endpoint().endpoint
    now = timezone.now()
    Endpoint.objects.update(active=False, disabled_at=now, failures=9, failing_since=now, retry_at=now)

    again = webhooks.resume(made)

    assert (again.active, again.disabled_at, again.failures) == (True, None, 0)
    assert (again.failing_since, again.retry_at) == (None, None)


def test_an_endpoint_may_get_another_address_name_and_facts():
    made = endpoint().endpoint

    changed = webhooks.change(made, url="https://other.example.com/", name="Till", verbs=["visited", "bought"])

    assert (changed.url, changed.name, changed.verbs) == ("https://other.example.com/", "Till", ["bought", "visited"])
    with pytest.raises(webhooks.WebhookRefused):
        webhooks.change(made, url="http://other.example.com/", name="Till")


def test_two_who_change_different_things_of_an_endpoint_undo_nothing():
    made = endpoint(verbs=["bought"]).endpoint

    webhooks.change(made, name="Till")
    changed = webhooks.change(made, verbs=["visited"])

    assert (changed.name, changed.url, changed.verbs) == ("Till", made.url, ["visited"])


def test_a_change_of_an_endpoint_on_top_of_somebody_elses_is_refused():
    made = endpoint().endpoint
    newer = webhooks.change(made, name="Till", seen=made.revision)

    with pytest.raises(webhooks.ChangedMeanwhile):
        webhooks.change(made, name="Warehouse", seen=made.revision)

    assert webhooks.pause(made).revision == newer.revision
    assert webhooks.change(made, name="Shop", seen=newer.revision).name == "Shop"


def test_a_new_secret_leaves_the_old_one_valid_for_a_day():
    first = endpoint()

    second = webhooks.rotate(first.endpoint)

    row = second.endpoint
    assert second.secret != first.secret
    assert signing.unseal(row.secret) == second.secret
    assert signing.unseal(row.previous_secret) == first.secret
    assert row.previous_until > timezone.now()


def test_a_delivery_may_be_sent_again_unless_it_is_being_sent():
    delivery = webhooks.ping(endpoint().endpoint)
    Delivery.objects.update(state="sent", sent_at=timezone.now(), next_at=None, attempts=3)

    again = webhooks.redeliver(delivery)

    assert (again.pk, again.state, again.attempts, again.sent_at) == (delivery.pk, "queued", 0, None)
    Delivery.objects.update(state="leased")
    with pytest.raises(webhooks.WrongState):
        webhooks.redeliver(delivery)


def test_the_database_knows_no_delivery_without_its_time():
    delivery = webhooks.ping(endpoint().endpoint)

    for wrong in ({"next_at": None}, {"state": "sent"}, {"state": "gave_up"}):
        with pytest.raises(IntegrityError, match="delivery_is_due_sent_or_given_up"), transaction.atomic():
            Delivery.objects.filter(pk=delivery.pk).update(**wrong)


def test_a_name_that_points_into_a_private_network_is_not_connected_to(settings, monkeypatch):
    """As after a change of the name's address since it was entered."""
    settings.LOCAL = False
    asked = []

    def resolve(host, port, **options):
        asked.append(host)
        return [(2, 1, 6, "", ("203.0.113.7", port)), (2, 1, 6, "", ("10.0.0.7", port))]

    monkeypatch.setattr(outbound.socket, "getaddrinfo", resolve)
    with outbound.new_session() as session:
        answer = outbound.post(session, "https://hooks.example.com/", b"{}", {})

    assert asked == ["hooks.example.com"]
    assert (answer.status, answer.error) == (None, "private address")
