"""Pages of the back office about messages; one module per noun, found by autodiscovery through this one."""

from communications.pages import outbox, suppressions, templates

__all__ = ["outbox", "suppressions", "templates"]
