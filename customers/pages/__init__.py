"""Pages of the back office about customers; one module per noun, found by autodiscovery through this one."""

from customers.pages import (
    audit,
    customer,
    details,
    duplicates,
    facts,
    home,
    imports,
    purchases,
    readers,
    search,
    segments,
)

__all__ = [
    "audit",
    "customer",
    "details",
    "duplicates",
    "facts",
    "home",
    "imports",
    "purchases",
    "readers",
    "search",
    "segments",
]
