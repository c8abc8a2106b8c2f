"""What several pages of figures show alike."""

from typing import Any

from insights import wording
from insights.definitions import Definition


def change_of(definition: Definition, now: Any, before: Any) -> tuple[str, str]:
    """The change in words, and whether it is good, bad or neither."""
    text, way = wording.change(now, before, definition.unit)
    if not way or not definition.better:
        return text, ""
    return text, "good" if (way > 0) == (definition.better == "up") else "bad"
