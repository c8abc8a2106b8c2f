"""Mail to staff about their accounts."""

import logging
from smtplib import SMTPException

from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from people.models import User

logger = logging.getLogger(__name__)


def send_invitation(person: User, *, link: str, by: User) -> bool:
    """Send the link where the person sets a password. False where the mail could not be handed over."""
    text = render_to_string("people/mail/invitation.txt", {"person": person, "link": link, "by": by})
    try:
        send_mail(_("Your account in Mainstay"), text, None, [person.email])
    except (OSError, SMTPException):
        logger.exception("An invitation could not be sent")
        return False
    return True
