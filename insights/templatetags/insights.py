"""Small things for pages of figures."""

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def at(of: Mapping[str, Any], key: str) -> Any:
    """``{{ counts|at:key }}``: the value under a key that is itself a variable."""
    return of.get(key, "")
