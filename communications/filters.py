"""What a calendar page shows, as it stands in its address: a view, a day, and filters. Pure; no database."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from communications import months

VIEWS = ("month", "week", "agenda", "list")
NAMES = ("channel", "segment", "owner", "plan", "status")


@dataclass(frozen=True)
class Filters:
    """The same filters hold in every view. What is none of them is left out, so that any address opens."""

    day: dt.date
    view: str = "month"
    channel: str = ""
    segment: str = ""
    owner: str = ""
    plan: str = ""
    status: str = ""
    hide: str = ""  # the name of a layer that is not shown

    @classmethod
    def read(cls, said: Mapping[str, str], today: dt.date) -> "Filters":
        """Out of an address.

        >>> Filters.read({"day": "2026-06", "view": "week", "owner": "7", "x": "1"}, dt.date(2026, 1, 1)).query
        'view=week&day=2026-06-01&owner=7'
        """
        view = said.get("view", "")
        kept = {name: said.get(name, "")[:40] for name in (*NAMES, "hide")}
        return cls(_day(said.get("day", ""), today), view if view in VIEWS else "month", **kept)

    @property
    def query(self) -> str:
        return self._encoded({"view": self.view, "day": self.day.isoformat()})

    def _encoded(self, parts: dict[str, str]) -> str:
        said = {name: getattr(self, name) for name in (*NAMES, "hide")}
        return urlencode(parts | {name: value for name, value in said.items() if value})

    @property
    def kept(self) -> str:
        """The same without the day: what a saved view keeps.

        >>> Filters(dt.date(2026, 6, 1), "agenda", channel="email").kept
        'view=agenda&channel=email'
        """
        return self._encoded({"view": self.view})

    @property
    def said(self) -> bool:
        return any(getattr(self, name) for name in NAMES)

    def at(self, **changes: Any) -> "Filters":
        return replace(self, **changes)

    @property
    def span(self) -> tuple[dt.date, dt.date]:
        """The first and the last day that are shown."""
        if self.view == "week":
            monday = months.monday_of(self.day)
            return monday, monday + 6 * months.DAY
        if self.view == "month":
            weeks = months.weeks_of(self.day)
            return weeks[0][0], weeks[-1][-1]
        first = months.first_of(self.day)
        return first, months.next_month(first) - months.DAY

    @property
    def before(self) -> "Filters":
        return self.at(day=self.day - months.WEEK if self.view == "week" else months.next_month(self.day, -1))

    @property
    def after(self) -> "Filters":
        return self.at(day=self.day + months.WEEK if self.view == "week" else months.next_month(self.day))

    def fit(self, item: Any) -> bool:
        wanted = (
            (self.channel, item.channel),
            (self.segment, str(item.segment_id or "")),
            (self.owner, str(item.owner_id or "")),
            (self.plan, str(item.plan_id)),
            (self.status, item.status),
        )
        return all(not asked or asked == there for asked, there in wanted)


def _day(said: str, today: dt.date) -> dt.date:
    """A date, or a month; today where it is neither, or so far that its calendar would not be one."""
    try:
        found = dt.date.fromisoformat(said if len(said) != 7 else f"{said}-01")
    except ValueError:
        return today
    return found if 1970 <= found.year <= 2200 else today
