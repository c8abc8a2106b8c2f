"""Importer, loyalty's reader and PostgreSQL are killed in mid-import: the ledger ends as if nothing had happened."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from config.embedded import Services
from customers.actions import readers
from customers.actions.imports import runs, turns, work
from customers.models import Fact, ImportRun, SetAside
from loyalty.actions import earning, programmes
from tests.customers.test_import_crashes import (
    REPOSITORY,
    copy_database,
    kill_server,
    psql,
    start_child,
    wait_for_rows,
)
from tests.factories.imports import mapping, run_of, written
from tests.factories.loyalty import programme

pytestmark = pytest.mark.django_db(transaction=True)
ORDERS, BATCH_ROWS, FACTS = 200, 30, 20

# What is in the books, without the ids and times that differ from run to run.
BOOKS = {
    "purchases": """
        SELECT p.number, c.number, p.at, p.goods, p.returned, p.status, p.fingerprint
        FROM customers_purchase p JOIN customers_customer c ON c.id = p.customer_id""",
    "facts": """
        SELECT c.number, f.verb, f.about - 'purchase' - 'return' - 'transaction'
        FROM customers_fact f JOIN customers_customer c ON c.id = f.customer_id""",
    "profiles": """
        SELECT c.number, f.purchases, f.gross, f.returned, f.points_pending, f.points_available, f.points_debt
        FROM customers_profile f JOIN customers_customer c ON c.id = f.customer_id""",
    "wallets": """
        SELECT c.number, w.pending, w.available, w.held, w.debt, w.sequence
        FROM loyalty_wallet w JOIN customers_customer c ON c.id = w.customer_id""",
    "lots": """
        SELECT c.number, l.granted, l.earned_at, l.activates_at, l.expires_at, l.pending, l.available
        FROM loyalty_lot l JOIN loyalty_wallet w ON w.id = l.wallet_id
        JOIN customers_customer c ON c.id = w.customer_id""",
    "statements": """
        SELECT c.number, x.sequence, x.kind, x.reference, x.effective_at, x.pending_after, x.available_after,
            x.debt_after, x.meta
        FROM loyalty_transaction x JOIN loyalty_wallet w ON w.id = x.wallet_id
        JOIN customers_customer c ON c.id = w.customer_id""",
    "transfers": "SELECT source, target, sum(points), count(*) FROM loyalty_transfer GROUP BY source, target",
}


@pytest.fixture
def run(tmp_path: Path) -> ImportRun:
    """Orders of two rows; every tenth has one at the end of the file; every third has a part returned."""
    programme(expiry_months=12)
    rows = [f"{n},{n % 40},2026-03-0{1 + n % 9},tea,2,{n % 7}.99" for n in range(ORDERS)]
    rows += [f"{n},{n % 40},2026-03-0{1 + n % 9},pot,1,30" for n in range(ORDERS) if n % 10]
    rows.sort(key=lambda row: int(row.split(",")[0]))
    rows += [f"{n},{n % 40},2026-03-0{1 + n % 9},cup,1,3" for n in range(0, ORDERS, 10)]
    rows += [f"C{n},{n % 40},2026-03-12,pot,-1,30" for n in range(1, ORDERS, 3) if n % 10]
    return runs.start(run_of(written(tmp_path, *rows), mapping(returns_start="C")))


@contextmanager
def pointed_at(host: str, database: str) -> Iterator[None]:
    mine = {name: connection.settings_dict[name] for name in ("HOST", "NAME")}
    connection.close()
    connection.settings_dict |= {"HOST": host, "NAME": database}
    programmes.forget()
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict |= mine
        programmes.forget()


def start_reader(host: str, database: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.loyalty.reader_child", host, database, str(FACTS)]
    return subprocess.Popen(
        command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=os.environ
    )


def kill(child: subprocess.Popen[str]) -> None:
    child.send_signal(signal.SIGKILL)
    child.wait(20)
    assert child.stdout is not None
    child.stdout.close()


def books() -> dict[str, list[Any]]:
    answer = {}
    with connection.cursor() as cursor:
        for name, sql in BOOKS.items():
            cursor.execute(sql)
            answer[name] = sorted(cursor.fetchall(), key=str)
    return answer


def finish(run: ImportRun) -> None:
    while ImportRun.objects.get(pk=run.pk).under_way:
        turns.take()
    readers.catch_up("loyalty", earning.react, verbs=earning.VERBS)


def assert_proven() -> None:
    for options in (["--seal"], []):
        said = StringIO()
        call_command("audit_ledger", *options, stdout=said)
        assert "The ledger is clean." in said.getvalue()


def test_an_import_with_its_points_survives_every_kill(run):
    other = Services(Path(tempfile.mkdtemp(prefix="mainstay-killed-")), throwaway=True, valkey=False).acquire()
    host = other.database["HOST"]
    there = {"host": host, "database": "killed"}
    try:
        other.postgres.create_database("killed")
        copy_database(dict(connection.settings_dict), host, "killed")
        # What was committed has to be there after the crash, as it is in production.
        psql(host, "killed", b"ALTER DATABASE killed SET synchronous_commit = on")
        importer, reader = start_child(run, **there, batch_rows=BATCH_ROWS), start_reader(**there)
        wait_for_rows(importer, 100)
        kill(importer)
        wait_for_rows(reader, 40)  # the batch is written and not committed
        kill(reader)
        importer, reader = start_child(run, **there, batch_rows=BATCH_ROWS), start_reader(**there)
        wait_for_rows(importer, 250)
        wait_for_rows(reader, 70)
        kill_server(other)
        for child in (importer, reader):
            kill(child)
        other.postgres.start()
        with pointed_at(host, "killed"):
            halfway = ImportRun.objects.get(pk=run.pk)
            assert halfway.under_way
            assert halfway.done_rows >= 250
            finish(run)
            disturbed = books()
            assert_proven()
            assert not SetAside.objects.exists()
    finally:
        other.release()

    work.carry_on(run, batch_rows=BATCH_ROWS)
    finish(run)
    assert books() == disturbed
    assert_proven()
    assert len(disturbed["purchases"]) == ORDERS
    verbs = {row[1] for row in disturbed["facts"]}
    assert verbs == {"added", "bought", "returned", "points_granted", "points_clawed_back"}
    assert Fact.objects.filter(position=None).count() == 0
