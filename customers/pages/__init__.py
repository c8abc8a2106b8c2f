"""Pages of the back office about customers; one module per noun, found by autodiscovery through this one."""

from customers.pages import readers

__all__ = ["readers"]
