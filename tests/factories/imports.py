"""Files for tests, and bringing them in."""

import os
from pathlib import Path

import pytest

from customers.actions.imports import runs, work
from customers.files.mappings import Mapping, ready_made
from customers.models import ImportRun, Source

DATA = Path(__file__).resolve().parent.parent / "data"
COLUMNS = {"number": "order", "customer": "customer", "at": "date", "product": "product", "quantity": "qty"}


def large(name: str) -> Path:
    """A file of the large data sets; the test is skipped where nobody asks for them, or it is not there."""
    if "MAINSTAY_DATA" not in os.environ:
        pytest.skip("reads a large file: name the folder of the public data sets in MAINSTAY_DATA")
    path = Path(os.environ["MAINSTAY_DATA"]) / name
    if not path.exists():
        pytest.skip(f"there is no {path}")
    return path


def mapping(**changes) -> Mapping:
    """How ``written`` files are read."""
    usual = {"columns": COLUMNS | {"unit_price": "price"}, "currency": "EUR", "name": "shop"}
    return Mapping(**usual | changes)


def written(folder: Path, *rows: str, header: str = "order,customer,date,product,qty,price") -> Path:
    path = folder / "purchases.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def run_of(path: Path, how: Mapping | str, **fields) -> ImportRun:
    """A run with its mapping confirmed."""
    how = ready_made()[how] if isinstance(how, str) else how
    source, _made = Source.objects.get_or_create(code=how.name, defaults={"name": how.name})
    return runs.open_file(source, path, how, **fields)


def brought_in(path: Path, how: Mapping | str, *, batch_rows: int = 7, **fields) -> ImportRun:
    """A run that has come to its end, in batches small enough to have several."""
    return work.carry_on(runs.start(run_of(path, how, **fields)), batch_rows=batch_rows)


def checked(path: Path, how: Mapping | str, **fields) -> ImportRun:
    """A run after its dry run."""
    return work.carry_on(runs.check(run_of(path, how, **fields)), batch_rows=7)
