"""Where the columns of a chart stand. Pure; the page draws them as SVG, with a table of the figures under them."""

from collections.abc import Sequence

from loyalty.simulation.charts import HEIGHT, WIDTH, Bar, Chart

GAP = 4


def columns(labels: Sequence[str], values: Sequence[float | None], words: Sequence[str], *, every: int = 1) -> Chart:
    """A column for each label on a scale that has zero in it; none where there is no value. ``words`` say each."""
    there = [value for value in values if value is not None]
    top, low = max([*there, 0.0]), min([*there, 0.0])
    scale = HEIGHT / (top - low) if top > low else 0.0
    base, step = round(top * scale), WIDTH / max(1, len(labels))
    bars, ticks = [], []
    for n, (label, value, said) in enumerate(zip(labels, values, words, strict=True)):
        if n % every == 0:
            ticks.append((round(n * step + step / 2), label))
        if value is not None:
            tall = max(1, round(abs(value) * scale)) if value else 0
            y = base - tall if value >= 0 else base
            bars.append(Bar(round(n * step) + GAP // 2, y, max(1, int(step) - GAP), tall, 1, f"{label}: {said}"))
    return Chart(bars, ticks, base)
