"""Two records become one person: all of it or nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from customers.actions import consents, contacts, customers, merging, readers, timeline, traits
from customers.actions.customers import NotActive
from customers.actions.merging import SameCustomer
from customers.models import AccessLog, Bookmark, Customer, Duplicate, Fact, Profile, Verb
from customers.newcomers import Address, Knowledge, Newcomer
from customers.queries.consents import current
from customers.queries.search import find
from tests.factories import purchases
from tests.factories.customers import customer as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def old():
    return customers.add(
        Newcomer(
            number="OLD",
            name="A. Byron",
            emails=("ada@example.com", "old@example.com"),
            phones=("+49301234567",),
            addresses=(Address("Hauptstr. 1", "DE"),),
            traits=(Knowledge("like", "tea"), Knowledge("brand", "Acme")),
            language="en",
            country="DE",
        )
    )


@pytest.fixture
def new():
    return customers.add(
        Newcomer(
            number="NEW",
            name="Ada Byron",
            emails=("new@example.com", "ada@example.com"),
            traits=(Knowledge("like", "tea"),),
        )
    )


def allowed(customer: Customer) -> dict[tuple[str, str], bool]:
    return {(c.channel, c.purpose): c.allowed for c in current(customer) if c.decision}


def decide(customer, channel, granted, days_ago):
    consents.decide(
        customer,
        channel=channel,
        purpose="offers",
        granted=granted,
        source="form",
        at=timezone.now() - timedelta(days=days_ago),
    )


def test_everything_changes_hands_once(old, new, agent):
    purchases.purchase(old, 1000)
    purchases.purchase(old, 500)
    purchases.purchase(new, 250)
    facts = old.timeline.count() + new.timeline.count()

    survivor = merging.merge(old, into=new, by=agent)

    old.refresh_from_db()
    assert (old.status, old.merged_into, survivor.status) == ("merged", new, "active")
    assert survivor.purchases.count() == 3
    assert sorted(survivor.email_addresses.values_list("address", "primary")) == [
        ("ada@example.com", False),
        ("new@example.com", True),
        ("old@example.com", False),
    ]
    assert survivor.phones.get().primary
    assert survivor.postal_addresses.get().primary
    assert sorted(survivor.traits.values_list("value", flat=True)) == ["Acme", "tea"]
    assert survivor.timeline.count() == facts + 1
    assert survivor.timeline.get(verb=Verb.MERGED).about == {"record": old.pk}
    left = [old.purchases, old.timeline, old.email_addresses, old.phones, old.postal_addresses, old.traits]
    assert [rows.count() for rows in left] == [0] * 6
    profile = Profile.objects.get(customer__in=[old, new])
    assert (profile.customer, profile.purchases, profile.gross) == (new, 3, 1750)
    assert set(AccessLog.objects.filter(what="merged").values_list("customer", "by")) == {
        (old.pk, agent.pk),
        (new.pk, agent.pk),
    }


def test_the_survivors_details_stand_and_its_blanks_are_filled(old, new):
    survivor = merging.merge(old, into=new)

    assert (survivor.name, survivor.sort_key, survivor.language, survivor.country) == (
        "Ada Byron", "ada byron", "en", "DE",
    )  # fmt: skip


def test_the_preview_says_what_the_merge_does(old, new):
    purchases.purchase(old, 1000)
    decide(old, "email", False, 1)

    preview = merging.preview(old, new)

    assert preview.moving == {
        "purchases": 1,
        "facts": 3,
        "e-mail addresses": 1,
        "phones": 1,
        "postal addresses": 1,
        "traits": 1,
        "consent decisions": 1,
    }
    assert [(d.name, d.kept, d.dropped) for d in preview.conflicts] == [("name", "Ada Byron", "A. Byron")]
    assert [(c.channel, c.purpose, will_be) for c, will_be in preview.consents] == [("email", "offers", False)]
    assert Customer.objects.filter(status="merged").count() == 0


def test_the_stricter_consent_holds_whichever_is_later(old, new):
    decide(old, "email", False, 9)
    decide(new, "email", True, 1)
    decide(old, "sms", True, 1)
    decide(new, "sms", False, 9)
    decide(old, "post", True, 1)

    survivor = merging.merge(old, into=new)

    assert allowed(survivor) == {("email", "offers"): False, ("sms", "offers"): False, ("post", "offers"): True}
    assert survivor.consent_decisions.filter(source="merge").count() == 2
    assert survivor.consent_decisions.count() == 7


def test_the_old_number_finds_the_survivor_through_any_chain(old, new):
    last = make(number="LAST")

    merging.merge(old, into=new)
    merging.merge(new, into=last)

    old.refresh_from_db()
    assert old.merged_into == last
    assert [hit.customer for hit in find("OLD")] == [hit.customer for hit in find("NEW")] == [last]
    assert customers.ensure_many([Newcomer(number="OLD")]) == {"OLD": last}


def test_merging_into_itself_or_with_one_merged_before_is_refused(old, new):
    with pytest.raises(SameCustomer):
        merging.merge(old, into=old)
    merging.merge(old, into=new)
    with pytest.raises(NotActive):
        merging.merge(old, into=make())
    with pytest.raises(NotActive):
        merging.merge(make(), into=old)
    old.refresh_from_db()
    with pytest.raises(NotActive):
        merging.preview(old, make())


def test_a_merge_that_fails_at_its_end_leaves_all_as_it_was(old, new, monkeypatch):
    purchases.purchase(old, 1000)

    def fail(*args, **kwargs):
        raise RuntimeError("the power went")

    monkeypatch.setattr(timeline, "record", fail)
    with pytest.raises(RuntimeError):
        merging.merge(old, into=new)

    old.refresh_from_db()
    assert (old.status, old.purchases.count(), old.email_addresses.count()) == ("active", 1, 2)
    assert Profile.objects.count() == 2


def test_a_suggestion_to_merge_is_gone_afterwards(old, new):
    first, second = sorted([old, new], key=lambda customer: customer.pk)
    Duplicate.objects.create(first=first, second=second, reasons=["email"])

    merging.merge(old, into=new)

    assert not Duplicate.objects.exists()


def test_facts_that_a_lane_has_not_read_are_heard_after_they_have_moved(old, new):
    heard = []
    lanes = abs(new.pk - old.pk) + 1  # so that the two are in different ones
    Bookmark.objects.bulk_create(
        Bookmark(reader="points", lanes=lanes, lane=lane, position=9) for lane in range(lanes)
    )
    Bookmark.objects.filter(lane=old.pk % lanes).update(position=0)
    fact = old.timeline.get()
    Fact.objects.filter(pk=fact.pk).update(position=7)

    merging.merge(old, into=new)
    readers.catch_up("points", lambda facts: heard.extend(facts), lanes=lanes)

    assert heard.count(fact) == 1


@pytest.mark.django_db(transaction=True)
def test_merging_both_ways_at_once_merges_once():
    one, other = make(number="ONE"), make(number="OTHER")

    def merge(pair):
        try:
            return merging.merge(pair[0], into=pair[1])
        except NotActive:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        done = [survivor for survivor in pool.map(merge, [(one, other), (other, one)] * 2) if survivor]

    assert len(done) == 1
    assert sorted(Customer.objects.values_list("status", flat=True)) == ["active", "merged"]


@pytest.mark.django_db(transaction=True)
def test_a_purchase_recorded_during_the_merge_ends_up_with_the_survivor():
    old, new = make(number="OLD"), make(number="NEW")
    orders = [purchases.order(old, 1000) for _ in range(12)]

    def buy(order):
        try:
            return purchases.purchases.record(order)
        finally:
            connection.close()

    def merge(_order):
        try:
            return merging.merge(old, into=new)
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        waiting = [pool.submit(buy if n != 4 else merge, order) for n, order in enumerate(orders)]
        for one in waiting:
            one.result()

    assert old.purchases.count() == old.timeline.count() == 0
    assert new.purchases.count() == 11
    assert Profile.objects.get(customer=new).purchases == 11


def test_contacts_of_a_merged_customer_are_refused(old, new):
    merging.merge(old, into=new)

    with pytest.raises(NotActive):
        contacts.add_email(old, "late@example.com")
    with pytest.raises(NotActive):
        traits.learn(old, [Knowledge("like", "rain")], came_from="web")
