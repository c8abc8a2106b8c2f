"""All that is known of staying and buying on one day, straight from the rows of buyers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from customers.money import in_words
from insights.definitions import DEFINITIONS, Unit
from insights.metrics.cohorts import Matrix, matrix
from insights.metrics.retention import Bridge
from insights.queries import activity, cohorts, files, money, repeats, settings
from insights.queries.asked import Asked, Figure

BEGINNING = date(1900, 1, 1)


@dataclass(frozen=True)
class Report:
    as_of: date
    since: date
    window: int
    bridge: Bridge
    figures: list[Figure]
    months: list[tuple[date, int, int]]
    cohorts: Matrix
    files: list[files.FileFigures]


def report(as_of: date, *, since: date | None = None, with_files: bool = False) -> Report:
    asked = Asked(as_of, settings.current())
    start = since or asked.start
    bridge = activity.bridges(asked, start=start).get("", Bridge(0, 0, 0, 0))
    figures = [
        *repeats.figures(asked), *repeats.by_days(asked), *money.between(asked, BEGINNING, as_of),
        *money.value_so_far(asked),
    ]  # fmt: skip
    months = [(month, n, again) for _, month, n, again in repeats.following_months(asked, BEGINNING)]
    beside = files.imported() if with_files else []
    matrix_ = matrix(cohorts.on(asked), as_of=as_of)
    return Report(as_of, start, asked.means.active_days, bridge, figures, months, matrix_, beside)


def as_json(found: Report) -> dict[str, Any]:
    bridge = found.bridge
    return {
        "as_of": found.as_of.isoformat(),
        "bridge": {
            "since": found.since.isoformat(), "window_days": found.window, "start": bridge.start, "end": bridge.end,
            "new": bridge.new, "reactivated": bridge.reactivated, "kept": bridge.kept, "lost": bridge.lost,
            "retention": bridge.retention.value, "churn": bridge.churn.value,
        },
        "figures": [
            {
                "metric": one.metric, "version": DEFINITIONS[one.metric].version, "currency": one.currency,
                "numerator": one.numerator, "denominator": one.denominator, "value": one.value,
            }
            for one in found.figures
        ],
        "months": [
            {"month": f"{month:%Y-%m}", "active": n, "retained_next_month": again} for month, n, again in found.months
        ],
        "cohorts": {f"{one.month:%Y-%m}": [cell.n for cell in one.cells] for one in found.cohorts.cohorts},
        "files": [one.as_json() for one in found.files],
    }  # fmt: skip


def as_table(found: Report) -> Iterator[str]:
    bridge = found.bridge
    yield f"As of {found.as_of}; all that came before that day counts."
    yield f"Active within {found.window} days, from {found.since} to {found.as_of}:"
    yield f"  {bridge.start:,} + {bridge.new:,} new + {bridge.reactivated:,} reactivated - {bridge.lost:,} lost"
    yield f"  = {bridge.end:,}; retention {_percent(bridge.retention.value)}, churn {_percent(bridge.churn.value)}"
    for one in found.figures:
        definition = DEFINITIONS[one.metric]
        of = f"{one.numerator:,} / {one.denominator:,}" if one.numerator is not None else f"n = {one.denominator:,}"
        yield f"  {definition.title!s:38} {_words(one, definition.unit):>16}   {of} {one.currency}".rstrip()
    yield "Month     active   bought again in the next"
    for month, n, again in found.months:
        yield f"{month:%Y-%m}  {n:>7,}  {again:>7,}"
    yield "Cohort    buyers in each month from the first"
    for cohort in found.cohorts.cohorts:
        yield f"{cohort.month:%Y-%m}  " + " ".join(f"{cell.n}{'*' if cell.open else ''}" for cell in cohort.cells)
    for file in found.files:
        yield from file.lines()


def _words(one: Figure, unit: str) -> str:
    if one.value is None:
        return "-"
    if unit == Unit.SHARE:
        return _percent(one.value)
    if unit == Unit.MONEY:
        return in_words(round(one.value), one.currency)
    return f"{one.value:,.2f}".removesuffix(".00")


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.2f} %"
