"""Due dates per CPU second, beside a plain walker over days; and many at once beside one by one.

    python -m benchmarks.due_dates

The peer is written here and does what helpdesks do: it walks the calendar day by day in the calendar's zone, with the
holidays in a set and nothing read from a database. Both know Monday to Friday from 9 to 17 in Berlin with its
holidays, which lets both be right: where they differ, the benchmark ends. 4,000 starts over three years.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from benchmarks.ground import Bars
from calendars import holidays
from calendars.hours import Calendar

WALKER_BAR, MANY_BAR, LENGTH_BAR = 8, 1.5, 0.8
ROUNDS, STARTS = 7, 4_000
ZONE = "Europe/Berlin"
CLOSED = set(holidays.between("DE", "", range(2023, 2030)))
HOURS = Calendar.from_dict(
    {
        "tz": ZONE,
        "weekly": {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
        "holidays": sorted(day.isoformat() for day in CLOSED),
    }
)


class Walker:
    """Takes hours off the target day by day."""

    def __init__(self, zone: str, opens: int, closes: int, closed: set[date]) -> None:
        self.zone, self.opens, self.closes, self.closed = ZoneInfo(zone), opens, closes, closed

    def due(self, start: datetime, seconds: int) -> datetime:
        at, left = start.astimezone(self.zone).replace(tzinfo=None), timedelta(seconds=seconds)
        while True:
            if at.weekday() < 5 and at.date() not in self.closed:
                closing = at.replace(hour=self.closes, minute=0, second=0)
                at = max(at, at.replace(hour=self.opens, minute=0, second=0))
                if at < closing:
                    if left <= closing - at:
                        return (at + left).replace(tzinfo=self.zone).astimezone(UTC)
                    left -= closing - at
            at = (at + timedelta(days=1)).replace(hour=self.opens, minute=0, second=0)


def main() -> None:
    dice = random.Random(7)
    begin = datetime(2024, 1, 1, tzinfo=UTC)
    starts = [begin + timedelta(seconds=dice.randrange(3 * 365 * 86400)) for _ in range(STARTS)]
    usual = [dice.randrange(1, 41) * 3600 for _ in starts]
    walker = Walker(ZONE, 9, 17, CLOSED)
    sides: dict[str, Callable[[], list[datetime]]] = {
        "walker 1-40 h": lambda: [walker.due(start, target) for start, target in zip(starts, usual, strict=True)],
        "walker 320 h": lambda: [walker.due(start, 320 * 3600) for start in starts],
        "one by one 1-40 h": lambda: [HOURS.due(start, target) for start, target in zip(starts, usual, strict=True)],
        "one by one 40 h": lambda: [HOURS.due(start, 40 * 3600) for start in starts],
        "one by one 320 h": lambda: [HOURS.due(start, 320 * 3600) for start in starts],
        "many 1-40 h": lambda: HOURS.due_many(starts, usual),
        "many 40 h": lambda: HOURS.due_many(starts, 40 * 3600),
    }
    for length in ("1-40 h", "320 h"):
        assert sides[f"walker {length}"]() == sides[f"one by one {length}"](), "the two do not agree"
    assert sides["many 1-40 h"]() == sides["one by one 1-40 h"]()
    assert sides["many 40 h"]() == sides["one by one 40 h"]()
    report(in_turns(sides))


def in_turns(sides: dict[str, Callable[[], list[datetime]]]) -> dict[str, float]:
    """Due dates per second of this process's CPU time, medians of rounds taken in turns."""
    seen: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, side in sides.items():
            begun = time.process_time()
            side()
            seen[name].append(STARTS / (time.process_time() - begun))
    return {name: statistics.median(rates) for name, rates in seen.items()}


def report(rates: dict[str, float]) -> None:
    bars = Bars(f"due dates, Monday to Friday 9-17 with holidays, {STARTS:,} starts, medians of {ROUNDS}, CPU time")
    for name, rate in rates.items():
        print(f"  {name}: {rate / 1000:,.0f} thousand a second")
    bars.at_least(
        "one by one beside a walker, 1-40 h", rates["one by one 1-40 h"] / rates["walker 1-40 h"], WALKER_BAR
    )
    bars.at_least("one by one beside a walker, 320 h", rates["one by one 320 h"] / rates["walker 320 h"], WALKER_BAR)
    bars.at_least("320 h beside 40 h", rates["one by one 320 h"] / rates["one by one 40 h"], LENGTH_BAR)
    bars.at_least(
        "many at once beside one by one, one target", rates["many 40 h"] / rates["one by one 40 h"], MANY_BAR
    )
    mixed = rates["many 1-40 h"] / rates["one by one 1-40 h"]
    print(f"  many at once beside one by one, a target each: {mixed:.2f}")
    bars.end()


if __name__ == "__main__":
    main()
