"""Pages of the back office about messages; one module per noun, found by autodiscovery through this one."""

from communications.pages import (
    calendar,
    designing,
    feeds,
    moving,
    outbox,
    plan_acts,
    plans,
    printing,
    recipients,
    results,
    shop_days,
    suppressions,
    templates,
    variants,
    views,
    work,
)

__all__ = [
    "calendar",
    "designing",
    "feeds",
    "moving",
    "outbox",
    "plan_acts",
    "plans",
    "printing",
    "recipients",
    "results",
    "shop_days",
    "suppressions",
    "templates",
    "variants",
    "views",
    "work",
]
