"""The data dictionary: ``manage.py data_dictionary`` prints what every figure and every column means, as Markdown."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from insights.analyst import SCHEMA, VIEWS
from insights.definitions import DEFINITIONS

TOP = """# Data dictionary

Written by `manage.py data_dictionary` from the definitions that pages, API and files print; do not edit it.
"""


class Command(BaseCommand):
    help = "Print the data dictionary as Markdown."

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            self.stdout.write("\n".join(lines()))


def lines() -> Iterator[str]:
    yield TOP
    yield "## Figures\n"
    for one in DEFINITIONS.values():
        yield f"### {one.title} (`{one.key}`)\n"
        yield f"{one.meaning}\n"
        yield f"- Numerator: {one.numerator}. Of: {one.denominator}."
        yield f"- Window: {one.window}"
        if one.edges:
            yield f"- Mind: {one.edges}"
        groups = f" By {', '.join(one.by)}." if one.by else ""
        yield f"- Unit: {one.unit}. Version {one.version}.{groups}\n"
    yield f"## Views of the schema `{SCHEMA}`, and files\n"
    for view in VIEWS:
        yield f"### `{view.name}`\n"
        yield f"{view.meaning}\n"
        yield "| column | meaning |\n|---|---|"
        for name, meaning in view.columns.items():
            yield f"| `{name}` | {meaning} |"
        yield ""
