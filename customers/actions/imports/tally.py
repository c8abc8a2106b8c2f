"""What a run has come to so far, kept with the run as JSON."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

COUNTS = (
    *("rows", "accepted", "orders", "known", "lines", "customers", "facts", "returns", "known_returns", "waiting"),
    *("cases", "open", "reopened", "pauses"),
)
BY_NAME = ("amounts", "known_amounts", "returned", "refused", "judged")


@dataclass
class Tally:
    """``rows`` of the file; every one of them ends as ``accepted`` or ``refused``, those ``waiting`` at last too.

    ``orders`` and ``returns`` are new, ``known`` and ``known_returns`` stood before. Amounts are by currency, in minor
    units. ``judged`` counts clocks by metric and state, and how often the file itself says the same of its promise.
    """

    counts: Counter[str] = field(default_factory=Counter)
    amounts: Counter[str] = field(default_factory=Counter)
    known_amounts: Counter[str] = field(default_factory=Counter)
    returned: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    judged: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, totals: Mapping[str, Any]) -> "Tally":
        named = {name: Counter(totals.get(name, {})) for name in BY_NAME}
        return cls(Counter({name: totals.get(name, 0) for name in COUNTS}), **named)

    def as_json(self) -> dict[str, Any]:
        return {name: self.counts[name] for name in COUNTS} | {name: dict(getattr(self, name)) for name in BY_NAME}


def differences(totals: Mapping[str, Any], expected: Mapping[str, Any]) -> dict[str, tuple[int, int]]:
    """Control totals that do not agree, each with what was expected and what was found.

    ``expected`` may have rows, orders, customers (numbers, new ones) and amount (in minor units, all currencies).
    """
    found = {
        "rows": totals.get("rows", 0),
        "orders": totals.get("orders", 0) + totals.get("cases", 0) + totals.get("known", 0),
        "customers": totals.get("customers", 0),
        "amount": sum(totals.get("amounts", {}).values()) + sum(totals.get("known_amounts", {}).values()),
    }
    return {name: (wanted, found[name]) for name, wanted in expected.items() if found[name] != wanted}
