"""Pages of the back office about cases; one module per noun, found by autodiscovery through this one."""

from feedback.pages import acts, aside, bulk, case, queue

__all__ = ["acts", "aside", "bulk", "case", "queue"]
