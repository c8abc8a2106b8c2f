"""Kinds of files that apps above bring in by the same import centre.

Such an app says in its AppConfig, under ``import_kinds``, by what their rows are read, what writes a batch of them,
and which permission that takes.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.apps import apps
from django.utils.module_loading import import_string


class FileKind(NamedTuple):
    reader: Callable[..., Any]
    bring_in: Callable[..., Any]
    permission: str


def _said() -> dict[str, tuple[str, str, str]]:
    return {
        kind: said
        for config in apps.get_app_configs()
        for kind, said in getattr(config, "import_kinds", {}).items()
    }  # fmt: skip


def of_apps_above(kind: str) -> FileKind:
    reader, bring_in, permission = _said()[kind]
    return FileKind(import_string(reader), import_string(bring_in), permission)


def permission_of(kind: str) -> str | None:
    """What bringing such a file in takes beyond the permission to import; None where nothing."""
    return _said()[kind][2] if kind in _said() else None
