"""How plans and steps are said in templates."""

from django import template

from communications import approved, sayings
from communications.models import Approval, PlanEvent, PlanVersion, Step

register = template.Library()


@register.filter
def offset(step: Step, version: PlanVersion) -> str:
    """``{{ step|offset:version }}``: 3 days after, at 10:00."""
    return sayings.offset(step, version)


@register.filter
def anchor(version: PlanVersion) -> str:
    return sayings.anchor(version)


@register.filter
def given(step: Step) -> list[tuple[str, str]]:
    """The content piece or the event that a step is about."""
    return sayings.given(step)


@register.filter
def done(event: PlanEvent) -> str:
    return sayings.done(event)


@register.filter
def terms(approval: Approval) -> list[approved.Line]:
    """What else was approved than texts: whom, when, on which terms."""
    return approved.terms(approval.content)


@register.filter
def approved_steps(approval: Approval) -> list[approved.Shown]:
    return approved.steps(approval.content)


@register.filter
def spaced(code: str) -> str:
    """``case_received`` as people read it."""
    return code.replace("_", " ")
