"""Requests per second of the API, beside plain Django views in the same server.

    python -m benchmarks.api

gunicorn with two workers on loopback, on a throw-away cluster; eight processes ask it over kept connections: of two,
both often came to the same worker, and the figure was half of what it was a second later. The sides take turns; the
medians of the rounds are compared. Bars: see docs/performance.md.
"""

import http.client
import itertools
import json
import multiprocessing
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

SECONDS = float(os.environ.get("BENCH_SECONDS", "2"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
CUSTOMERS, CLIENTS, MOST = 2_000, 8, 20_000
AT = datetime.now(UTC).isoformat()  # orders of now, whose points are pending

Ask = tuple[str, str, bytes, dict[str, str]]  # method, path, body, headers


def pick(token: str, base: str) -> dict[str, Callable[[int], Ask]]:
    """The sides: each makes its n-th request."""
    auth = {"Authorization": f"Bearer {token}"}
    json_type = {"Content-Type": "application/json"}

    def order(n: int) -> dict[str, Any]:
        lines = [{"quantity": 1, "unit_price": 1000 + n % 900, "product": "tea", "name": "Tea"}]
        return {
            "source": "shop", "number": f"{base}-{n}", "customer": f"C{n % CUSTOMERS + 1}", "at": AT,
            "currency": "EUR", "lines": lines,
        }  # fmt: skip

    def purchase(n: int) -> Ask:
        headers = {**auth, **json_type, "Idempotency-Key": f"{base}-{n}"}
        return "POST", "/api/v1/purchases/", json.dumps(order(n)).encode(), headers

    def batch(n: int) -> Ask:
        headers = {**auth, **json_type, "Idempotency-Key": f"{base}-{n}"}
        content = [order(n * 1000 + place) for place in range(1000)]
        return "POST", "/api/v1/purchases/", json.dumps(content).encode(), headers

    def quote(n: int) -> Ask:
        basket = {"currency": "EUR", "lines": [{"quantity": 2, "unit_price": 1000 + n % 900}]}
        return "POST", "/api/v1/quotes/", json.dumps(basket).encode(), {**auth, **json_type}

    def naive(n: int) -> Ask:
        headers = {**auth, **json_type, "Idempotency-Key": f"{base}-{n}"}
        return "POST", "/peers/naive/", json.dumps(order(n)).encode(), headers

    def earn(n: int) -> Ask:
        wish = {"customer": n % CUSTOMERS + 1, "points": 10 + n % 9, "key": f"{base}-{n}"}
        return "POST", "/peers/earn/", json.dumps(wish).encode(), json_type

    return {
        "select": lambda n: ("GET", f"/peers/points/{n % CUSTOMERS + 1}/", b"", {}),
        "points": lambda n: ("GET", f"/api/v1/customers/C{n % CUSTOMERS + 1}/points/", b"", auth),
        "quote": quote,
        "earn": earn,
        "purchase": purchase,
        "naive": naive,
        "batch": batch,
    }


def client(port: int, side: str, token: str, base: str, seconds: float, most: int, out: Any) -> None:
    """Ask one after the other over one connection; tells the time of each."""
    make = pick(token, base)[side]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    times, end = [], time.perf_counter() + seconds
    for n in itertools.islice(itertools.count(), most):
        method, path, body, headers = make(n)
        begun = time.perf_counter()
        connection.request(method, path, body or None, headers)
        answer = connection.getresponse()
        content = answer.read()
        times.append(time.perf_counter() - begun)
        if answer.status >= 400:
            out.put(RuntimeError(f"{side}: {answer.status} {content[:300]!r}"))
            return
        if time.perf_counter() > end:
            break
    out.put((len(times) / sum(times), times))


def load(port: int, side: str, token: str, *, clients: int = CLIENTS, most: int = MOST) -> tuple[float, list[float]]:
    """Requests a second of all clients together, and the time that each request took."""
    out: Any = multiprocessing.Queue()
    base = f"{side}{time.time_ns():x}"
    workers = [
        multiprocessing.Process(target=client, args=(port, side, token, f"{base}{n}", SECONDS, most, out))
        for n in range(clients)
    ]
    for worker in workers:
        worker.start()
    answers = [out.get(timeout=SECONDS + 120) for _ in workers]
    for worker in workers:
        worker.join()
    for answer in answers:
        if isinstance(answer, Exception):
            raise answer
    return sum(rate for rate, _ in answers), [seconds for _, times in answers for seconds in times]


def prepare() -> str:
    """Customers with wallets, a source, a token without a limit that could be felt. Returns its secret."""
    from django.db import connection

    from benchmarks import api_peers
    from customers.models import Customer, Source
    from integrations.actions import tokens
    from integrations.scopes import Scope
    from loyalty.actions import points
    from people.models import User

    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, [CUSTOMERS])
    with connection.schema_editor() as editor:
        for model in api_peers.MODELS:
            editor.create_model(model)
    for customer in Customer.objects.order_by("pk"):
        points.grant(customer, 100, reason="welcome", key=f"welcome:{customer.pk}")
    Source.objects.create(code="shop", name="Shop", currency="EUR")
    root = User.objects.create(username="bench", is_superuser=True)
    return tokens.create("Bench", scopes=Scope.values, by=root, per_minute=100_000_000).secret


PEOPLE = """
INSERT INTO customers_customer
    (number, name, sort_key, language, zone, country, city, came_from, status, version)
SELECT 'C' || n, 'Name ' || n, 'name ' || n, '', '', '', '', '', 'active', 1 FROM generate_series(1, %s) n
"""


class Bars:
    """Figures with what they must reach."""

    def __init__(self, title: str) -> None:
        self.below = False
        print(title)

    def at_least(self, what: str, figure: float, bar: float) -> None:
        self._print(what, figure, f">= {bar:g}", good=figure >= bar)

    def at_most(self, what: str, figure: float, bar: float) -> None:
        self._print(what, figure, f"<= {bar:g}", good=figure <= bar)

    def _print(self, what: str, figure: float, bar: str, *, good: bool) -> None:
        self.below |= not good
        print(f"  {'ok   ' if good else 'BELOW'} {what}: {figure:.2f} (bar {bar})", flush=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(port: int) -> Iterator[None]:
    command = [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", "2", "--threads", "4", "--max-requests", "0", "benchmarks.api_server:application"]
    environment = os.environ | {"DATABASE_POOL": "8", "LOG_LEVEL": "ERROR"}
    root = Path(__file__).resolve().parent.parent
    server = subprocess.Popen(command, cwd=root, env=environment)
    try:
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", port), 0.2).close()
                break
            except OSError:
                time.sleep(0.2)
        yield
    finally:
        server.terminate()
        server.wait(30)


def measure(port: int, token: str) -> int:
    sides = ["select", "points", "quote", "earn", "purchase", "naive"]
    for side in sides:
        load(port, side, token)  # warm
    rates: dict[str, list[float]] = {side: [] for side in sides}
    quotes: list[float] = []
    for _ in range(ROUNDS):
        for side in sides:
            rate, times = load(port, side, token)
            rates[side].append(rate)
            quotes += times if side == "quote" else []
    middle = {side: statistics.median(values) for side, values in rates.items()}
    single, batches = [], []
    for _ in range(3):
        single.append(load(port, "purchase", token, clients=1)[0])
        batches.append(1000 / statistics.median(load(port, "batch", token, clients=1, most=3)[1]))
    quotes.sort()
    bars = Bars(f"API, requests per second with 2 workers and {CLIENTS} clients; ratios beside the plain views")
    for side, rate in middle.items():
        print(f"  {side:10} {rate:8.0f}/s   {min(rates[side]):.0f} to {max(rates[side]):.0f}")
    bars.at_least("GET points / plain SELECT view", middle["points"] / middle["select"], 0.55)
    bars.at_least("POST purchase / plain earn view", middle["purchase"] / middle["earn"], 0.45)
    bars.at_least("POST purchase / naive ORM earn through DRF", middle["purchase"] / middle["naive"], 1.5)
    bars.at_least("POST quote / plain SELECT view", middle["quote"] / middle["select"], 0.5)
    bars.at_most("POST quote, p50 in ms", 1000 * quotes[len(quotes) // 2], 10)
    bars.at_most("POST quote, p99 in ms", 1000 * quotes[len(quotes) * 99 // 100], 50)
    bars.at_least(
        "purchases in batches of 1,000 / one by one", statistics.median(batches) / statistics.median(single), 20
    )
    return int(bars.below)


def main() -> int:
    where = Path(tempfile.mkdtemp(prefix="mainstay-bench-"))
    os.environ |= {"MAINSTAY_SERVICES": str(where), "DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_POOL": "0"}
    from config.embedded import Services

    services = Services(where, throwaway=True).acquire()
    try:
        services.postgres.create_database("mainstay")
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connections

        call_command("migrate", verbosity=0)
        token = prepare()
        connections.close_all()
        port = free_port()
        with serving(port):
            return measure(port, token)
    finally:
        services.release()


if __name__ == "__main__":
    sys.exit(main())
