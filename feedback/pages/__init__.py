"""Pages of the back office about cases and surveys; one module per noun, found by autodiscovery through this one."""

from feedback.pages import acts, answering, aside, bulk, case, queue

__all__ = ["acts", "answering", "aside", "bulk", "case", "queue"]
