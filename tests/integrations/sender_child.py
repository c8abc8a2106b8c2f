"""A sender of webhooks in a process of its own, for tests that kill it.

python -m tests.integrations.sender_child HOST DATABASE
"""

import os
import sys

import django


def main(host: str, database: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.db import connection

    from integrations.actions import deliveries

    connection.settings_dict |= {"HOST": host, "NAME": database}
    deliveries.send_due(seconds=5)


if __name__ == "__main__":
    main(*sys.argv[1:])
