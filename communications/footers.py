"""What marketing ends with where its text does not say how to end it. No database."""

from html import escape

from django.conf import settings
from django.utils.translation import gettext as _

from communications import links


def added(text: str, html: str, customer: int, channel: str, purpose: str) -> tuple[str, str]:
    """The text and the HTML with two links under them, in the language of the moment."""
    stop, choose = links.unsubscribe(customer, channel, purpose), links.preferences(customer)
    why = _("You get this because you said that you want to hear from %(business)s.") % {
        "business": settings.BUSINESS_NAME
    }
    ends, changes = _("Unsubscribe"), _("Choose what you get")
    plain = f"{text}\n\n-- \n{why}\n{ends}: {stop}\n{changes}: {choose}\n"
    if not html:
        return plain, ""
    foot = (
        f'<p style="margin-top:2em;font-size:13px;color:#4b5563">{escape(why)}<br>'
        f'<a href="{escape(stop)}">{escape(ends)}</a> · <a href="{escape(choose)}">{escape(changes)}</a></p>'
    )
    head, end, rest = html.rpartition("</body>")
    return plain, f"{head}{foot}{end}{rest}" if end else html + foot
