"""Redress as people read it."""

from django import template

from feedback.models import Redress
from feedback.queries.letters import said

register = template.Library()
BADGES = {"proposed": "warn", "accepted": "warn", "paid": "good", "offered": "info", "undone": "bad"}


@register.filter
def redress_in_words(line: Redress) -> str:
    return said(line)


@register.filter
def redress_badge(state: str) -> str:
    return BADGES.get(state, "")
