"""Pages of the back office about cases and surveys; one module per noun, found by autodiscovery through this one."""

from feedback.pages import (
    acts,
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
    "aside",
    "bulk",
    "case",
    "home",
    "opening",
    "queue",
    "search",
]
