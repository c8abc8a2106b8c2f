"""What the ledger's benchmarks share: the minimal SQL that is the limit, the naive ledger, workers to drive ours."""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

PEOPLE = 20_000
EARLIER = 10  # earnings of each

# Limit A: the least that one earn can be, a movement with its balance after and its key, and the balance itself.
MINIMAL = f"""
CREATE TABLE minimal_wallet (id bigint PRIMARY KEY, balance bigint NOT NULL, sequence bigint NOT NULL)
    WITH (fillfactor = 70);
CREATE TABLE minimal_movement (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, wallet_id bigint NOT NULL, sequence bigint NOT NULL,
    source text NOT NULL, target text NOT NULL, points bigint NOT NULL, balance_after bigint NOT NULL,
    key text NOT NULL UNIQUE, at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO minimal_wallet SELECT n, 0, 0 FROM generate_series(1, {PEOPLE}) n;
"""
LIMIT_A = f"""
\\set wallet random(1, {PEOPLE})
\\set key random(1, 1000000000000000)
WITH w AS (
    UPDATE minimal_wallet SET balance = balance + 10, sequence = sequence + 1 WHERE id = :wallet
    RETURNING id, balance, sequence
) INSERT INTO minimal_movement (wallet_id, sequence, source, target, points, balance_after, key)
SELECT id, sequence, 'issued', 'available', 10, balance, :key FROM w;
"""

# A ledger as one writes it first: three tables, a lock, some objects, save.
NAIVE = f"""
CREATE TABLE naive_wallet (id bigserial PRIMARY KEY, balance bigint NOT NULL);
CREATE TABLE naive_transaction (
    id bigserial PRIMARY KEY, key varchar(100) NOT NULL UNIQUE, reason varchar(100) NOT NULL, at timestamptz NOT NULL);
CREATE TABLE naive_entry (
    id bigserial PRIMARY KEY,
    transaction_id bigint NOT NULL REFERENCES naive_transaction DEFERRABLE INITIALLY DEFERRED,
    wallet_id bigint REFERENCES naive_wallet DEFERRABLE INITIALLY DEFERRED, points bigint NOT NULL);
CREATE INDEX ON naive_entry (transaction_id);
CREATE INDEX ON naive_entry (wallet_id);
INSERT INTO naive_wallet (balance) SELECT 0 FROM generate_series(1, {PEOPLE});
"""


def prepare() -> None:
    """The limit's and the naive tables, customers with wallets; everything analysed."""
    from django.db import connection
    from django.utils import timezone

    from benchmarks.ground import customers
    from loyalty.actions import points

    with connection.cursor() as cursor:
        cursor.execute(MINIMAL)
        cursor.execute(NAIVE)
    at = timezone.now()
    people = customers(PEOPLE)
    for _ in range(EARLIER):
        points.earn_many([points.Points(pk, 100, at) for pk in people])
    analyse()


def analyse() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


class Worker:
    """A process of its own that does one thing over and over when told, and counts."""

    def __init__(self, module: str = "benchmarks.ledger_ground", settings: Mapping[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | (settings or {}),
            text=True,
        )

    def begin(self, work: str, seconds: float) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{work} {seconds}\n")
        self.process.stdin.flush()

    def end(self) -> dict[str, float]:
        assert self.process.stdout
        return dict(json.loads(self.process.stdout.readline()))

    def stop(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(30)


def together(workers: list[Worker], work: str, seconds: float) -> dict[str, float]:
    """Done a second by all of them at once, and the CPU that one costs in microseconds, client and server."""
    for worker in workers:
        worker.begin(work, seconds)
    answers = [worker.end() for worker in workers]
    done = sum(answer["done"] for answer in answers)
    return {
        "rate": sum(answer["done"] / answer["wall"] for answer in answers),
        "client": 1e6 * sum(answer["client"] for answer in answers) / done,
        "server": 1e6 * sum(answer["server"] for answer in answers) / done,
    }


def naive_models() -> tuple[Any, Any, Any]:
    from django.db import models

    def made(name: str, **fields: Any) -> Any:
        meta = type("Meta", (), {"app_label": "loyalty", "managed": False, "db_table": f"naive_{name.lower()}"})
        body = fields | {"__module__": __name__, "Meta": meta, "id": models.BigAutoField(primary_key=True)}
        return type(f"Naive{name}", (models.Model,), body)

    wallet = made("Wallet", balance=models.BigIntegerField())
    header = made(
        "Transaction",
        key=models.CharField(max_length=100, unique=True),
        reason=models.CharField(max_length=100),
        at=models.DateTimeField(),
    )
    entry = made(
        "Entry",
        transaction=models.ForeignKey(header, models.PROTECT),
        wallet=models.ForeignKey(wallet, models.PROTECT, null=True),
        points=models.BigIntegerField(),
    )
    return wallet, header, entry


def works() -> dict[str, Callable[[], int]]:
    """What a worker can do; each returns how many it has done."""
    from django.db import transaction
    from django.utils import timezone

    from customers.models import Customer
    from loyalty.actions import points, posting
    from loyalty.models import Programme

    people = list(Customer.objects.order_by("pk")[:PEOPLE])
    mine = f"{os.getpid():x}"
    wallet, header, entry = naive_models()
    apart = Programme.objects.get_or_create(
        code=f"p{mine}", defaults={"name": mine, "currency": "EUR", "zone": "UTC", "main": False}
    )[0]

    def key() -> str:
        return f"{time.time_ns():x}-{mine}"

    def earn() -> int:
        points.earn(random.choice(people), 10, key=key())
        return 1

    def earn_100() -> int:
        at = timezone.now()
        start = key()
        points.earn_many([points.Points(random.choice(people).pk, 10, at, key=f"{start}-{n}") for n in range(100)])
        return 100

    @cache
    def opened() -> None:
        posting.open_wallets(apart, [person.pk for person in people])

    def earn_apart() -> int:
        opened()
        points.earn(random.choice(people), 10, key=key(), programme=apart)
        return 1

    @transaction.atomic
    def naive() -> int:
        locked = wallet.objects.select_for_update().get(pk=random.randint(1, PEOPLE))
        made = header.objects.create(key=key(), reason="order", at=timezone.now())
        entry.objects.create(transaction=made, wallet=locked, points=10)
        entry.objects.create(transaction=made, wallet=None, points=-10)
        locked.balance += 10
        locked.save()
        return 1

    return {"earn": earn, "earn_100": earn_100, "earn_apart": earn_apart, "naive": naive}


def serve(works: Callable[[], dict[str, Callable[[], int]]]) -> None:
    import django

    django.setup()
    from django.db import connection

    connection.ensure_connection()
    backend = connection.connection.info.backend_pid
    known = works()
    for line in sys.stdin:
        work, seconds = line.split()
        doing = known[work]
        for _ in range(8):
            doing()  # statements are prepared and planned
        server, client, begun = _cpu(backend), time.process_time(), time.perf_counter()
        done = 0
        while time.perf_counter() < begun + float(seconds):
            done += doing()
        answer = {"done": done, "wall": time.perf_counter() - begun, "client": time.process_time() - client}
        print(json.dumps(answer | {"server": _cpu(backend) - server}), flush=True)


def _cpu(pid: int) -> float:
    """Seconds of processor that a process has used."""
    try:
        with open(f"/proc/{pid}/schedstat") as file:
            return int(file.read().split()[0]) / 1e9
    except OSError:
        return 0.0


if __name__ == "__main__" and not sys.stdin.isatty():
    serve(works)
