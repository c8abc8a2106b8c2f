"""Pages of the back office about people; one module per noun, found by autodiscovery through this one."""

from people.pages import people, views

__all__ = ["people", "views"]
