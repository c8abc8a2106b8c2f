"""Files and views for analysis: everything that is needed, and nobody's name."""

import csv
import gzip
import hashlib
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from psycopg.errors import InsufficientPrivilege

from customers.models import Profile
from insights.actions import exports
from insights.actions.refusals import InsightRefused
from insights.analyst import VIEWS
from tests.factories.customers import customer
from tests.factories.insights import bought, follow
from tests.insights.test_parquet import read

pytestmark = pytest.mark.django_db


def rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_files_have_what_their_manifest_says_and_nobodys_name(tmp_path):
    kim = customer(name="Kim Secret", email="kim@example.com", number="SECRET-1")
    bought(kim, "2026-03-02", 1200)
    follow()
    said = StringIO()
    call_command("export_figures", tmp_path, stdout=said)

    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert [file["file"] for file in manifest["files"]] == [f"{view.name}.csv.gz" for view in VIEWS]
    for file, view in zip(manifest["files"], VIEWS, strict=True):
        path = tmp_path / file["file"]
        assert hashlib.sha256(path.read_bytes()).hexdigest() == file["sha256"]
        found = rows(path)
        assert len(found) == file["rows"]
        header = gzip.decompress(path.read_bytes()).decode().splitlines()[0].split(",")
        assert header == list(view.columns)
        assert b"ecret" not in gzip.decompress(path.read_bytes()).lower()
    assert rows(tmp_path / "purchases.csv.gz")[0]["goods"] == "1200"
    assert manifest["definitions"]["retention"]["version"] == 1
    assert "purchases.csv.gz" in said.getvalue()


def test_days_are_those_of_the_business(tmp_path):
    late = customer()
    bought(late, "2026-03-02")
    Profile.objects.filter(pk=late.pk).update(last_purchase_at=datetime(2026, 3, 2, 23, 30, tzinfo=UTC))
    exports.export(tmp_path, names=["customers"])
    (row,) = rows(tmp_path / "customers.csv.gz")
    assert (row["first_purchase"], row["last_purchase"]) == ("2026-03-02", "2026-03-03")


def test_one_view_is_enough_and_an_unknown_one_is_refused(tmp_path):
    assert [file["file"] for file in exports.export(tmp_path, names=["months"])["files"]] == ["months.csv.gz"]
    with pytest.raises(CommandError, match="no view"):
        call_command("export_figures", tmp_path, "--only", "names")


def test_parquet_has_the_types_of_the_columns(tmp_path):
    kim = customer()
    bought(kim, "2026-03-02", 1200)
    follow()
    manifest = exports.export(tmp_path, form="parquet")
    for file, view in zip(manifest["files"], VIEWS, strict=True):
        names, found = read((tmp_path / file["file"]).read_bytes())
        assert (names, len(found)) == (list(view.columns), file["rows"]), view.name
    _names, months = read((tmp_path / "months.parquet").read_bytes())
    assert months == [[kim.pk, date(2026, 3, 1), "EUR", "", 1, 1, 1200, 0]]
    _names, lines = read((tmp_path / "lines.parquet").read_bytes())
    assert lines[0][5] == Decimal(1)
    with pytest.raises(InsightRefused, match="no form"):
        exports.export(tmp_path, form="xlsx")


def test_a_role_reads_the_views_and_nothing_else():
    customer(name="Kim Secret")
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE test_analyst")
        said = StringIO()
        call_command("analyst_views", "--role", "test_analyst", stdout=said)
        assert said.getvalue().startswith(f"{len(VIEWS)} views")
        exports.open_views("test_analyst")
        cursor.execute("SET LOCAL ROLE test_analyst")
        for view in VIEWS:
            cursor.execute(f"SELECT * FROM analyst.{view.name}")
            assert [column.name for column in cursor.description] == list(view.columns)
        with pytest.raises(Exception, match="permission denied") as refused, transaction.atomic():
            cursor.execute("SELECT name FROM customers_customer")
        assert isinstance(refused.value.__cause__, InsufficientPrivilege)
        cursor.execute("RESET ROLE")
        call_command("analyst_views", "--drop", stdout=said)
        cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname = 'analyst'")
        assert cursor.fetchone() == (0,)


def test_a_second_role_takes_nothing_from_the_first_until_the_views_are_taken_away():
    with connection.cursor() as cursor:
        cursor.execute('CREATE ROLE test_analyst; CREATE ROLE "Another one"')
        exports.open_views("test_analyst")
        cursor.execute('GRANT USAGE ON SCHEMA analyst TO "Another one"')
        cursor.execute("CREATE ROLE test_second")
        exports.open_views("test_second")
        for role in ("test_analyst", "test_second", '"Another one"'):
            cursor.execute(f"SET LOCAL ROLE {role}")
            cursor.execute("SELECT count(*) FROM analyst.customers")
            cursor.execute("RESET ROLE")
        exports.close_views()
        exports.open_views("test_second")
        cursor.execute("SELECT has_schema_privilege('test_analyst', 'analyst', 'USAGE')")
        assert cursor.fetchone() == (False,)


@pytest.mark.parametrize("role", ["no_such_role", "a; DROP TABLE x", ""])
def test_a_role_that_is_none_is_refused(role):
    with pytest.raises(InsightRefused) as refusal:
        exports.open_views(role)
    assert refusal.value.code == "role_name"
    with pytest.raises(CommandError):
        call_command("analyst_views", "--role", role)


def test_the_dictionary_in_the_documentation_is_the_one_of_the_definitions():
    said = StringIO()
    call_command("data_dictionary", stdout=said)
    kept = Path(__file__).resolve().parents[2] / "docs" / "dictionary.md"
    assert kept.read_text() == said.getvalue().rstrip("\n") + "\n"
