"""Where the bars of a chart stand. Pure; the page draws them as SVG, with a table of the same figures under them."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, GAP = 720, 160, 2


@dataclass(frozen=True)
class Bar:
    x: int
    y: int
    width: int
    height: int
    side: int  # which of the two it is: 0 the first, 1 the second
    label: str


@dataclass(frozen=True)
class Chart:
    bars: list[Bar]
    ticks: list[tuple[int, str]]
    base: int
    width: int = WIDTH
    height: int = HEIGHT


def pairs(labels: Sequence[str], first: Sequence[int], second: Sequence[int]) -> Chart:
    """Two bars for each label, on one scale that has zero in it."""
    both = [*first, *second, 0]
    top, low = max(both), min(both)
    scale = (HEIGHT / (top - low)) if top > low else 0.0
    base, step = round(top * scale), WIDTH / max(1, len(labels))
    thick = max(1, int(step / 2) - GAP)
    bars, ticks = [], []
    for n, (label, *pair) in enumerate(zip(labels, first, second, strict=True)):
        ticks.append((round(n * step + step / 2), label))
        for side, value in enumerate(pair):
            tall = round(abs(value) * scale)
            y = base - tall if value >= 0 else base
            bars.append(
                Bar(round(n * step + side * (thick + GAP / 2)) + GAP, y, thick, tall, side, f"{label}: {value:,}")
            )
    return Chart(bars, ticks, base)
