"""Statements that are asked in PostgreSQL's own texts, so that nothing has to be adapted: the few that every purchase
of another system runs.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from config import prepared


class Statement:
    """SQL with named parameters, turned once into the server's own placeholders: in the order of ``names``, then in
    which they come.
    """

    def __init__(self, sql: str, names: Sequence[str] = ()) -> None:
        self.names = list(names)
        self.sql = re.sub(r"%\((\w+)\)s", self._place, sql).encode()

    def ask(self, values: Mapping[str, Any], *, keep: bool = True) -> list[list[bytes | None]]:
        """Run it with numbers, texts, times, and arrays written by ``array``. What it answers are texts as well."""
        return prepared.texts(self.sql, [_text(values[name]) for name in self.names], keep=keep)

    def _place(self, match: re.Match[str]) -> str:
        if match[1] not in self.names:
            self.names.append(match[1])
        return f"${self.names.index(match[1]) + 1}"


def _text(value: Any) -> str | None:
    if value is None or type(value) is str:
        return value
    return value.isoformat() if isinstance(value, datetime) else str(value)


def array(values: Sequence[Any]) -> str:
    """PostgreSQL's text of an array. Of one type whatever is in it, so that the prepared statement stays the same."""
    many = len(values)
    if values and values.count(values[0]) == many:  # most columns say the same in every row
        return "{" + ",".join([_element(values[0])] * many) + "}"
    kinds = set(map(type, values))
    if kinds == {int}:
        return "{" + ",".join(map(str, values)) + "}"
    if kinds == {str}:
        inside = '","'.join(values)
        if inside.count('"') == 2 * many - 2 and "\\" not in inside:  # nothing to escape
            return '{"' + inside + '"}'
    texts = {value: _element(value) for value in set(values)}
    return "{" + ",".join([texts[value] for value in values]) + "}"


def _element(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value)
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
