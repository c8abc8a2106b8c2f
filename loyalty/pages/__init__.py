"""Pages of the back office about points; one module per noun, found by autodiscovery through this one."""

from loyalty.pages import (
    adjustments,
    erasure,
    home,
    ledger,
    merging,
    partners,
    purchases,
    reviews,
    rules,
    statements,
)

__all__ = [
    "adjustments",
    "erasure",
    "home",
    "ledger",
    "merging",
    "partners",
    "purchases",
    "reviews",
    "rules",
    "statements",
]
