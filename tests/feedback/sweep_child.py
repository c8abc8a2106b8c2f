"""A sweep in a process of its own, for the test that kills it.

    python -m tests.feedback.sweep_child HOST DATABASE AT

Prints a line when all is written and nothing committed, and waits to be killed.
"""

import os
import sys
import time
from datetime import datetime

import django


def main(host: str, database: str, at: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.db import connection, transaction

    from feedback.actions import sweeping

    connection.settings_dict |= {"HOST": host, "NAME": database}
    with transaction.atomic():
        print(sweeping.sweep(at=datetime.fromisoformat(at)), flush=True)
        time.sleep(60)


if __name__ == "__main__":
    main(*sys.argv[1:])
