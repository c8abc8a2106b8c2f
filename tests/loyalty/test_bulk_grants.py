"""Points for a segment: whom it reaches, resumed after a crash, undone by reversing."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.urls import reverse

from customers.models import Segment
from loyalty.actions import audit, bulk_grants, clawbacks, merging, points, redemptions, wallets
from loyalty.actions.adjustments import SecondPersonNeeded
from loyalty.actions.bulk_grants import GrantRefused
from loyalty.actions.refusals import ReasonMissing
from loyalty.models import BulkGrant, BulkGrantRow, Transaction
from loyalty.queries.bulk_grants import preview, progress
from tests.factories.customers import customer as make
from tests.factories.loyalty import buckets, programme

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(monkeypatch):
    """Five customers; batches of two, so that there are several."""
    monkeypatch.setattr(bulk_grants, "AT_ONCE", 2)
    monkeypatch.setattr(bulk_grants, "UNDONE_AT_ONCE", 2)
    programme()
    return [make(number=f"C-{n}") for n in range(5)]


def drafted(many=50, **options):
    segment, _new = Segment.objects.get_or_create(name="Everybody", defaults={"conditions": {"groups": []}})
    return bulk_grants.draft(segment, many, reason="Birthday of the shop", **options)


def started(**options):
    return bulk_grants.start(drafted(**options))


def test_a_preview_counts_and_writes_nothing(people):
    seen = preview(drafted())

    assert (seen.count, seen.points, seen.first) == (5, 250, people)
    assert not BulkGrantRow.objects.exists()
    assert not Transaction.objects.exists()


def test_everybody_in_the_segment_gets_them_once(people):
    grant = started()
    make()  # comes too late

    assert bulk_grants.take_turns() == 1
    assert bulk_grants.take_turns() == 0
    bulk_grants.carry_on(grant)

    assert [buckets(one)[1] for one in people] == [50] * 5
    grant.refresh_from_db()
    done = progress(grant)
    assert (grant.state, done.granted, done.total, done.percent) == ("done", 5, 5, 100)
    assert audit.audit().findings == []


def test_a_crash_in_a_batch_leaves_nothing_of_it_and_the_next_turn_goes_on(people, monkeypatch):
    grant = started()
    bulk_grants._batch(grant)
    tell = bulk_grants._tell

    def crash(*arguments):
        raise RuntimeError("the machine is gone")

    monkeypatch.setattr(bulk_grants, "_tell", crash)
    with pytest.raises(RuntimeError):
        bulk_grants.take_turns()
    assert sum(buckets(one)[1] for one in people) == 100
    monkeypatch.setattr(bulk_grants, "_tell", tell)
    bulk_grants.take_turns()

    assert [buckets(one)[1] for one in people] == [50] * 5


def test_what_cannot_be_granted_is_said_and_keeps_out_nobody(people, manager):
    grant = started()
    wallets.freeze(people[0], reason="odd")
    merging.merge(people[1], into=people[2], by=manager)

    bulk_grants.carry_on(grant)

    done = progress(grant)
    assert (done.granted, done.refused, done.codes) == (3, 2, [("gone", 1), ("wallet_frozen", 1)])
    assert buckets(people[2])[1] == 50


def test_undone_it_is_taken_back_by_reversing_whatever_became_of_the_points(people):
    programme(claw_back="unlimited")
    grant = started()
    bulk_grants.carry_on(grant)
    redemptions.redeem(people[0], 30)
    points.grant(people[1], 100, reason="other")
    redemptions.redeem(people[1], 40)
    clawbacks.claw_back(Transaction.objects.get(wallet__customer=people[2]), reason="by hand")
    clawbacks.claw_back(Transaction.objects.get(wallet__customer=people[3]), 20, reason="by hand")

    bulk_grants.undo(grant, reason="wrong segment")
    assert bulk_grants.take_turns() == 1

    assert [buckets(one) for one in people] == [(0, 0, 0, 30), (0, 60, 0, 0), *[(0, 0, 0, 0)] * 3]
    grant.refresh_from_db()
    assert (grant.state, progress(grant).undone, progress(grant).undone_percent) == ("undone", 5, 100)
    assert Transaction.objects.filter(kind="claw_back", reason="wrong segment").count() == 4
    assert audit.audit().findings == []


def test_undone_while_under_way_it_stops(people):
    grant = started()
    bulk_grants._batch(grant)

    bulk_grants.undo(grant, reason="wrong segment")
    bulk_grants.carry_on(grant)

    assert sum(buckets(one)[1] for one in people) == 0
    assert (progress(grant).waiting, progress(grant).undone) == (3, 2)


def test_it_is_started_once_undone_once_and_has_a_reason_and_somebody_to_reach(people, marketer, manager):
    def code(act, *arguments, **options):
        with pytest.raises(GrantRefused) as refusal:
            act(*arguments, **options)
        return refusal.value.code

    grant = drafted()
    assert code(bulk_grants.undo, grant, reason="x") == "not_undoable"
    bulk_grants.start(grant)
    assert code(bulk_grants.start, grant) == "not_startable"
    with pytest.raises(ReasonMissing):
        bulk_grants.undo(grant, reason=" ")
    bulk_grants.undo(grant, reason="x")
    assert code(bulk_grants.undo, grant, reason="x") == "not_undoable"
    nobody = Segment.objects.create(
        name="Nobody", conditions={"groups": [{"conditions": [{"field": "points", "how": "at_least", "values": [9]}]}]}
    )
    assert code(bulk_grants.start, bulk_grants.draft(nobody, 5, reason="x")) == "nobody_chosen"
    with pytest.raises(ReasonMissing):
        bulk_grants.draft(nobody, 5, reason=" ")
    large = drafted(1001, by=marketer)
    with pytest.raises(SecondPersonNeeded):
        bulk_grants.start(large, by=marketer)
    assert bulk_grants.start(large, by=manager).state == "running"


@pytest.mark.django_db(transaction=True)
def test_several_workers_grant_once():
    programme()
    people = [make() for _ in range(40)]
    started()

    def work(_n):
        try:
            bulk_grants.take_turns()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(work, range(8)))

    assert {buckets(one)[1] for one in people} == {50}
    assert BulkGrant.objects.get().state == "done"


# --- the pages


def test_marketing_drafts_looks_starts_and_undoes(marketer_client, people):
    segment = drafted().segment
    BulkGrant.objects.all().delete()
    there = {"segment": segment.pk, "points": 40, "reason": "Birthday"}

    answer = marketer_client.post(reverse("admin:new_bulk_grant"), there, follow=True)
    grant = BulkGrant.objects.get()
    assert "200" in answer.content.decode()
    assert "C-3" in answer.content.decode()
    marketer_client.post(reverse("admin:start_bulk_grant", args=[grant.pk]))
    bulk_grants.take_turns()
    assert "100 %" in marketer_client.get(reverse("admin:bulk_grant_progress", args=[grant.pk])).content.decode()
    marketer_client.post(reverse("admin:undo_bulk_grant", args=[grant.pk]), {"reason": "mistake"})
    bulk_grants.take_turns()

    grant.refresh_from_db()
    assert (grant.state, sum(buckets(one)[1] for one in people)) == ("undone", 0)
    assert "undone" in marketer_client.get(reverse("admin:bulk_grants")).content.decode()


def test_support_sees_grants_and_starts_none(agent_client, intern_client, people):
    grant = drafted()

    assert agent_client.get(reverse("admin:bulk_grant", args=[grant.pk])).status_code == 200
    assert agent_client.post(reverse("admin:start_bulk_grant", args=[grant.pk])).status_code == 403
    assert agent_client.post(reverse("admin:undo_bulk_grant", args=[grant.pk])).status_code == 403
    assert agent_client.get(reverse("admin:new_bulk_grant")).status_code == 403
    assert intern_client.get(reverse("admin:bulk_grants")).status_code == 403


def test_the_list_costs_the_same_for_one_and_three(agent_client, people, django_assert_max_num_queries):
    def queries():
        with django_assert_max_num_queries(40) as seen:
            agent_client.get(reverse("admin:bulk_grants"))
        return len(seen)

    drafted()
    queries()
    one = queries()
    drafted(), drafted()

    assert queries() == one
