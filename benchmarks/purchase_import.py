"""Bring whole files of purchases in, beside COPY of the same rows into one bare table: >= 0.15 of its rows per second.

    python -m benchmarks.purchase_import [rounds]

CDNOW and Online Retail, from the folder that MAINSTAY_DATA names or ../shared/data beside the checkout; where they
are absent, made-up rows of the same shape. Each round empties the tables, copies the file's own text into a bare table
with typed columns, and imports it: customers, purchases, lines, facts, profiles, refused rows, returns. The import is
done once more at the end and must find everything there.
"""

import gzip
import os
import random
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.ground import cpu, ground

BAR = 0.15
PIECE = 1 << 20
CDNOW_TOTAL = 250_031_563
BARE = {
    "cdnow_master": "customer text, day date, quantity int, amount numeric",
    "online_retail": "invoice text, product text, name text, quantity numeric, at timestamp, price numeric, "
    "customer text, country text",
}
FILES = {
    "cdnow_master": "cdnow/CDNOW_master.txt.gz",
    "online_retail": "online_retail/online_retail_2010_2011.csv.gz",
}


def data(name: str, folder: Path) -> Path:
    """The real file, or one of its shape."""
    real = Path(os.environ.get("MAINSTAY_DATA", Path(__file__).resolve().parents[2] / "shared" / "data")) / FILES[name]
    if real.exists():
        return real
    path = folder / f"{name}.csv"
    chance = random.Random(11)
    with path.open("w") as file:
        if name == "cdnow_master":
            file.write(" customer_id  date number_of_cds  dollar_value\r\n")
            for row in range(69_659):
                day = f"1997{chance.randint(1, 12):02}{chance.randint(1, 28):02}"
                price = chance.randint(100, 9999)
                file.write(f" {row // 3:05} {day}  {chance.randint(1, 5)}   {price / 100:.2f}\r\n")
        else:
            file.write("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n")
            for row in range(541_909):
                who = "" if row // 21 % 4 == 0 else str(12_000 + row // 21 % 4372)
                product = chance.randint(0, 4000)
                file.write(
                    f"{536365 + row // 21},{20000 + product},PRODUCT NUMBER {product},{chance.randint(1, 24)},"
                    f"2011-{1 + row // 50000:02}-07 08:26:00,{chance.randint(10, 999) / 100},{who},United Kingdom\n"
                )
    return path


def text_of(path: Path, name: str) -> bytes:
    """The file as COPY reads it; blanks between columns become commas first, which counts for neither side."""
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    if name == "cdnow_master":
        raw = b"\n".join(b",".join(line.split()) for line in raw.splitlines())
    return raw


def copy(text: bytes, name: str) -> float:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS bare; CREATE TABLE bare ({BARE[name]})")
        begun = time.perf_counter()
        with cursor.copy("COPY bare FROM STDIN WITH (FORMAT csv, HEADER)") as target:
            for start in range(0, len(text), PIECE):
                target.write(text[start : start + PIECE])
        return time.perf_counter() - begun


def bring_in(path: Path, name: str) -> tuple[float, "ImportRun"]:  # noqa: F821
    from customers.actions.imports import runs, work
    from customers.files.mappings import ready_made
    from customers.models import Source

    source, _made = Source.objects.get_or_create(code=name, defaults={"name": name})
    begun = time.perf_counter()
    run = work.carry_on(runs.start(runs.open_file(source, path, ready_made()[name])))
    return time.perf_counter() - begun, run


def emptied() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET mainstay.may_truncate = on")
        cursor.execute(
            "TRUNCATE customers_customer, customers_source, customers_purchase, customers_line, customers_profile, "
            "customers_fact, customers_badrow, customers_waitingrow RESTART IDENTITY CASCADE"
        )


def measure(name: str, path: Path, rounds: int) -> float:
    text = text_of(path, name)
    ratios, ours, bare, of_cpu = [], [], [], []
    for _round in range(rounds):
        emptied()
        marks = [cpu()]
        limit = copy(text, name)
        marks.append(cpu())
        took, run = bring_in(path, name)
        marks.append(cpu())
        of_cpu.append((marks[1] - marks[0]) / (marks[2] - marks[1]))
        ours.append(took)
        bare.append(limit)
        ratios.append(limit / took)
        totals = run.totals
        assert run.state == "done", run.error
        assert totals["rows"] == totals["accepted"] + sum(totals["refused"].values())
        if path.name == Path(FILES["cdnow_master"]).name:
            assert totals["amounts"] == {"USD": CDNOW_TOTAL}
    again, run = bring_in(path, name)
    assert (run.totals["orders"], run.totals["returns"]) == (0, 0)
    rows, ratio = totals["rows"], statistics.median(ratios)
    took = statistics.median(ours)
    print(
        f"{name}: {rows:,} rows, import {took:.2f} s ({rows / took:,.0f} rows/s), "
        f"COPY {statistics.median(bare):.2f} s, again {again:.2f} s; ratio {ratio:.3f}, bar {BAR}; "
        f"of CPU seconds {statistics.median(of_cpu):.3f}"
    )
    return ratio


def main(rounds: int = 5) -> int:
    with ground(), tempfile.TemporaryDirectory() as folder:
        ratios = [measure(name, data(name, Path(folder)), rounds) for name in FILES]
    print(f"most memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")
    return 0 if min(ratios) >= BAR else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
