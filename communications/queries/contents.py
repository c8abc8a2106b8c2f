"""Exactly what a version of a plan says, the texts of its letters included: what is approved."""

from typing import Any

from communications import designs
from communications.models import PlanVersion, Step, TemplateVersion, Variant
from customers.models import Segment
from loyalty.models import Reward

WORTH = ("name", "kind", "worth", "amount", "percent", "currency", "product", "lasts_days")


def content_of(version: PlanVersion) -> dict[str, Any]:
    """Plain JSON; the same content has the same digest."""
    content = designs.of(version).content()
    content["plan"] = version.plan.name
    content["segment"] = _segment(version)
    if asked := _asked_for(version):
        content["segments"] = asked
    content["calendar"] = version.calendar.name if version.calendar else ""
    content["texts"] = _texts(version)
    content["rewards"] = _rewards(version)
    return content


def wordings(version: PlanVersion) -> dict[int, TemplateVersion]:
    """What the texts of its steps and variants say: as published, or now where it is a draft. By their template."""
    rows: list[Step | Variant] = [*designs.steps_of(version), *_variants(version)]
    pinned = TemplateVersion.objects.filter(pk__in=[row.wording_id for row in rows if row.wording_id])
    if version.published_at is None:
        asked = {row.template_id for row in rows if row.template_id}
        pinned = (
            TemplateVersion.objects.filter(template__in=asked).order_by("template", "-number").distinct("template")
        )
    return {one.template_id: one for one in pinned.select_related("template")}


def _texts(version: PlanVersion) -> dict[str, Any]:
    return {
        str(template): {"name": one.template.name, "version": one.number, "texts": one.texts}
        for template, one in sorted(wordings(version).items())
    }


def _rewards(version: PlanVersion) -> dict[str, Any]:
    """What each reward is worth, not only its name: it may be changed after the approval."""
    rows: list[Step | Variant] = [*designs.steps_of(version), *_variants(version)]
    asked = {row.reward_id for row in rows if row.reward_id}
    return {str(row.pop("id")): row for row in Reward.objects.filter(pk__in=asked).order_by("pk").values("id", *WORTH)}


def _variants(version: PlanVersion) -> list[Variant]:
    return list(Variant.objects.filter(experiment__step__version=version))


def _segment(version: PlanVersion) -> dict[str, Any] | None:
    """Whom the segment chooses, not only its name: it may be changed after the approval."""
    if version.segment is None:
        return None
    return {"name": version.segment.name, "conditions": version.segment.conditions}


def _asked_for(version: PlanVersion) -> dict[str, Any]:
    """The segments that conditions of its steps name, as ``_segment``."""
    asked = {one["segment"] for step in designs.steps_of(version) for one in step.only_if if "segment" in one}
    found = Segment.objects.filter(pk__in=asked).order_by("pk") if asked else ()
    return {str(one.pk): {"name": one.name, "conditions": one.conditions} for one in found}
