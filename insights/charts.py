"""Where the lines, bars and areas of a chart stand. Pure; a template draws them, with the same figures as a table.

Values are in the unit of the figure; ``None`` is a gap. The last point of a period that is not over is drawn open.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from math import floor, log10

WIDTH, HEIGHT, LEFT, GAP = 720, 200, 64, 6
TICKS, LINES = 12, 4  # labels below, lines across at most
LETTER = 7  # how wide a digit is
SPARK = (96, 28)

Values = Sequence[float | None]
Words = Callable[[float], str]


@dataclass(frozen=True)
class Mark:
    """One point or bar, with what it says to who points at it."""

    x: float
    y: float
    words: str
    open: bool = False
    width: float = 0
    height: float = 0
    series: int = 1
    number: str = ""
    inside: bool = True

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)

    @property
    def line(self) -> float:
        """Where its number stands: in the middle of the bar, or above it."""
        return round(self.y + self.height / 2 + 4 if self.inside else self.y - 4, 1)


@dataclass(frozen=True)
class Series:
    name: str
    number: int
    paths: list[str]
    marks: list[Mark]


@dataclass(frozen=True)
class Chart:
    title: str
    desc: str
    series: list[Series]
    ticks: list[tuple[float, str]]
    lines: list[tuple[float, str]]
    remarks: list[tuple[float, str]] = field(default_factory=list)
    base: float = HEIGHT
    width: int = WIDTH + LEFT
    height: int = HEIGHT
    left: int = LEFT

    @property
    def full(self) -> int:
        """With the labels below."""
        return self.height + 24


def nice(low: float, high: float) -> tuple[float, float, float]:
    """Round ends of a scale and the step between its lines.

    >>> nice(0, 87), nice(0.42, 0.61)
    ((0, 100, 25), (0.4, 0.65, 0.05))
    """
    span = (high - low) or abs(high) or 1
    raw = span / LINES
    unit = 10 ** floor(log10(raw))
    step = next(unit * each for each in (1, 2, 2.5, 5, 10) if unit * each >= raw * 0.999)
    bottom, top = floor(low / step + 1e-9) * step, -floor(-high / step + 1e-9) * step
    return round(bottom, 9), round(top if top > bottom else bottom + step, 9), round(step, 9)


@dataclass(frozen=True)
class Scale:
    low: float
    high: float
    step: float

    @classmethod
    def of(cls, values: Sequence[float], *, zero: bool) -> "Scale":
        low, high = min(values, default=0), max(values, default=1)
        return cls(*nice(min(low, 0) if zero else low, max(high, 0) if zero else high))

    def y(self, value: float) -> float:
        return round(HEIGHT - HEIGHT * (value - self.low) / (self.high - self.low), 1)

    def lines(self, words: Words) -> list[tuple[float, str]]:
        count = round((self.high - self.low) / self.step)
        return [(self.y(self.low + n * self.step), words(self.low + n * self.step)) for n in range(count + 1)]


def line(
    title: str, labels: Sequence[str], series: Sequence[tuple[str, Values]], words: Words, *, open_last: bool = False
) -> Chart:
    """Lines over the same labels: the scale need not begin at nothing, so it says where it begins."""
    known = [value for _, values in series for value in values if value is not None]
    scale, step = Scale.of(known, zero=False), WIDTH / max(1, len(labels) - 1 or 1)
    drawn = []
    for number, (name, values) in enumerate(series, start=1):
        marks, paths, points = [], list[str](), list[str]()
        for n, value in enumerate(values):
            if value is None:
                paths, points = [*paths, " ".join(points)], []
                continue
            x, y = round(LEFT + n * step, 1), scale.y(value)
            last = open_last and n == len(labels) - 1
            points.append(f"{x},{y}")
            marks.append(Mark(x, y, f"{labels[n]}: {words(value)}", last, series=number))
        drawn.append(Series(name, number, [path for path in [*paths, " ".join(points)] if path], marks))
    return Chart(title, told(labels, series[0][1] if series else [], words), drawn, _ticks(labels, step, 0),
                 scale.lines(words))  # fmt: skip


def stacked(title: str, labels: Sequence[str], series: Sequence[tuple[str, Values]], words: Words) -> Chart:
    """Bars on top of each other; what is below nothing hangs below the line. Each says its number where it fits."""
    ups = [sum(max(values[n] or 0, 0) for _, values in series) for n in range(len(labels))]
    downs = [sum(min(values[n] or 0, 0) for _, values in series) for n in range(len(labels))]
    scale, step = Scale.of([*ups, *downs], zero=True), WIDTH / max(1, len(labels))
    alone = len(series) == 1
    up, down = [0.0] * len(labels), [0.0] * len(labels)
    drawn = []
    for number, (name, values) in enumerate(series, start=1):
        marks = []
        for n, value in enumerate(values):
            if not value:
                continue
            before = up if value > 0 else down
            first, second = scale.y(before[n]), scale.y(before[n] + value)
            before[n] += value
            said = f"{labels[n]}, {name}: {words(abs(value))}"
            width = max(1.0, round(step - 2 * GAP, 1))
            tall = round(abs(first - second), 1)
            x = round(LEFT + n * step + GAP, 1)
            shown = words(abs(value))
            fits = width >= LETTER * len(shown) and (alone or tall >= LETTER * 2)
            marks.append(
                Mark(
                    x, min(first, second), said, width=width, height=tall, series=number, number=shown if fits else "",
                    inside=not alone,
                )
            )  # fmt: skip
        drawn.append(Series(name, number, [], marks))
    return Chart(title, told(labels, ups, words), drawn, _ticks(labels, step, step / 2), scale.lines(words),
                 base=scale.y(0))  # fmt: skip


def bars(title: str, labels: Sequence[str], values: Values, words: Words) -> Chart:
    """One bar for each label, from nothing."""
    return stacked(title, labels, [("", values)], words)


def spark(values: Values) -> str:
    """The points of a line as small as a word; nothing where there are fewer than two."""
    known = [(n, value) for n, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return ""
    low, high = min(value for _, value in known), max(value for _, value in known)
    width, height = SPARK
    step, span = width / (len(values) - 1), (high - low) or 1
    return " ".join(f"{round(n * step, 1)},{round(height - 2 - (height - 4) * (v - low) / span, 1)}" for n, v in known)


def told(labels: Sequence[str], values: Values, words: Words) -> str:
    """What the chart shows, in numbers: the first, the last, the least and the most."""
    known = [(value, label) for value, label in zip(values, labels, strict=True) if value is not None]
    if not known:
        return ""
    (least, when), (most, then) = min(known), max(known)
    first, last = known[0], known[-1]
    return (
        f"{first[1]}: {words(first[0])} … {last[1]}: {words(last[0])}; "
        f"min {words(least)} ({when}), max {words(most)} ({then})"
    )


def _ticks(labels: Sequence[str], step: float, shift: float) -> list[tuple[float, str]]:
    every = max(1, -(-len(labels) // TICKS))
    return [(round(LEFT + n * step + shift, 1), label) for n, label in enumerate(labels) if n % every == 0]


def remarked(chart: Chart, labels: Sequence[str], remarks: Sequence[tuple[str, str]]) -> Chart:
    """The chart of a line with what happened, each at its label."""
    step = WIDTH / max(1, len(labels) - 1 or 1)
    places = {label: round(LEFT + n * step, 1) for n, label in enumerate(labels)}
    return replace(chart, remarks=[(places[label], words) for label, words in remarks if label in places])
