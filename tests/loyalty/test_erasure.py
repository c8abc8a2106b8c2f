from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from customers.actions.purchases import PurchaseRefused
from customers.models import Customer
from integrations.actions import replies
from integrations.models import Reply
from loyalty import queries
from loyalty.actions import audit, earning, erasure, points, redemptions
from loyalty.models import Transaction
from loyalty.queries import books
from tests.factories import customers, purchases
from tests.factories.integrations import Caller, codes
from tests.factories.loyalty import buckets, on, programme

pytestmark = pytest.mark.django_db


def test_an_erased_person_keeps_no_points_and_earns_no_more(manager):  # I15
    rules, customer = programme(), customers.customer()
    points.grant(customer, 320, reason="start")
    redemptions.hold(customer, 100)

    erasure.erase(customer, by=manager)
    written = Transaction.objects.count()
    erasure.forfeit(customer, at=on("2036-01-01"))  # as the reader of the timeline does once more

    assert Customer.objects.get(pk=customer.pk).status == "erased"
    assert (buckets(customer), Transaction.objects.count()) == ((0, 0, 0, 0), written)
    assert queries.open_holds(customer).count() == 0
    assert books.overview(rules).forfeited == 320
    outcomes = points.earn_many([points.Points(customer.pk, 10, on("2026-05-01"))])
    assert outcomes[0].refusal.code == "wallet_closed"


def test_kept_replies_about_an_erased_person_are_forgotten_and_their_keys_stay_taken(manager):
    programme()
    shop = Caller()
    wishes = {
        "add": ("/api/v1/customers/", {"number": "C-7", "name": "Grace Hopper", "emails": ["grace@example.com"]}),
        "other": ("/api/v1/customers/", {"number": "C-8", "name": "Ada Byron"}),
        "old": ("/api/v1/customers/", {"number": "C-6", "name": "G. Hopper"}),
        "allow": (
            "/api/v1/customers/C-7/consents/",
            {"channel": "email", "purpose": "offers", "granted": True, "source": "web"},
        ),
        "merge": ("/api/v1/customers/C-7/merge/", {"other": "C-6"}),
        "give": ("/api/v1/customers/C-7/adjustments/", {"points": 50, "reason": "for Grace"}),
        "take": ("/api/v1/customers/C-7/redemptions/", {"points": 5, "reference": "Grace's till", "hold": True}),
    }
    answers = {key: shop.send(*wish, key=key) for key, wish in wishes.items()}
    wishes["pay"] = (f"/api/v1/redemptions/{answers['take'].json()['id']}/capture/", {})
    answers["pay"] = shop.send(*wishes["pay"], key="pay")
    assert {answer.status_code for answer in answers.values()} == {201}

    erasure.erase(Customer.objects.get(number="C-7"), by=manager)

    again = {key: shop.send(*wish, key=key) for key, wish in wishes.items()}
    assert again.pop("other").content == answers["other"].content
    assert {answer.status_code for answer in again.values()} == {410}
    assert {code for answer in again.values() for code in codes(answer)} == {"erased"}
    assert Customer.objects.filter(name__contains="Hopper").count() == 0
    kept = {reply.key: replies.body_of(reply) for reply in Reply.objects.all()}
    assert [key for key, body in kept.items() if "race" in body or "opper" in body or "C-7" in body] == []
    assert Reply.objects.exclude(customer=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_earns_while_they_are_erased_waits_and_nobody_dies_of_a_deadlock(manager):
    rules, someone = programme(), customers.customer()
    points.grant(someone, 100, reason="start")

    def earn(n):
        try:
            earning.record_purchase(purchases.order(someone, 1000), programme=rules)
        except PurchaseRefused as refusal:
            return refusal.error_list[0].code
        finally:
            connection.close()
        return "earned"

    def erase():
        try:
            erasure.erase(someone, by=manager)
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        first = [pool.submit(earn, n) for n in range(4)]
        last = pool.submit(erase)
        second = [pool.submit(earn, n) for n in range(8)]
        last.result(30)
        outcomes = [one.result(30) for one in first + second]

    assert set(outcomes) <= {"earned", "unknown_customer"}
    assert buckets(someone) == (0, 0, 0, 0)
    assert audit.audit().finding_count == 0
