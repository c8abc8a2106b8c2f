"""The pages of the calendars."""

from calendars.pages import calendars, days, feeds, weeks

__all__ = ["calendars", "days", "feeds", "weeks"]
