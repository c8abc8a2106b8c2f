"""The loyalty reader in a process of its own, for tests that kill it or the server that it writes to.

    python -m tests.loyalty.reader_child HOST DATABASE AT_ONCE

Says how many points transactions there are after the effects of each batch are written and before they are
committed, and reads on until it is killed.
"""

import os
import sys
import time
from functools import partial

import django


def main(host: str, database: str, at_once: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.db import connection

    from customers.actions import readers
    from loyalty.actions import earning
    from loyalty.models import Transaction

    connection.settings_dict |= {"HOST": host, "NAME": database}

    def react(facts):
        earning.react(facts)
        print(Transaction.objects.count(), flush=True)
        time.sleep(0.05)

    read = partial(readers.catch_up, "loyalty", react, verbs=earning.VERBS, limit=int(at_once))
    while True:
        read()
        time.sleep(0.05)


if __name__ == "__main__":
    main(*sys.argv[1:])
