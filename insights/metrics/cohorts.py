"""Cohorts by month and how many of each come back, in five ways of looking at it. Pure; no database.

First-time buyers or all buyers of a month; active on a month, or on it or after it; as a share of the first month or
of the month before; averages weighted by the size of the cohort or not; and a month that is not over is marked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Cell:
    """One cohort in its ``k``-th month: how many of how many. ``open`` where the month is not over yet."""

    k: int
    n: int
    of: int
    open: bool

    @property
    def share(self) -> float | None:
        return self.n / self.of if self.of else None


@dataclass(frozen=True)
class Cohort:
    month: date
    size: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Matrix:
    cohorts: tuple[Cohort, ...]

    def average(self, k: int, *, weighted: bool = True) -> float | None:
        """Of all cohorts that have been through their ``k``-th month."""
        cells = [cohort.cells[k] for cohort in self.cohorts if k < len(cohort.cells) and not cohort.cells[k].open]
        cells = [cell for cell in cells if cell.of]
        if not cells:
            return None
        if weighted:
            return sum(cell.n for cell in cells) / sum(cell.of for cell in cells)
        return sum(cell.n / cell.of for cell in cells) / len(cells)

    @property
    def length(self) -> int:
        return max((len(cohort.cells) for cohort in self.cohorts), default=0)


def matrix(counts: Mapping[tuple[date, date], int], *, as_of: date, previous: bool = False) -> Matrix:
    """The matrix of how many of each cohort (its month, and the month looked at) were active.

    ``counts`` has the cohort's own month too: that is its size. With ``previous`` each share is of the month before.

    >>> jan, feb, mar = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)
    >>> found = matrix({(jan, jan): 10, (jan, feb): 4, (feb, feb): 5}, as_of=mar)
    >>> [[(cell.n, cell.of) for cell in cohort.cells] for cohort in found.cohorts]
    [[(10, 10), (4, 10)], [(5, 5)]]
    """
    rows = []
    for month in sorted({cohort for cohort, _ in counts}):
        size = counts.get((month, month), 0)
        cells: list[Cell] = []
        k = 0
        while (at := later(month, k)) < as_of:
            n = counts.get((month, at), 0)
            base = cells[-1].n if previous and cells else size
            cells.append(Cell(k, n, base, later(month, k + 1) > as_of))
            k += 1
        rows.append(Cohort(month, size, tuple(cells)))
    return Matrix(tuple(rows))


def later(month: date, k: int) -> date:
    """The first day of the ``k``-th month after."""
    years, rest = divmod(month.month - 1 + k, 12)
    return date(month.year + years, rest + 1, 1)
