"""Mail to staff about their accounts."""

import logging
from smtplib import SMTPException

from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from people.models import User

logger = logging.getLogger(__name__)


def send_invitation(person: User, *, link: str, by: User) -> bool:
    """Send the link where the person sets a password. False where the mail could not be handed over."""
    text = render_to_string("people/mail/invitation.txt", {"person": person, "link": link, "by": by})
    return _send(person, _("Your account in Mainstay"), text)


def send_second_factor_removed(person: User, *, by: User) -> bool:
    """Tell the person, in their language, that somebody else removed their second factor."""
    with translation.override(person.language or "en"):
        text = render_to_string("people/mail/second_factor_removed.txt", {"person": person, "by": by})
        return _send(person, _("Your second factor in Mainstay was removed"), text)


def _send(person: User, subject: str, text: str) -> bool:
    try:
        send_mail(subject, text, None, [person.email])
    except (OSError, SMTPException):
        logger.exception("A mail about an account could not be sent")
        return False
    return True
