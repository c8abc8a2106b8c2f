"""A reader in a process of its own, for tests that kill it or point it at another server.

    python -m tests.customers.reader_child HOST DATABASE READER {read|hang}

Prints the ids of the facts that it read; with ``hang`` it prints a line after its effects are written and then
waits to be killed, before anything is committed.
"""

import json
import os
import sys
import time

import django


def main(host: str, database: str, reader: str, way: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.db import connection

    from customers.actions import readers

    connection.settings_dict |= {"HOST": host, "NAME": database}
    heard: list[int] = []

    def react(facts):
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO heard (fact) VALUES (%s)", [[fact.pk] for fact in facts])
        heard.extend(fact.pk for fact in facts)
        if way == "hang":
            print("written", flush=True)
            time.sleep(60)

    readers.catch_up(reader, react)
    print(json.dumps(heard), flush=True)
    connection.close()
    connection.close_pool()


if __name__ == "__main__":
    main(*sys.argv[1:])
