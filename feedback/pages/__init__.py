"""Pages of the back office about cases and surveys; one module per noun, found by autodiscovery through this one."""

from feedback.pages import (
    acts,
    answering,
    aside,
    bulk,
    case,
    home,
    opening,
    queue,
    search,
)

__all__ = [
    "acts",
    "answering",
    "aside",
    "bulk",
    "case",
    "home",
    "opening",
    "queue",
    "search",
]
