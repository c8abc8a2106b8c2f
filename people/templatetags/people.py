from django import template

from people import browsers

register = template.Library()


@register.filter
def browser(user_agent: str) -> str:
    """``{{ session.user_agent|browser }}``: Firefox, Linux."""
    return browsers.named(user_agent)
