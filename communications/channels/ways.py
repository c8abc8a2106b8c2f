"""Which way messages go here, as settings say."""

from collections.abc import Callable

from django.conf import settings

from communications.channels.email import Server
from communications.channels.folder import Folder
from communications.channels.outcomes import Channel
from communications.channels.push import Push
from communications.channels.sms import Gateway
from communications.models import Message

ABROAD: dict[str, Callable[[], tuple[bool, Callable[[], Channel]]]] = {
    Message.Channel.EMAIL: lambda: (settings.OUTBOX == "smtp", Server.of_settings),
    Message.Channel.SMS: lambda: (bool(settings.SMS_URL), Gateway.of_settings),
    Message.Channel.PUSH: lambda: (bool(settings.PUSH_KEY), Push.of_settings),
}
ENDINGS = {Message.Channel.EMAIL: ".eml", Message.Channel.SMS: ".sms.txt", Message.Channel.PUSH: ".push.json"}


def open_channel(channel: str = Message.Channel.EMAIL) -> Channel | None:
    """The way out, to be opened; None where there is none, and messages wait."""
    there, way = ABROAD[channel]()
    if there:
        return way()
    if settings.OUTBOX == "folder":
        return Folder(settings.OUTBOX_FOLDER, ENDINGS[Message.Channel(channel)])
    return None
