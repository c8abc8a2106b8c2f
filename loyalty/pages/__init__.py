"""Pages of the back office about points; one module per noun, found by autodiscovery through this one."""

from loyalty.pages import (
    adjustments,
    claims,
    erasure,
    home,
    ledger,
    merging,
    partners,
    purchases,
    reviews,
    rewards,
    rules,
    stamps,
    statements,
    vouchers,
)

__all__ = [
    "adjustments",
    "claims",
    "erasure",
    "home",
    "ledger",
    "merging",
    "partners",
    "purchases",
    "reviews",
    "rewards",
    "rules",
    "stamps",
    "statements",
    "vouchers",
]
