"""Redress as people read it."""

from django import template

from feedback.models import Redress
from feedback.queries.letters import said
from feedback.queries.redress import Approvers, who_may_approve
from people.models import User

register = template.Library()
BADGES = {"proposed": "warn", "accepted": "warn", "paid": "good", "offered": "info", "undone": "bad"}


@register.filter
def redress_in_words(line: Redress) -> str:
    return said(line)


@register.filter
def approved_by(line: Redress, among: Approvers) -> list[User]:
    return who_may_approve(line, among)


@register.filter
def redress_badge(state: str) -> str:
    return BADGES.get(state, "")
