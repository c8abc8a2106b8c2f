"""Exactly what a version of a plan says, the texts of its letters included: what is approved."""

from typing import Any

from communications import designs
from communications.models import PlanVersion


def content_of(version: PlanVersion) -> dict[str, Any]:
    """Plain JSON; the same content has the same digest."""
    content = designs.of(version).content()
    content["plan"] = version.plan.name
    content["segment"] = _segment(version)
    return content


def _segment(version: PlanVersion) -> dict[str, Any] | None:
    """Whom the segment chooses, not only its name: it may be changed after the approval."""
    if version.segment is None:
        return None
    return {"name": version.segment.name, "conditions": version.segment.conditions}
