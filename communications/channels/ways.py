"""Which way letters go here, as settings say."""

from django.conf import settings

from communications.channels.email import Server
from communications.channels.folder import Folder
from communications.channels.outcomes import Channel


def open_channel() -> Channel | None:
    """The way out, to be opened; None where there is none, and messages wait."""
    if settings.OUTBOX == "smtp":
        return Server.of_settings()
    if settings.OUTBOX == "folder":
        return Folder(settings.OUTBOX_FOLDER)
    return None
