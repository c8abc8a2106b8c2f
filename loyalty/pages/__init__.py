"""Pages of the back office about points; one module per noun, found by autodiscovery through this one."""

from loyalty.pages import erasure, merging

__all__ = ["erasure", "merging"]
