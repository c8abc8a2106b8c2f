"""Pages of the back office about points; one module per noun, found by autodiscovery through this one."""

from loyalty.pages import merging

__all__ = ["merging"]
