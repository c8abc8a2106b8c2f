"""A message of a template to oneself, before anybody else sees it."""

from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from communications.actions import outbox
from communications.models import Message, Template
from communications.queries import rendering
from communications.queries.rendering import Rendered
from customers.models import Customer
from people.models import User


class NoAddress(ValidationError):
    def __init__(self) -> None:
        super().__init__(_("Your own account has no e-mail address."), code="no_address_of_your_own")


def send(
    template: Template,
    texts: Mapping[str, Mapping[str, str]],
    *,
    by: User,
    language: str,
    customer: Customer | None = None,
    at: datetime | None = None,
) -> Message:
    """Send one's own account what a customer would get, or somebody made up; never to the customer.

    What is no e-mail comes as its text. Raises NoAddress, TemplateFlaw, HeaderInvalid, TextMissing.
    """
    if not by.email:
        raise NoAddress
    shown: Rendered | None = None
    if customer is not None:
        shown = rendering.written(template, texts, customer.pk, language=language)
    shown = shown or rendering.sample(template, texts[language], language)
    email = template.channel == Template.Channel.EMAIL
    subject = shown.subject if email else f"{template.get_channel_display()}: {shown.subject or template.name}"
    return outbox.queue(
        by.email,
        subject=_("[Test] %s") % subject,
        text=shown.text,
        html=shown.html if email else "",
        key=f"template-trial:{uuid4().hex}",
        purpose="template_trial",
        by=by,
        at=at,
    )
