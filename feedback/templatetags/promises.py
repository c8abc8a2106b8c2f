"""How clocks are written on pages."""

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def open_time(seconds: int | None) -> str:
    """Open time in hours and minutes, whatever its sign: a day of business has no length of its own."""
    if seconds is None:
        return ""
    minutes = abs(seconds) // 60
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return _("%(minutes)s min") % {"minutes": minutes}
    return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}


@register.filter
def clock_step(step: str) -> str:
    """A step that a clock led to, in words."""
    if step.startswith("step:"):
        return _("step %(number)s of the ladder") % {"number": step.removeprefix("step:")}
    return _("warned") if step == "warned" else _("overdue")
