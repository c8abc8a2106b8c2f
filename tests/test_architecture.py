"""The order of the house, checked on every run and not only in CI."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests import upgrades

ROOT = Path(__file__).resolve().parent.parent
APPS = [
    "calendars",
    "people",
    "customers",
    "integrations",
    "loyalty",
    "communications",
    "feedback",
    "advisory",
    "insights",
]
UNWANTED = {"utils", "util", "common", "services", "managers", "helpers", "signals", "misc", "base"}


def sources() -> list[Path]:
    folders = [ROOT / app for app in [*APPS, "config"] if (ROOT / app).exists()]
    return [path for folder in folders for path in sorted(folder.rglob("*.py")) if "migrations" not in path.parts]


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", (node.end_lineno or 0) - node.lineno + 1


def test_apps_import_only_from_below():
    linter = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stdout


def test_every_file_is_named_by_what_it_holds():
    assert [path for path in sources() if path.stem in UNWANTED] == []


def test_no_file_outgrows_its_name():
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in sources()}

    assert {name: length for name, length in lengths.items() if length > 350} == {}


def test_no_function_is_longer_than_a_screen():
    assert [name for path in sources() for name, length in functions(path) if length > 50] == []


def test_nothing_happens_by_model_signals():
    uses = re.compile(r"django\.db\.models\.signals|django\.dispatch|post_save|pre_save|post_delete")

    assert [path for path in sources() if uses.search(path.read_text())] == []


def test_every_action_file_has_tests_of_the_same_name():
    untested = [
        f"{app}/actions/{path.name}"
        for app in APPS
        for path in (ROOT / app / "actions").glob("[a-z]*.py")
        if not list((ROOT / "tests" / app).rglob(f"test_{path.stem}*.py"))
    ]

    assert untested == []


def test_migrations_let_the_release_before_go_on():
    assert upgrades.refused() == []
