"""Pages of the advisory boards; one module per noun, found by autodiscovery through this one."""

from advisory.pages import (
    forum,
    meetings,
    minutes,
    planning,
    portal,
    portal_forum,
    portal_meetings,
    portal_rounds,
    room,
    rounds,
)

__all__ = [
    "forum",
    "meetings",
    "minutes",
    "planning",
    "portal",
    "portal_forum",
    "portal_meetings",
    "portal_rounds",
    "room",
    "rounds",
]
