"""Reads a mailbox in a process of its own, which is killed as soon as a message was taken, or settled.

python -m tests.feedback.mailbox_child HOST DATABASE MAILBOX take|settle
"""

import os
import signal
import sys
from typing import Any

import django


def main(host: str, database: str, pk: str, after: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.db import connection

    from feedback import imap
    from feedback.actions import mail, mailboxes
    from feedback.models import Mailbox

    connection.settings_dict |= {"HOST": host, "NAME": database}
    where: Any = mail if after == "take" else imap.Folder
    real = getattr(where, after)

    def die_after(*args: Any, **options: Any) -> None:
        real(*args, **options)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(where, after, die_after)
    mailboxes.read(Mailbox.objects.get(pk=pk))


if __name__ == "__main__":
    main(*sys.argv[1:])
