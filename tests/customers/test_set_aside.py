"""What a reader could not digest is in the hands of a person."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.actions import readers, set_aside, timeline
from customers.models import SetAside, Verb
from tests.factories.customers import customer


def refuse(facts):
    raise ValueError("no digestion")


def one_set_aside() -> SetAside:
    timeline.record(customer(), Verb.VISITED)
    for _ in range(3):
        readers.catch_up("first", refuse)
        SetAside.objects.filter(next_try_at__isnull=False).update(next_try_at=timezone.now() - timedelta(seconds=1))
    return SetAside.objects.get(set_aside_at__isnull=False)


def heard() -> list[int]:
    facts: list[int] = []
    readers.catch_up("first", lambda batch: facts.extend(fact.pk for fact in batch))
    return facts


def test_a_person_may_let_the_reader_try_again(db):
    row = set_aside.retry(one_set_aside())

    assert (row.tries, row.set_aside_at) == (0, None)
    assert heard() == [row.fact_id]
    row.refresh_from_db()
    assert row.digested_at
    assert heard() == []


def test_a_second_round_of_tries_ends_like_the_first(db):
    row = set_aside.retry(one_set_aside())

    for _ in range(3):
        readers.catch_up("first", refuse)
        SetAside.objects.filter(next_try_at__isnull=False).update(next_try_at=timezone.now())

    row.refresh_from_db()
    assert (row.tries, row.next_try_at) == (3, None)
    assert row.set_aside_at


def test_everything_of_one_reader_may_be_tried_again_at_once(db):
    row = one_set_aside()

    assert set_aside.retry_all("another") == 0
    assert set_aside.retry_all("first") == 1
    assert heard() == [row.fact_id]


def test_a_person_may_dismiss_what_is_set_aside(db, manager):
    row = set_aside.dismiss(one_set_aside(), by=manager)

    assert row.dismissed_at
    assert row.dismissed_by == manager
    assert heard() == []


@pytest.mark.parametrize("wish", ["retry", "dismiss"])
def test_what_is_not_set_aside_can_be_neither_tried_again_nor_dismissed(db, manager, wish):
    row = set_aside.dismiss(one_set_aside(), by=manager)

    with pytest.raises(set_aside.NotSetAside):
        set_aside.retry(row) if wish == "retry" else set_aside.dismiss(row, by=manager)
