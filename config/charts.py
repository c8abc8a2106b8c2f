"""Where the bars of a chart stand, for one series. Pure; the page draws them, with the same figures as a table."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, GAP = 720, 160, 4
WIDEST = 120  # of a bar: where there is one alone it is no wall
TICKS = 12  # labels that fit under the bars
LETTER = 6.3  # how wide one of them is, about
NUMBERS = 20  # bars that are wide enough for a number on them


@dataclass(frozen=True)
class Bar:
    x: int
    y: int
    width: int
    height: int
    words: str
    number: str = ""

    @property
    def middle(self) -> int:
        return self.x + self.width // 2


@dataclass(frozen=True)
class Chart:
    bars: list[Bar]
    ticks: list[tuple[int, str]]
    width: int = WIDTH
    height: int = HEIGHT


def bars(labels: Sequence[str], values: Sequence[float], *, most: float | None = None) -> Chart:
    """One bar for each label on a scale from zero; ``most`` is its top, else the highest value.

    Each says its number where there is room for it.

    >>> [bar.height for bar in bars(["a", "b"], [50, 100]).bars]
    [80, 160]
    >>> [words for _x, words in bars(["acknowledgement", "first"] * 3, [1] * 6).ticks][:2]
    ['acknowledgement', 'first']
    >>> bars(["acknowledgement"] * 12, [1] * 12).ticks[0][1]
    'acknowle…'
    """
    top = most or max(values, default=0) or 1
    step = WIDTH / max(1, len(labels))
    every = max(1, -(-len(labels) // TICKS))
    fit = max(7, int(step * every / LETTER))
    drawn, ticks = [], []
    for n, (label, value) in enumerate(zip(labels, values, strict=True)):
        tall = round(HEIGHT * min(value, top) / top)
        number = f"{value:,.0f}" if float(value).is_integer() or value >= 100 else f"{value:,.1f}"
        wide = max(1, min(round(step) - 2 * GAP, WIDEST))
        place = round(n * step + (step - wide) / 2), HEIGHT - tall, wide, tall
        drawn.append(Bar(*place, f"{label}: {value:,.1f}", number if len(labels) <= NUMBERS else ""))
        if n % every == 0:
            ticks.append((round(n * step + step / 2), label if len(label) <= fit else label[: fit - 1] + "…"))
    return Chart(drawn, ticks)
