"""Pages of the back office about messages; one module per noun, found by autodiscovery through this one."""

from communications.pages import (
    calendar,
    calendar_views,
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
    work,
)

__all__ = [
    "calendar",
    "calendar_views",
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
    "work",
]
