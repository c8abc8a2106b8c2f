"""Where the bars of a chart stand. Pure; the page draws them as SVG, with a table of the same figures under them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

WIDTH, HEIGHT, GAP = 720, 160, 2
LEFT = 56  # for the numbers of the scale
LINES = 4  # at most, beside the one at zero


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
    scale: list[tuple[int, int]] = field(default_factory=list)  # how far down a line is, and what it means
    left: int = LEFT
    width: int = WIDTH
    height: int = HEIGHT


def pairs(labels: Sequence[str], first: Sequence[int], second: Sequence[int]) -> Chart:
    """Two bars for each label, on one scale of round numbers that has zero in it."""
    both = [*first, *second, 0]
    each = round_step(max(both) - min(both))
    top, low = -(-max(both) // each) * each, min(both) // each * each
    scale = (HEIGHT / (top - low)) if top > low else 0.0
    base, step = round(top * scale), (WIDTH - LEFT) / max(1, len(labels))
    thick = max(1, int(step / 2) - GAP)
    bars, ticks = [], []
    for n, (label, *pair) in enumerate(zip(labels, first, second, strict=True)):
        ticks.append((round(LEFT + n * step + step / 2), label))
        for side, value in enumerate(pair):
            tall = round(abs(value) * scale)
            y = base - tall if value >= 0 else base
            bars.append(
                Bar(
                    round(LEFT + n * step + side * (thick + GAP / 2)) + GAP,
                    *(y, thick, tall, side),
                    f"{label}: {value:,}",
                )
            )
    lines = [(round((top - value) * scale), value) for value in range(low, top + 1, each)] if top > low else []
    return Chart(bars, ticks, base, lines)


def round_step(reach: int) -> int:
    """The smallest of 1, 2, 5, 10, 20, … that divides the reach into so few parts as there may be lines."""
    power = 1
    while True:
        for step in (power, 2 * power, 5 * power):
            if step * LINES >= reach:
                return step
        power *= 10
