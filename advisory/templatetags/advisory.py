"""What templates of the boards need."""

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def of(mapping: Mapping[str, Any], key: str) -> Any:
    """What stands under a key, nothing where none does."""
    return mapping.get(key, "")


@register.filter
def hours(minutes: int) -> str:
    """90 as 1.5."""
    return f"{minutes / 60:g}"
