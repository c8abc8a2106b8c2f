"""Two senders in processes of their own, for tests that kill them; for each one that dies another begins.

python -m tests.communications.sender_child HOST DATABASE PORT

Writes the process id of each as it begins. They are forked, so that only the first has to load everything.
"""

import os
import sys
import time

import django


def main(host: str, database: str, port: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.conf import settings
    from django.db import connection

    from communications.actions import sending, statements

    connection.settings_dict |= {"HOST": host, "NAME": database}
    settings.OUTBOX, settings.EMAIL_HOST, settings.EMAIL_PORT, settings.OUTBOX_GROUP = "smtp", "127.0.0.1", port, 20
    sending.CLAIMED, statements.LEASED_FOR = 60, 1  # what the dead had leased is taken up soon
    running: set[int] = set()
    while True:
        while len(running) < 2:
            child = os.fork()
            while not child:
                sending.send_due()
                time.sleep(0.01)
            running.add(child)
            print(child, flush=True)
        running.discard(os.wait()[0])


if __name__ == "__main__":
    main(*sys.argv[1:])
