"""Who stayed, who came, who left, in a form in which the two usual formulas of churn agree. Pure; no database.

"Active" is one who bought in the window before a day. Retention is the share of those active at the start who are
active at the end; churn is the rest. Counted as one minus (end less new) over start, those who came back after a while
would pass for having stayed, and churn can fall below nothing.
"""

from collections.abc import Collection, Hashable
from dataclasses import dataclass


@dataclass(frozen=True)
class Share:
    """A share that is never shown without its numbers."""

    of: int
    n: int

    @property
    def value(self) -> float | None:
        return self.of / self.n if self.n else None


@dataclass(frozen=True)
class Bridge:
    """From those active at the start to those active at the end: start + new + reactivated - lost = end."""

    start: int
    new: int
    reactivated: int
    lost: int

    @property
    def kept(self) -> int:
        return self.start - self.lost

    @property
    def end(self) -> int:
        return self.kept + self.new + self.reactivated

    @property
    def retention(self) -> Share:
        return Share(self.kept, self.start)

    @property
    def churn(self) -> Share:
        return Share(self.lost, self.start)


def bridge(start: Collection[Hashable], end: Collection[Hashable], known: Collection[Hashable]) -> Bridge:
    """Of those active at the start and at the end; ``known`` are all who had bought before the start.

    >>> found = bridge({"a", "b", "c"}, {"b", "c", "d", "e"}, {"a", "b", "c", "d"})
    >>> found.kept, found.new, found.reactivated, found.lost, found.retention
    (2, 1, 1, 1, Share(of=2, n=3))
    """
    started, ended, before = set(start), set(end), set(known)
    came = ended - started
    return Bridge(len(started), len(came - before), len(came & before), len(started - ended))
