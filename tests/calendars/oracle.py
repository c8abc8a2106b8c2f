"""Business time the slow and plain way: walk the clock minute by minute and count."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

NAMES = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
MINUTE = timedelta(minutes=1)


def open_minutes(rules, first, days):
    """Every open minute (its first instant) of so many local dates."""
    zone, minutes = ZoneInfo(rules["tz"]), set()
    for day in (first + timedelta(n) for n in range(days)):
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=zone)
        if noon.astimezone(UTC).astimezone(zone).date() != day:
            continue
        for opens, closes in runs(wall_hours(rules, day)):
            at, end = instant(zone, day, opens), instant(zone, day, closes)
            while at < end:
                minutes.add(at)
                at += MINUTE
    return minutes


def wall_hours(rules, day):
    yesterday = day - timedelta(1)
    special = rules["special"]
    if day.isoformat() in special:
        return cut(special[day.isoformat()])[0]
    if day.isoformat() in rules["holidays"]:
        return []
    weekly = rules["weekly"]
    usual = cut(weekly.get(NAMES[day.weekday()], []))[0] + cut(weekly.get(NAMES[yesterday.weekday()], []))[1]
    return usual + cut(special.get(yesterday.isoformat(), []))[1]


def cut(shifts):
    """The parts of shifts on their own date, and those on the next."""
    today, tomorrow = [], []
    for opens, closes in shifts:
        if closes > opens:
            today.append((opens, closes))
        else:
            today.append((opens, "24:00"))
            tomorrow.append(("00:00", closes))
    return today, tomorrow


def runs(shifts):
    """Hours as a wall clock shows them: how they are cut into shifts must not matter, not even in the missing hour."""
    shown = {minute for opens, closes in shifts for minute in range(minutes_of(opens), minutes_of(closes))}
    begins = sorted(minute for minute in shown if minute - 1 not in shown)
    ends = sorted(minute + 1 for minute in shown if minute + 1 not in shown)
    return list(zip(begins, ends, strict=True))


def minutes_of(wall):
    hour, minute = map(int, wall.split(":"))
    return hour * 60 + minute


def instant(zone, day, minutes):
    hour, minute = divmod(minutes, 60)
    if hour == 24:
        day, hour = day + timedelta(1), 0
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).astimezone(UTC)


class Walker:
    """Answers for whole minutes within some weeks."""

    def __init__(self, rules, first: date, days: int):
        self.minutes = open_minutes(rules, first, days)
        self.last = max(self.minutes, default=datetime.min.replace(tzinfo=UTC))

    def is_open(self, at):
        return at in self.minutes

    def due(self, start, minutes, paused=()):
        """None: not within the weeks that are walked."""
        at = start
        while at <= self.last:
            if self.counts(at, paused):
                if minutes == 0:
                    return at
                minutes -= 1
                if minutes == 0:
                    return at + MINUTE
            at += MINUTE
        return None

    def elapsed(self, a, b):
        counted, at = 0, a
        while at < b:
            counted += at in self.minutes
            at += MINUTE
        return counted * 60

    def counts(self, at, paused):
        return at in self.minutes and not any(begins <= at and (ends is None or at < ends) for begins, ends in paused)
